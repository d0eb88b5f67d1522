"""Where a document has a name: an index that is built once a document.

The document is searched word by word, so that nothing depends on a model finding the same name there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cached_property

from bench.checks.words.spelling import (
    FILLERS,
    MIN_SKELETON,
    WORD,
    NameToken,
    is_caseless,
    name_tokens,
    same_skeleton,
    skeleton,
)
from bench.language.article import Article
from bench.language.lexicon import first_names
from bench.text import fold
from bench.types import Span


class NameIndex:
    """The words of one document, for finding names in it."""

    def __init__(self, document: Article) -> None:
        self.text = document.text
        self.caseless = is_caseless(self.text)
        self.tokens = name_tokens(self.text, self.caseless)
        self.positions: dict[str, list[int]] = defaultdict(list)
        for index, token in enumerate(self.tokens):
            self.positions[token.key].append(index)

    @cached_property
    def _capital_keys(self) -> dict[str, str]:
        """Keys that occur with a capital → their skeleton."""
        keys = {token.key for token in self.tokens if (token.capital or self.caseless) and not token.place}
        return {found: skeleton(found) for found in sorted(keys)}

    @cached_property
    def _by_initial(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for word, bones in self._capital_keys.items():
            found[bones[:1]].append((word, bones))
        return found

    def options(self, token: NameToken) -> tuple[str, ...]:
        """The document's keys that are this word: itself, its nicknames, and other transliterations of it."""
        short = sorted(first_names().get(token.key, ()))
        own = tuple(word for word in (token.key, *short) if word in self.positions)
        if token.place or len(token.key) < MIN_SKELETON - 1:
            return own
        bones = skeleton(token.key)
        others = (word for word, theirs in self._by_initial.get(bones[:1], ()) if same_skeleton(bones, theirs))
        return tuple(dict.fromkeys((*own, *others)))

    def places(self, token: NameToken, capital: bool) -> list[int]:
        """Where the document has this word, ascending; with ``capital``, only where it is capitalised."""
        found = sorted(index for word in self.options(token) for index in self.positions[word])
        if capital and not self.caseless:
            return [index for index in found if self.tokens[index].capital]
        return found

    def phrase(self, tokens: Sequence[NameToken], *, person: bool = False, gaps: bool = True) -> list[Span]:
        """Where the words stand one after the other, best spelled alike first; empty if nowhere.

        With ``gaps``, fillers and initials may stand between them, between the names of a ``person``
        one other name (but no comma), and the order may be reversed.
        """
        keys = [set(self.options(token)) for token in tokens]
        if not all(keys):
            return []
        found: list[Span] = []
        for order in (keys, keys[::-1]) if gaps else (keys,):
            for first in sorted(index for word in order[0] for index in self.positions[word]):
                last = self._extend(first, order[1:], person, gaps)
                if last is not None and (not person or self.caseless or self.tokens[last].capital):
                    found.append(Span(self.tokens[first].start, self.tokens[last].end))
            if found:
                break
        return found

    def _extend(self, index: int, rest: Iterable[set[str]], person: bool, gaps: bool) -> int | None:
        for wanted in rest:
            previous, others = self.tokens[index], 0
            index += 1
            while index < len(self.tokens) and (token := self.tokens[index]).key not in wanted:
                small = token.key in FILLERS or len(token.key) == 1
                others += not small
                between = self.text[previous.end : token.start]
                if not gaps or others > 1 or not (small or (person and token.capital)) or set(",;:()\n") & set(between):
                    return None
                previous = token
                index += 1
            if index >= len(self.tokens):
                return None
        return index

    def together(self, tokens: Sequence[NameToken], slack: int = 5) -> Span | None:
        """The first stretch that holds all the words in any order, with at most ``slack`` others."""
        lists = [self.places(token, capital=False) for token in tokens]
        if not all(lists):
            return None
        width = len(tokens) + slack
        for anchor in min(lists, key=len):
            near = [_nearest(found, anchor) for found in lists]
            if max(near) - min(near) < width:
                return Span(self.tokens[min(near)].start, self.tokens[max(near)].end)
        return None

    @cached_property
    def initialisms(self) -> dict[str, Span]:
        """Initials of runs of two to six capitalised words → the run (fillers may or may not count)."""
        found: dict[str, Span] = {}
        for start, token in enumerate(self.tokens):
            if not token.capital:
                continue
            short = full = ""
            for follower in self.tokens[start : start + 9]:
                if not follower.capital and follower.key not in FILLERS:
                    break
                if "\n" in self.text[token.start : follower.start]:
                    break
                letters = initials([follower])
                full += letters
                if not follower.capital:
                    continue
                short += letters
                for whole in {short, full}:
                    if 2 <= len(whole) <= 6:
                        found.setdefault(whole, Span(token.start, follower.end))
        return found

    def acronym(self, letters: str) -> Span | None:
        """Where the document has these letters as an abbreviation in capitals."""
        for index in self.positions.get(letters, ()):
            token = self.tokens[index]
            if token.written.replace(".", "").isupper():
                return token.span
        return None

    def full_names(self, token: NameToken) -> list[Span]:
        """Where the word stands with the capitalised words around it, one place for each different text."""
        found: dict[str, Span] = {}
        for index in self.places(token, capital=True):
            first = last = index
            while first > 0 and self._adjacent(first - 1, first):
                first -= 1
            while last + 1 < len(self.tokens) and self._adjacent(last, last + 1):
                last += 1
            span = Span(self.tokens[first].start, self.tokens[last].end)
            found.setdefault(fold(self.text[span.slice]), span)
        return list(found.values())

    def _adjacent(self, left: int, right: int) -> bool:
        a, b = self.tokens[left], self.tokens[right]
        return a.capital and b.capital and not (a.place or b.place) and self.text[a.end : b.start] in (" ", ". ", "-")

    def similar(self, token: NameToken) -> Span | None:
        """The first place of the capitalised word that is spelled most like this one, if any is close."""
        initial = token.key[:1]
        words = [word for word in self._capital_keys if len(word) >= MIN_SKELETON - 1 and word.startswith(initial)]
        close = get_close_matches(token.key, words, n=1, cutoff=0.75) if len(token.key) >= MIN_SKELETON else []
        if not close:
            return None
        places = (self.tokens[place] for place in self.positions[close[0]])
        return next(token.span for token in places if self.caseless or token.capital)


def _nearest(ascending: Sequence[int], anchor: int) -> int:
    index = bisect_left(ascending, anchor)
    return min(ascending[max(0, index - 1) : index + 1], key=lambda place: (abs(place - anchor), place))


def initials(tokens: Sequence[NameToken]) -> str:
    """The first letters of the words of a name.

    >>> initials(name_tokens("United Nations Security Council"))
    'unsc'
    """
    return "".join(match.group()[0] for token in tokens for match in WORD.finditer(token.written)).lower()
