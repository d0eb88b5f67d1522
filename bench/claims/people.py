"""Words for people and for what is counted: what may be meant by "he", "she" or "the two leaders"."""

from __future__ import annotations

GROUPS = {
    "person": frozenset(
        "leader president minister premier politician man woman boy girl player star actor actress singer brother "
        "sister candidate official diplomat driver pilot officer teammate friend rival statesman "
        "lawmaker senator".split()
    ),
    "place": frozenset("country nation state neighbour neighbor power ally capital city government".split()),
    "group": frozenset("company firm team club side bank party airline university".split()),
}
"""Kinds of names, and the nouns that count them: "the two companies"."""

MEN = frozenset("man boy father dad husband son brother king prince uncle grandfather grandson gentleman lad".split())
WOMEN = frozenset("woman girl mother mum mom wife daughter sister queen princess aunt grandmother actress".split())
PEOPLE = frozenset(
    "president leader minister chancellor premier secretary senator governor mayor ambassador politician "
    "official spokesperson officer policeman detective sergeant soldier guard judge lawyer attorney "
    "prosecutor victim suspect defendant prisoner doctor nurse surgeon patient teacher professor student "
    "pupil teenager toddler child baby infant person star actor singer player striker midfielder defender "
    "goalkeeper winger captain coach manager boss owner driver pilot passenger author writer reporter "
    "journalist editor director producer scientist researcher expert analyst artist designer founder chief "
    "chairman executive colleague friend partner fiancé fiancée neighbour neighbor rival opponent champion "
    "cousin twin pensioner tourist worker farmer gunman smuggler co-pilot".split()
)
"""Nouns for one person of either sex: who is so described may be meant by a pronoun."""

# The commonest given names that leave no doubt: they only rule a name out.
MENS_NAMES = frozenset(
    "james john robert michael william david richard joseph thomas charles daniel matthew anthony mark donald "
    "steven paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary "
    "nicholas eric jonathan stephen larry justin scott brandon benjamin samuel frank gregory raymond "
    "alexander patrick jack dennis peter vladimir barack joe antony emmanuel".split()
)
WOMENS_NAMES = frozenset(
    "mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra "
    "margaret ashley kimberly emily donna michelle carol amanda melissa deborah stephanie rebecca laura "
    "sharon cynthia kathleen amy angela shirley anna brenda pamela emma nicole helen samantha katherine "
    "christine hillary theresa serena victoria".split()
)
