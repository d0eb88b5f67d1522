"""Words without their inflection: one key for "visit", "visits" and "visited". English only, rules and a table.

Only inflection goes (number, tense, person), no derivation: "inform" and "information" stay apart.
"""

from __future__ import annotations

from functools import lru_cache

_VOWELS = frozenset("aeiouy")
_SHORTEST = 3
"""Letters that must remain of a word."""

_IRREGULAR = """
be: am is are was were been being re m
have: has had having ve
do: does did done doing
will: ll wo
can: ca
not: n't
say: said
meet: met
make: made
take: took taken
give: gave given
go: went gone goes
come: came
become: became
see: saw seen
know: knew known
tell: told
leave: left
win: won
lose: lost
find: found
think: thought
bring: brought
buy: bought
catch: caught
teach: taught
fight: fought
seek: sought
send: sent
spend: spent
build: built
lead: led
feed: fed
fall: fell fallen
feel: felt
keep: kept
sleep: slept
write: wrote written
speak: spoke spoken
break: broke broken
choose: chose chosen
drive: drove driven
rise: rose risen
grow: grew grown
throw: threw thrown
fly: flew flown
draw: drew drawn
begin: began begun beginning
run: ran running
sit: sat sitting
stand: stood
understand: understood
pay: paid
sell: sold
shoot: shot
strike: struck
steal: stole stolen
swear: swore sworn
tear: tore torn
wear: wore worn
hide: hid hidden
bite: bit bitten
beat: beaten
eat: ate eaten
forget: forgot forgotten
get: got gotten getting
sing: sang sung
sink: sank sunk
drink: drank drunk
swim: swam swum
ring: rang rung
hear: heard
mean: meant
deal: dealt
hold: held
lie: lay lain lying
die: died dying
ride: rode ridden
forbid: forbade forbidden
withdraw: withdrew withdrawn
overcome: overcame
undergo: underwent undergone
sue: sued suing
use: used using
man: men
woman: women
child: children
person: people
foot: feet
tooth: teeth
wife: wives
life: lives
knife: knives
leaf: leaves
half: halves
"""


def _table() -> dict[str, str]:
    rows = (line.split(":") for line in _IRREGULAR.strip().splitlines())
    return {form: base for base, forms in rows for form in (base, *forms.split())}


_BASE = _table()


def is_irregular(word: str) -> bool:
    """Whether the table has this form: said, children."""
    return word in _BASE


@lru_cache(maxsize=50_000)
def base(word: str) -> str:
    """A key that the inflected forms of a word (lower case) share; it need not be a word.

    Words with a digit and words of fewer than four letters are left as they are.

    >>> base("visited") == base("visits") == base("visiting") == base("visit")
    True
    >>> base("said") == base("says"), base("hoping") == base("hopes"), base("news") == base("new")
    (True, True, False)
    """
    if word in _BASE:
        return _ending(_BASE[word])
    if len(word) <= _SHORTEST or not word.isalpha() or word == "news":
        return word
    stem = _stem(word)
    return _ending(_BASE.get(stem, stem))


def _stem(word: str) -> str:
    if word.endswith(("ies", "ied")) and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    if word.endswith("eed"):
        return word[:-1] if word in ("agreed", "freed", "guaranteed", "refereed", "disagreed", "decreed") else word
    for suffix in ("ed", "ing"):
        rest = word.removesuffix(suffix)
        if rest != word and len(rest) >= 2 and _VOWELS & set(rest):
            return rest
    return word


def _ending(word: str) -> str:
    """Spelling that goes with an ending: a silent e, a doubled consonant, y for i."""
    if len(word) <= _SHORTEST:
        return word
    word = word.removesuffix("e")
    if len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] not in _VOWELS:
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") else word
