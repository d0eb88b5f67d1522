"""Sentences with offsets, words and normalisation: pure functions over strings.

The sentence splitter is rule-based and needs no model, so that every scorer that depends on
sentences gives the same numbers on every machine. ``SENTENCE_RULES`` names its version and
belongs into the signature of every number that depends on it.
"""

from __future__ import annotations

import re
import unicodedata

from bench.types import Span

SENTENCE_RULES = "sumbench-1"

_TITLES = "mr mrs ms mx dr prof rev hon fr sr jr st gen col lt sgt capt cmdr adm maj gov sen rep pres supt messrs"
_COMMON = "vs etc al cf inc ltd co corp bros dept univ est approx no nos vol pp fig eq art sec ave blvd rd mt ft"
_MONTHS = "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun"
_ABBREVIATIONS = frozenset(f"{_TITLES} {_COMMON} {_MONTHS}".split())
# These end a sentence as often as not; what follows decides.
_ENDING_ABBREVIATIONS = frozenset({"inc", "ltd", "co", "corp", "jr", "sr", "etc", "al"})

_CLOSERS = "\"'”’»)]}"
_OPENERS = "\"'“‘«([{"
_ENDS = ".!?…:" + _CLOSERS
_BOUNDARY = re.compile(
    rf"(?P<stop>[.!?…]+|[。！？｡])(?P<closers>[{re.escape(_CLOSERS)}]*)(?P<gap>\s*)",
)
# The "s" of "1990s", the "t" of "didn't" and the "h" of "5th" are no words, so they are no initials.
_LAST_WORD = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]$|(?<!\w)(?<!\w['’])[^\W\d_]+$")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_AHEAD = 80
"""Characters after a full stop that decide whether it ends a sentence."""
_BREAK = re.compile(r"\n[^\S\n]*")

_SAME_LENGTH = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"',
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'",
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
        "\u00a0": " ", "\u2007": " ", "\u2009": " ", "\u202f": " ",
    }
)  # fmt: skip


def fold(text: str) -> str:
    """Lower-case, straighten quotes and dashes, plain spaces; every character keeps its offset.

    >>> fold("“No limits” – Xi’s")
    '"no limits" - xi\\'s'
    """
    straight = text.translate(_SAME_LENGTH)
    lowered = straight.lower()
    if len(lowered) != len(straight):
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in straight)
    # A final sigma depends on what follows; no other character does.
    return lowered.replace("ς", "σ")


def strip_accents(text: str) -> str:
    """Remove diacritics; the length may change.

    >>> strip_accents("Zelenskyï, Übermaß")
    'Zelenskyi, Ubermaß'
    """
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def trim(text: str, start: int, end: int) -> Span | None:
    """The span without leading and trailing white space; ``None`` if nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def word_spans(text: str) -> list[Span]:
    """Words (letters and digits of any script, inner apostrophes kept), with offsets.

    >>> [text[s.slice] for text in ["Xi's 75th year: 3.5%"] for s in word_spans(text)]
    ["Xi's", '75th', 'year', '3', '5']
    """
    return [Span(*match.span()) for match in _WORD.finditer(text)]


def words(text: str) -> list[str]:
    """The words of a text, folded.

    >>> words("The U.S. said")
    ['the', 'u', 's', 'said']
    """
    folded = fold(text)
    return [folded[span.slice] for span in word_spans(text)]


def paragraph_spans(text: str) -> list[Span]:
    """Lines that hold text. A line break inside a hard-wrapped sentence doesn't count.

    A break is taken as a wrap when the line before it ends without a full stop, and the next
    line begins with a lower-case letter and is not preceded by an empty line.
    """
    spans: list[Span] = []
    start = 0
    for match in _BREAK.finditer(text):
        span = trim(text, start, match.start())
        wrapped = span and text[match.end() : match.end() + 1].islower() and text[span.end - 1] not in _ENDS
        if not wrapped:
            if span:
                spans.append(span)
            start = match.end()
    if span := trim(text, start, len(text)):
        spans.append(span)
    return spans


def sentence_spans(text: str) -> list[Span]:
    """Sentences with offsets, in order, without surrounding white space, never crossing a paragraph.

    Abbreviations, initials and decimal points don't end a sentence; a closing quotation mark
    belongs to the sentence it closes. Headlines count as sentences. CJK full stops need no space.

    >>> text = 'Mr. Xi met the U.S. envoy. "We agree," he said. Talks cost $3.5 million.'
    >>> [text[s.slice] for s in sentence_spans(text)]
    ['Mr. Xi met the U.S. envoy.', '"We agree," he said.', 'Talks cost $3.5 million.']
    """
    spans: list[Span] = []
    for paragraph in paragraph_spans(text):
        start = paragraph.start
        for match in _BOUNDARY.finditer(text, paragraph.start, paragraph.end):
            cut = _cut(text, match, paragraph.end)
            if cut is not None and (span := trim(text, start, cut)):
                spans.append(span)
                start = cut
        if span := trim(text, start, paragraph.end):
            spans.append(span)
    return spans


def sentences(text: str) -> list[str]:
    """The sentences of a text as strings; see ``sentence_spans``."""
    return [text[span.slice] for span in sentence_spans(text)]


def _cut(text: str, match: re.Match[str], end: int) -> int | None:
    """Where the sentence ends that this full stop may end; ``None`` if it doesn't end one."""
    stop, closers, gap = match.group("stop"), match.group("closers"), match.group("gap")
    # Only the next few words matter; slices of the whole rest would make a long text's time quadratic.
    cut, rest = match.end("closers"), text[match.end() : min(end, match.end() + _AHEAD)]
    if not rest:
        return end
    if stop in "。！？｡":
        return cut
    if not gap:
        # "…sectors.”Putin also": a space is missing, but a closing curly quote leaves no doubt.
        return cut if closers and closers[-1] in "”»" and (rest[0].isupper() or rest[0] in "“«") else None
    following = rest.lstrip(_OPENERS + "-–— ")[:1]
    if not following or following.islower() or rest[0] in ",;:":
        return None
    # An opening straight quote may have been taken for a closing one: 'said. "We agree'.
    if closers and closers[-1] in "\"'" and not gap:
        return None
    if stop == "." and not closers:
        return cut if _period_ends(text[max(0, match.start() - 40) : match.start()], rest) else None
    if stop in ("...", "…") and not following.isupper():
        return None
    return cut


_STARTERS = frozenset(
    "the a an he she it they we i you this that these those in on at but and as after before when while "
    "his her its their our for since meanwhile however both".split()
)


def _period_ends(before: str, rest: str) -> bool:
    """Whether a bare period between these two stretches ends a sentence."""
    found = _LAST_WORD.search(before)
    if not found:
        return True
    word = found.group().lower()
    next_word = (words(rest[:40]) or [""])[0]
    if "." in word or (len(word) == 1 and word != "i"):
        # Initials (U.S., a.m., J. Smith): only a typical first word of a sentence ends one.
        # After a single letter that word must be longer: "J. A. Smith" has two initials.
        return rest[:1].isupper() and next_word in _STARTERS and ("." in word or len(next_word) > 1)
    if word in _ENDING_ABBREVIATIONS:
        return next_word in _STARTERS
    if word in {"no", "nos", "art", "fig", "sec", "sat", "sun", "mar", "fri", "mon", "co", "al", "est"}:
        # Also ordinary words: abbreviations only before a number or when capitalised.
        return not rest[:1].isdigit()
    return word not in _ABBREVIATIONS
