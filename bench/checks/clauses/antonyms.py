"""Words that say the opposite of one another: a table of our own, by lemma. English."""

from __future__ import annotations

from collections import defaultdict

from bench.models.syntax import Word

ANTONYM_RULES = "antonyms-2"
"""Names the version of this table, for signatures."""

_VERBS = """
rise/increase/climb/soar/jump/surge/grow/gain ~ fall/decrease/decline/drop/plunge/sink/shrink/slump/tumble
raise/boost/increase/lift ~ lower/cut/reduce/decrease/slash
win ~ lose
accept/approve/welcome/adopt ~ reject/refuse/decline
support/back/endorse/favour/favor/defend ~ oppose/fight/attack
praise/applaud/commend/laud ~ criticise/criticize/condemn/denounce/blame/slam
arrest/detain/jail/imprison ~ release/free
acquit/clear/exonerate ~ convict
admit/confirm/confess/acknowledge ~ deny
allow/permit/let/authorise/authorize ~ ban/forbid/prohibit/prevent/bar/block
open/reopen ~ close/shut
begin/start/launch ~ end/stop/finish/cease
continue ~ stop/cease/end
join/enter ~ leave/quit
arrive ~ depart/leave
buy/purchase ~ sell
hire/employ/appoint/recruit ~ fire/sack/dismiss
create/build/construct ~ destroy/demolish/dismantle
save/rescue ~ kill
survive ~ die/perish
succeed/pass ~ fail
remember/recall ~ forget
find/discover ~ lose
love/like/adore ~ hate/dislike/loathe
agree ~ disagree
include ~ exclude
strengthen ~ weaken
improve ~ worsen/deteriorate
expand/extend/widen ~ narrow/shrink/shorten
push ~ pull
lend ~ borrow
give/grant ~ deny/refuse
attack ~ defend
encourage/persuade ~ discourage/dissuade
protect ~ endanger/harm
hide/conceal ~ reveal/disclose/expose
appear ~ disappear/vanish
advance ~ retreat/withdraw
invade/enter ~ leave
accuse/charge ~ clear/acquit
trust/believe ~ distrust/doubt/disbelieve
help/aid/assist ~ hinder/hamper/obstruct
precede ~ follow
connect/link/unite ~ separate/divide/disconnect
ease/loosen/relax ~ tighten
lead ~ trail
outnumber ~ trail
obey ~ disobey/defy
tie ~ untie
load ~ unload
lock ~ unlock
cover ~ uncover
dress ~ undress
land ~ takeoff
deploy/send ~ withdraw/recall
renew/extend ~ cancel/terminate
ratify/sign ~ repeal/veto
legalise/legalize ~ outlaw/criminalise/criminalize
overestimate ~ underestimate
accelerate/quicken ~ slow/brake
promote ~ demote/relegate
sleep ~ wake
remain/stay ~ leave/go
keep/retain ~ drop/lose/discard
"""

