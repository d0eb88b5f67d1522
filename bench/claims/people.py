"""Words that say of a person who he or she is, and may stand in a name's place."""

from __future__ import annotations

MEN = frozenset("man boy father dad husband son brother king prince uncle grandfather grandson gentleman lad".split())
WOMEN = frozenset("woman girl mother mum mom wife daughter sister queen princess aunt grandmother actress".split())
PEOPLE = frozenset(
    "president leader minister chancellor premier secretary senator governor mayor ambassador politician "
    "official spokesperson officer policeman detective sergeant soldier guard judge lawyer attorney "
    "prosecutor victim suspect defendant prisoner doctor nurse surgeon patient teacher professor student "
    "pupil teenager toddler child baby infant person star actor singer player striker midfielder defender "
    "goalkeeper winger captain coach manager boss owner driver pilot passenger author writer reporter "
    "journalist editor director producer scientist researcher expert analyst artist designer founder chief "
    "chairman executive colleague friend partner fiance fiancee neighbour neighbor rival opponent champion "
    "cousin twin pensioner tourist worker farmer gunman smuggler co-pilot".split()
)
"""Nouns for one person of either sex."""
