"""Which office and which nation a text gives a person, right beside the name.

English only. An office is wrong when the document gives the person another one and doesn't use the claim's for
the person anywhere it could; a nation, when the document always gives another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bench.checks.names.index import NameIndex
from bench.checks.names.mentions import TITLES, Mention
from bench.checks.words.countries import PLACES
from bench.checks.words.spelling import NameToken, name_tokens
from bench.text import fold
from bench.types import Span

_FIELDS = "foreign|defen[cs]e|finance|interior|justice|health|trade|economy|education|energy|transport|culture"
_HEADS = (
    "president|minister|chancellor|premier|king|queen|prince|princess|emperor|pope|senator|governor|mayor|"
    "ambassador|congressman|congresswoman|general|admiral|colonel|judge|coach|goalkeeper|striker|defender|midfielder"
)
_OFFICE = rf"(?P<before>(?:(?:vice|deputy|prime|{_FIELDS})[ -]+)*)(?P<head>{_HEADS})"
_PREFIXED = re.compile(rf"(?<![\w-])(?P<past>(?:former|ex|then|acting|late)[ -]+)?{_OFFICE}\s+$", re.IGNORECASE)
_FOLLOWING = re.compile(rf"\s?,\s(?:the\s)?(?P<past>former\s)?(?P<nation>[A-Z][\w.]*\s)?{_OFFICE}\b", re.IGNORECASE)
_APPOSED = re.compile(r"\w\s?,\s(?:the\s)?(?:[A-Z][\w.]*\s)?$")
_OWNER = re.compile(r"['’]s?$")
_NATION = re.compile(r"(?P<nation>[A-Z][\w.-]*(?:\s[A-Z][\w.-]*)?)(?:['’]s|\s['’]s)?\s+$")
# Of these (and of ministers with a field) nobody holds two; other words are never in conflict.
_EXCLUSIVE = frozenset(
    "president|prime minister|vice president|chancellor|king|queen|prince|princess|pope|senator|governor|mayor|"
    "ambassador|goalkeeper|striker|defender|midfielder".split("|")
)
_SAME = {"premier": "prime minister", "defense minister": "defence minister"}
_BROAD = frozenset({"arab", "africa", "asia", "europe", "west", "european union", "latin america", "middle east",
                    "north america", "south america", "scandinavia", "soviet union", "jew", "britain", "caribbean",
                    "arctic", "southeast asia", "north africa", "kurdistan"})  # fmt: skip
"""Places that hold others, or that people of several nations belong to."""
_BACK = 60


@dataclass(frozen=True, slots=True)
class Office:
    """What stands beside a person's name."""

    office: str | None
    """As "prime minister"; None where only a nation stands there."""
    nation: str | None
    """Name of the country, as "france" for "French"."""
    past: bool
    """Whether the office is said to be a former one."""
    span: Span
    """The words, without the name."""


def office_beside(text: str, name: Span) -> Office | None:
    """The office and nation right before a name, or right after it behind a comma.

    >>> office_beside("the French President Putin", Span(21, 26))
    Office(office='president', nation='france', past=False, span=Span(start=4, end=20))
    >>> office_beside("Wang Yi, the Chinese foreign minister, left", Span(0, 7)).office
    'foreign minister'
    """
    low = max(0, name.start - _BACK)
    before = text[low : name.start]
    if match := _PREFIXED.search(before):
        nation = _nation(before[: match.start()])
        start = low + (nation[1] if nation else match.start())
        return Office(
            _named(match), nation[0] if nation else None, bool(match["past"]), Span(start, low + match.end("head"))
        )
    if match := _FOLLOWING.match(text, name.end, name.end + _BACK):
        country = PLACES.get((fold(match["nation"] or "").strip(),))
        if country or not match["nation"]:
            start = match.start("nation") if country else match.start("head")
            return Office(_named(match), country, bool(match["past"]), Span(start, match.end()))
    if (nation := _nation(before)) and fold(before[nation[1] :]).strip() != nation[0]:
        return Office(None, nation[0], False, Span(low + nation[1], low + len(before.rstrip())))
    return None


def _named(match: re.Match[str]) -> str:
    office = " ".join(fold(match["before"] + match["head"]).replace("-", " ").split())
    return _SAME.get(office, office)


def _nation(before: str) -> tuple[str, int] | None:
    """The country that the last word or two name, and where they begin."""
    match = _NATION.search(before)
    if not match:
        return None
    tokens = name_tokens(match["nation"])
    if not tokens or not tokens[-1].place:
        return None
    return tokens[-1].key, match.start() + tokens[-1].start


def wrong_office(index: NameIndex, mention: Mention) -> tuple[Span, Span] | None:
    """The words beside a person's name, and the document's other office or nation; ``None``: nothing plainly wrong."""
    ours = office_beside(mention.text.text, mention.span)
    if ours is None:
        return None
    names = _people_named(index, mention)
    theirs = [there for span in names if (there := office_beside(index.text, span))]
    offices = [there for there in theirs if there.office]
    if _exclusive(ours.office) and offices and all(_exclusive(there.office) for there in offices):
        free = ours.past or any(there.past for there in offices) or _unattached(index.text, str(ours.office))
        if not free and all(there.office != ours.office for there in offices):
            return ours.span, offices[0].span
    nations = [there for there in theirs if there.nation]
    known = {there.nation for there in nations}
    if ours.nation and nations and not known & {ours.nation} and not (known | {ours.nation}) & _BROAD:
        places = [token.start for token in index.tokens if token.key == ours.nation]
        if not any(-40 < place - name.end < 40 for place in places for name in names):
            return ours.span, nations[0].span
    return None


def _exclusive(office: str | None) -> bool:
    return office is not None and (office in _EXCLUSIVE or office.endswith(" minister"))


def _people_named(index: NameIndex, mention: Mention) -> list[Span]:
    """Where the document names the person, first names included.

    Empty where the surname is that of several people and the claim's name doesn't say whose.
    """
    spans: dict[Span, str] = {}
    for place in index.places(mention.tokens[-1], capital=True):
        first, last = place, index.tokens[place]
        while first and _first_name(index.text, index.tokens[first - 1], index.tokens[first]):
            first -= 1
        start, owner = index.tokens[first].start, _OWNER.search(last.written)
        end = last.end - len(owner.group() if owner else "")
        spans[Span(start, end)] = fold(index.text[start : last.start]).strip()
    firsts = set(spans.values()) - {""}
    own = {given for given in firsts if given in fold(mention.written)}
    if not own and len(firsts) > 1:
        return []
    return [span for span, given in spans.items() if not given or given in (own or firsts)]


def _first_name(document: str, left: NameToken, right: NameToken) -> bool:
    between = document[left.end : right.start]
    joined = between in (" ", "-") or (between == ". " and left.end - left.start == 1)
    return left.capital and not left.place and left.key not in TITLES and joined


def _unattached(document: str, office: str) -> bool:
    """Whether the document uses an office for nobody by name: it may be the person's."""
    for match in re.finditer(rf"(?<![\w-])(?<!vice )(?<!deputy ){re.escape(office)}(?!\w)", fold(document)):
        named = document[match.end() : match.end() + 2].lstrip()[:1].isupper()
        if not named and not _APPOSED.search(document, max(0, match.start() - _BACK), match.start()):
            return True
    return False