_OTHERS = """
increase/rise/growth/gain/surge ~ decrease/fall/decline/drop/cut/reduction/loss/slump
victory/win/triumph ~ defeat/loss
success ~ failure
supporter/backer/proponent/ally/friend ~ opponent/critic/enemy/foe
support/approval/backing ~ opposition/disapproval
arrest ~ release
beginning/start/opening ~ end/finish/closing/close
war ~ peace
profit ~ loss/deficit
surplus ~ deficit/shortage
import ~ export
buyer ~ seller
buying/purchase ~ selling/sale
winner ~ loser
innocence ~ guilt
strength ~ weakness
advantage ~ disadvantage
majority ~ minority
maximum ~ minimum
entrance/entry/arrival ~ exit/departure
birth ~ death
hope/optimism ~ despair/pessimism
before ~ after
above/over ~ below/under
inside ~ outside
with ~ without
for ~ against
more ~ less/fewer
most ~ least/fewest
many ~ few
up ~ down
upward/upwards ~ downward/downwards
forward/forwards ~ backward/backwards
left ~ right
north/northern ~ south/southern
east/eastern ~ west/western
first ~ last
early ~ late
earlier ~ later
former ~ current/present
previous ~ next
always ~ never
often/frequently ~ rarely/seldom
high/higher/highest ~ low/lower/lowest
big/large/huge/great ~ small/little/tiny
bigger/larger/greater ~ smaller
biggest/largest ~ smallest
long/longer/longest ~ short/shorter/shortest
old/older/oldest/elder/eldest ~ young/younger/youngest/new
rich/richer/richest/wealthy ~ poor/poorer/poorest
strong/stronger/strongest ~ weak/weaker/weakest
good/better/best ~ bad/worse/worst/poor
fast/faster/fastest/quick/quickly/rapid/rapidly ~ slow/slower/slowest/slowly
heavy/heavier/heaviest ~ light/lighter/lightest
hot/hotter/hottest/warm/warmer/warmest ~ cold/colder/coldest/cool/cooler/coolest
rising/growing/increasing ~ falling/shrinking/decreasing/declining
alive/living ~ dead
guilty ~ innocent
legal/lawful ~ illegal/unlawful
possible ~ impossible
likely ~ unlikely
able ~ unable
safe ~ dangerous/unsafe
public ~ private
positive ~ negative
male ~ female
man ~ woman
boy ~ girl
married ~ unmarried/single/divorced
open ~ closed/shut
full ~ empty
easy/easier/easiest ~ difficult/hard/harder/hardest
cheap/cheaper/cheapest ~ expensive
true ~ false/untrue
right/correct ~ wrong/incorrect
happy/glad ~ unhappy/sad
popular ~ unpopular
successful ~ unsuccessful
fair ~ unfair
healthy ~ unhealthy/ill/sick
known ~ unknown
necessary ~ unnecessary
official ~ unofficial
armed ~ unarmed
conscious ~ unconscious
domestic ~ foreign
military ~ civilian
urban ~ rural
permanent ~ temporary
major ~ minor
senior ~ junior
superior ~ inferior
satisfied ~ dissatisfied
friendly ~ hostile/unfriendly
willing ~ unwilling
optimistic ~ pessimistic
liberal ~ conservative
day ~ night
morning ~ evening
summer ~ winter
husband ~ wife
father ~ mother
son ~ daughter
brother ~ sister
uncle ~ aunt
king ~ queen
"""


def _table(text: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for line in text.strip().splitlines():
        left, right = (side.strip().split("/") for side in line.split(" ~ "))
        for one in left:
            found[one].update(right)
        for other in right:
            found[other].update(left)
    return {word: frozenset(others) for word, others in found.items()}


VERBS = _table(_VERBS)
"""Lemma of a verb → lemmas of verbs that say the opposite."""
OTHERS = _table(_OTHERS)
"""Any other word → words that say the opposite in its place."""


def are_antonyms(one: str, other: str) -> bool:
    """Whether two verbs (lemmas) say the opposite of each other.

    >>> are_antonyms("win", "lose"), are_antonyms("win", "beat")
    (True, False)
    """
    return other in VERBS.get(one, ())


def are_opposites(one: Word, other: Word) -> bool:
    """Whether two words in the same place say the opposite: names excepted.

    >>> are_opposites(Word("rise", 0, 4, "NN", "pobj", "rise", 0), Word("fall", 0, 4, "NN", "pobj", "fall", 0))
    True
    """
    if one.tag in ("NNP", "NNPS") or other.tag in ("NNP", "NNPS"):
        return False
    if one.tag.startswith("VB") and other.tag.startswith("VB") and are_antonyms(one.lemma.lower(), other.lemma.lower()):
        return True
    return any(
        there in OTHERS.get(here, ())
        for here in (one.text.lower(), one.lemma.lower())
        for there in (other.text.lower(), other.lemma.lower())
    )
