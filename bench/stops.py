"""Does this full stop end a sentence? Rules over the few words around it; ``bench.text`` applies them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

_TITLES = "mr mrs ms mx dr prof rev hon fr sr jr st gen col lt sgt capt cmdr adm maj gov sen rep pres supt messrs"
_TITLES_ELSEWHERE = "mme mlle sra srta hr dhr"
_COMMON = "vs etc al cf inc ltd co corp bros dept univ est approx no nos vol pp fig eq art sec ave blvd rd mt ft"
_COMMON_ELSEWHERE = "ca nr bzw"
_MONTHS = "jan feb mar apr jun jul aug sep sept oct nov dec"
_DAYS = "mon tue tues wed thu thur thurs fri sat sun"
_ABBREVIATIONS = frozenset(f"{_TITLES} {_TITLES_ELSEWHERE} {_COMMON} {_COMMON_ELSEWHERE} {_MONTHS} {_DAYS}".split())
# These end a sentence as often as not; what follows decides.
_ENDING_ABBREVIATIONS = frozenset("inc ltd co corp jr sr etc al".split())
# Also ordinary words: abbreviations only before a number.
_ALSO_WORDS = frozenset("no nos art fig sec sat sun mar fri mon co al est".split())
# First words that leave no doubt, even behind initials (U.S., a.m.) and "Inc."
_SUBJECTS = frozenset("the a an he she it they we i you this that these those his her its their our".split())
_STARTERS = _SUBJECTS | frozenset(
    "in on at but and as after before when while for since meanwhile however both".split()
)
# Capitals that go on behind "a.m." and "p.m."
_CLOCK = frozenset(
    f"{_MONTHS} {_DAYS} january february march april may june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday est edt et cst cdt ct mst mdt mt pst pdt pt gmt bst "
    "utc cet cest eastern central mountain pacific local".split()
)
# Names behind "U.S." that look like the subject of a new sentence.
_NAMES = frozenset("marines forces airways customs states congress securities government department".split())
# Small first words of surnames, behind which a capital follows.
_PARTICLES = frozenset("van von de del della der den di da do dos du la le al el bin ibn ten ter zu af av".split())
_DOMAINS = frozenset("com org net edu gov mil int info biz io co uk eu us de fr es it nl ru jp cn in au ca".split())

CLOSERS = "\"'”’»)]}」』】》"
"""Marks that close."""
_OPENERS = "\"'“”‘«»([{„‚‹「『【《¿¡"
# Full stops of scripts without capitals: no blank and no capital need follow (Unicode's Sentence_Terminal).
_CASELESS_STOPS = "。！？｡．︒﹒﹖﹗।॥۔؟።፧፨։။។៕܀܁܂߹᙮᠃᠉꓿꘎꘏꛳꛷"
_STOP = re.compile(
    # A semicolon is Greek's question mark.
    rf"(?P<sign>[.!?…;\u037e{_CASELESS_STOPS}](?:(?<!;)[.!?…{_CASELESS_STOPS}]*|(?<=[\u0370-\u03ff\u1f00-\u1fff];)))"
    # Closing marks, footnote marks and emoji belong to the sentence that they follow.
    rf"(?P<closers>(?:[{re.escape(CLOSERS)}]|[“«](?=\s|$)|\[\d{{1,3}}(?:[,–-]\s?\d{{1,3}}){{0,4}}\]|[¹²³⁰⁴-⁹]"
    r"|\s?[\u2600-\u27bf\U0001f300-\U0001faff\ufe0f\u200d]+(?=\s|$))*)(?P<gap>\s*)"
)
_AHEAD, _BEHIND = 80, 40
"""Characters after and before a full stop that decide whether it ends a sentence."""
# The "s" of "1990s", the "t" of "didn't" and the "h" of "5th" are no words, so they are no initials.
_LAST_WORD = re.compile(r"(?<![\w./@])(?:[^\W\d_]\.)+[^\W\d_]$|(?<![\w:;=])(?<!\w['’./@])[^\W\d_]+$")
_SPACED_INITIAL = re.compile(r"(?<![\w.])([^\W\d_]) \. (?=[^\W\d_](?: |$))")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# A mark of tokenised text, set apart from the full stop that it stands behind.
_APART = re.compile(r"(?:'\s?'|[”’»)\]\"'])(?=\s)")
# Straight marks that open or close: no apostrophe of a word (Xi 's, Xi ' s, the players ' union, '90s).
_STRAIGHT = re.compile(
    r"\"|(?<!\S)(?<![sS]\s)'(?!')(?!\s?(?:s|t|m|d|re|ve|ll|n|\d0s)\b)|(?<=[.,!?])'(?=\s)", re.IGNORECASE
)
_SCANNED = 20
"""Marks before a full stop that are looked at, and one more where their number is odd."""
_SMALL_FIRST = re.compile(r"[.!?]\s+\W{0,3}[^\W\dA-Z_]")
"""What may be a sentence that begins with a small letter, for a quick look."""
# "… she said": what stands behind a quotation and belongs to its sentence.
_SAID = re.compile(
    r"\s?(?:[^\W\d_]+\.?\s){0,3}(?:sa(?:id|ys)|ask(?:ed|s)|t(?:old|ells)|add(?:ed|s)|replied|wrote|shouted|continued|"
    r"explained|claimed|insisted|tweeted|concluded|recalled)\b"
)
# 1. First, (a. First, IV. Results: a number or a letter that stands alone, or behind a colon.
_MARKER = re.compile(r"\W{0,3}(?:[1-9]\d?|[A-Za-z]|[ivxIVX]{2,4})$|.*:\s\d{1,2}$", re.DOTALL)
# German ordinals: am 3. Mai, der 2. Versuch. Not "I am 3."
_ORDINAL = re.compile(r"\b(?:(?<!I )am|vom|zum|beim|im|der|dem|den|des|das|die|ab|bis|seit) \d{1,2}$", re.IGNORECASE)
# "At 9 p.m." is no sentence yet.
_WHEN = re.compile(r"(?:at|by|around|about|before|after|until|since|shortly|just)(?:\s[\w:.]+){1,5}$", re.IGNORECASE)
# "in the U.S. Sales rose": a plural or a noun of a verb, and what is said of it.
_PLACE = re.compile(r"\b(?:in|from|to|of|for|by|across|within|outside|inside|throughout|left|with|than)\sthe\s\S+$")
_SUBJECT = re.compile(r"(?P<word>[^\W\d_]+(?:s|ing|tion|ment))\s(?!and\b|of\b|for\b|in\b|at\b)(?=[^\W\d_])[^A-Z]")
# "in May.They talked": the blank is missing. Not Node.js, Mr.Ito, System.Out.Printer, example.org.
_GLUED_BEFORE = re.compile(r"(?<![\w.@/\\:])[^\W_]+[^\W_A-Z]$")
_GLUED_AFTER = re.compile(r"(?P<word>[^\W\d_]+)(?=[\s,;:!?'’\"”]|\.?$|\.\s)")


@dataclass(frozen=True, slots=True)
class Stop:
    """A full stop of any kind with what stands around it."""

    sign: str
    closers: str
    """Marks behind it that belong to its sentence."""
    gap: str
    """White space behind the sign and the marks that touch it."""
    before: str
    """Up to 40 characters of its sentence before it."""
    rest: str
    """Up to 80 characters of its paragraph behind marks and gap."""

    @property
    def dots(self) -> bool:
        """Whether it is an ellipsis."""
        return self.sign == "…" or self.sign.startswith("..") or (
            self.sign == "." and self.apart and (self.before.endswith(". ") or self.rest.startswith(". "))
        )  # fmt: skip

    @property
    def apart(self) -> bool:
        """Whether it stands apart from the word before it, as in tokenised text."""
        return self.before[-1:].isspace() and bool(self.gap)

    @property
    def following(self) -> str:
        """What follows, without opening marks and dashes."""
        return _bare(self.rest)


def cuts(text: str, start: int, end: int, *, small: bool) -> Iterator[int]:
    """Where sentences end within a stretch that begins and ends with one; ``small`` as ``begins_small`` says."""
    first = start
    marks: dict[str, list[int]] = {}
    for match in _STOP.finditer(text, start, end):
        stop = _read(text, match, start, end)
        if not stop.rest:
            return
        cut = match.end("closers")
        if stop.gap and (apart := _APART.match(stop.rest)):
            mark = apart[0]
            marks = marks or _straight_marks(text, first, end)
            # Doubles are paired in the whole stretch; singles, which may be apostrophes, in the sentence.
            since, places = first if mark == '"' else start, marks.get(mark, [])
            first_inside, behind = bisect_left(places, since), bisect_left(places, match.end())
            inside = places[max(first_inside, behind - _SCANNED - (behind - first_inside) % 2) : behind]
            if mark not in marks or _SAID.match(text, match.end() + 1, end) or _opened(text, inside):
                cut = match.end() + apart.end()
                rest = text[cut : min(end, cut + _AHEAD)].lstrip()
                stop = Stop(stop.sign, stop.closers + mark, stop.gap, stop.before, rest)
        if _ends(stop, small=small):
            yield cut
            start = cut


def begins_small(text: str, start: int, end: int) -> bool:
    """Whether more sentences of a stretch seem to begin with a small letter than with a capital.

    >>> [begins_small(text, 0, len(text)) for text in ("he left. she stayed.", "He left. then she left.")]
    [True, False]
    """
    firsts = [_bare(text[start : min(end, start + _AHEAD)])]
    if not firsts[0][:1].islower() and not _SMALL_FIRST.search(text, start, end):
        return False
    for match in _STOP.finditer(text, start, end):
        stop = _read(text, match, start, end)
        if stop.sign in (".", "!", "?") and stop.gap and not stop.closers and not stop.dots and not _abbreviates(stop):
            firsts.append(stop.following)
    small = sum(first[:1].islower() and not _named(first) for first in firsts)
    return small > sum(first[:1].isupper() for first in firsts)


def _straight_marks(text: str, start: int, end: int) -> dict[str, list[int]]:
    """Where the straight marks of a stretch stand, by mark."""
    marks: dict[str, list[int]] = {'"': [], "'": []}
    for found in _STRAIGHT.finditer(text, start, end):
        marks[found[0]].append(found.start())
    return marks


def _opened(text: str, marks: list[int]) -> bool:
    """Whether the last of these straight marks is open; behind ", ' she said" none is."""
    opened = False
    for place in marks:
        closes = "," in text[max(0, place - 2) : place] and _SAID.match(text, place + 1)
        opened = not opened and not closes
    return opened


def _bare(rest: str) -> str:
    return rest.lstrip(_OPENERS + "-–— ")


def _read(text: str, match: re.Match[str], start: int, end: int) -> Stop:
    # Only a few words matter; slices of the whole rest would make a long text's time quadratic.
    before = text[max(start, match.start() - _BEHIND) : match.start()].lstrip()
    rest = text[match.end() : min(end, match.end() + _AHEAD)]
    return Stop(match["sign"], match["closers"], match["gap"], before, rest)


def _ends(stop: Stop, *, small: bool) -> bool:
    """Whether a full stop ends a sentence; something follows it."""
    if any(char in _CASELESS_STOPS for char in stop.sign):
        decimal = stop.sign == "．" and stop.rest[0].isdigit()
        return not decimal and not (stop.closers[-1:] in ("」", "』") and stop.rest[0] in "とっ")
    if not stop.gap:
        return _glued(stop)
    following = stop.following
    if not following or stop.rest[0] in ",;:" or (stop.sign == "." and _MARKER.match(stop.before)):
        return False
    if following[0].islower():
        if stop.dots or not (small or stop.apart or _named(following)):
            return False
        if (stop.closers or stop.rest[0] in "\"'’”") and _SAID.match(following):
            return False
    if stop.dots:
        return following[0].isupper()
    return stop.sign != "." or bool(stop.closers) or _period_ends(stop, small=small)


def _glued(stop: Stop) -> bool:
    """Whether a sentence ends though no blank follows: "in May.They talked", "…sectors.”Putin", "in May.[1]They"."""
    if stop.closers:
        return stop.closers[-1] not in "\"')}" and (stop.rest[0].isupper() or stop.rest[0] in "“«")
    if not _GLUED_BEFORE.search(stop.before) or _abbreviates(stop):
        return False
    word = _GLUED_AFTER.match(stop.rest)
    if not word:
        return stop.rest[0] in "“«"
    return (word["word"].istitle() or word["word"] == "I") and word["word"].lower() not in _DOMAINS


def _named(following: str) -> bool:
    """Whether a small letter begins a name: iPhone, mRNA, de Vries."""
    first, *others = following.split(maxsplit=2)
    if first in _PARTICLES:
        return bool(others) and others[0][0].isupper()
    return any(char.isupper() for char in first)


def _abbreviates(stop: Stop) -> bool:
    """Whether an abbreviation or an initial stands before the stop."""
    found = _LAST_WORD.search(stop.before.rstrip())
    return found is not None and (len(found[0]) == 1 or "." in found[0] or found[0].lower() in _ABBREVIATIONS)


def _period_ends(stop: Stop, *, small: bool) -> bool:
    """Whether a bare period ends a sentence."""
    rest, before = stop.rest, _SPACED_INITIAL.sub(r"\1.", stop.before.rstrip())
    if rest[0].isdigit() and stop.apart and before[-1:].isdigit():
        return False  # 3 . 5
    if rest[0].isupper() and _ORDINAL.search(before):
        return False
    found = _LAST_WORD.search(before)
    if not found:
        return True
    word = found[0].lower()
    next_word = (_WORD.search(rest[:40]) or [""])[0].lower()
    if word in ("a.m", "p.m") and _WHEN.match(before):
        return False
    if "." in word or (len(word) == 1 and word != "i"):
        return (small or stop.apart or rest[0].isupper()) and _initials_end(word, before, rest, next_word)
    if word in _ENDING_ABBREVIATIONS:
        return next_word in _STARTERS
    if word in _ALSO_WORDS:
        return not rest[0].isdigit()
    return word not in _ABBREVIATIONS


def _initials_end(word: str, before: str, rest: str, next_word: str) -> bool:
    """Whether initials (U.S., a.m., J. Smith) end a sentence: before a typical first word of one.

    After a single letter that word must be longer: "J. A. Smith" has two initials.
    """
    if next_word in (_STARTERS if rest[0].isupper() else _SUBJECTS):
        return "." in word or len(next_word) > 1
    if word in ("a.m", "p.m"):
        return rest[0].isupper() and next_word not in _CLOCK
    subject = _SUBJECT.match(rest) if "." in word and rest[0].isupper() and _PLACE.search(before) else None
    return subject is not None and subject["word"].lower() not in _NAMES
