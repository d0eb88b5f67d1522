"""Who did what to whom: the clauses of a candidate beside those of the document's best sentences.

English only: an English parser, and word lists of our own for negation, modality and antonyms. Finds negations
put in or left out, what may or will be told as what was, opposites, and what a speaker of a dialogue says of himself
told of another; in sentences that are copied but for it also subject and object, the sides of a comparison, and how
many of them. Names in another's place and numbers are other checks'.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.checks.clauses.antonyms import ANTONYM_RULES
from bench.checks.clauses.arcs import ARC_RULES, Clause, clauses, key
from bench.checks.clauses.comparisons import COMPARISON_RULES, comparison_label
from bench.checks.clauses.events import EVENT_RULES, Outcome, compare
from bench.checks.clauses.nearcopies import denies_nothing, opposite_words, word_pairs
from bench.checks.clauses.polarity import POLARITY_RULES
from bench.checks.clauses.quantifiers import QUANTIFIER_RULES, quantified, quantifier_label
from bench.checks.clauses.speakers import SPEAKER_RULES, another_speaker
from bench.checks.findings import Finding, FindingsCheck, one_line
from bench.checks.words.places import Aligned, Beside
from bench.claims import claim_rules
from bench.errors import InputError
from bench.language.article import Article
from bench.models.syntax import Word, pipeline_name
from bench.scorer import signature
from bench.types import ErrorKind, Label, Span

_VERSION = 4
_MORE_SENTENCES = 12
"""Sentences with the same verb that are searched for one that agrees, before a claim is blamed."""
_LONGEST = 2_000
"""Characters of a "sentence" (a list, a table) from which on it isn't parsed."""
_SUPPORTS = 0.5
"""Share of both clauses' content words that an agreeing clause must share to support the claim's."""
_NEARLY = 0.75
"""Share of a claim's content words (by weight) that a sentence must have for its shares and sides to be compared."""
_SHOWN = 5
"""Words that a clause must have to be shown by itself, without its sentence."""
_LEAST_CONTENT = 2
_ABOUT_IT = 0.6
"""Share of a clause's content words that a sentence must have to be about the same thing."""


class Relations(FindingsCheck):
    """Each clause of a candidate (verb, who, whom, prepositions) must not say the opposite of the document's.

    ``contradicted``: the document denies it or doesn't (``negation``), has the opposite verb or word in its place
    (``antonym``), or says it of others (``role``) or the other way round (``comparison``). ``unsupported``: the
    document says that it may or will be, or that someone wants it, and the claim tells it as a fact (``modality``); or
    the claim denies what the document's sentences about it don't deny. Of another share of the same things
    (``quantifier``) it is either, by whether both can be true. ``supported``: a clause of the document
    tells the same event in the same way. A clause about which the document has no such clause is ``unchecked``.
    The claim's sentence is compared with the ``most`` sentences of the document that have most of its words.
    """

    nothing = "no clause with a verb in this claim"

    def __init__(self, *, most: int = 3, name: str = "relations") -> None:
        if most < 1:
            raise InputError(f"checks.{name}.most must be at least 1, not {most}")
        self.name = name
        self._most = most

    def signature(self) -> str:
        """Versions of the rules and word lists, the claims, the parser, and how many sentences are compared."""
        rules = ",".join((ARC_RULES, POLARITY_RULES, EVENT_RULES, ANTONYM_RULES))
        rules += f",{SPEAKER_RULES},{QUANTIFIER_RULES},{COMPARISON_RULES}"
        return signature(
            "relations", version=_VERSION, rules=rules, claims=claim_rules(), parser=pipeline_name(), most=self._most
        )

    def findings(self, document: Article, candidate: Article, sentences: Sequence[Span]) -> Iterator[Finding]:
        """What became of each clause of the sentences."""
        for sentence in sentences:
            yield from judge(candidate.of(Beside, document, sentence), self._most)


def judge(beside: Beside, most: int = 3) -> list[Finding]:
    """The findings of one sentence of the candidate: one for each of its clauses, and one for each wrong word."""
    text, document = beside.candidate[beside.sentence], beside.document
    if len(text) > _LONGEST:
        return [Finding("unchecked", "too long for a sentence: not parsed", beside.sentence)]
    aligned = beside.best(most)
    if copy := next((one for one in aligned if document[one.sentence].split() == text.split()), None):
        return [Finding("supported", f"“{one_line(text, 60)}” word for word", beside.sentence, (copy.sentence,), 1.0)]
    compared = _Compared(beside, aligned)
    return [*compared.clauses(), *compared.opposites(), *compared.shares(), *compared.comparison()]


@dataclass(frozen=True, slots=True)
class _Place:
    """A sentence of the document beside the claim's, parsed."""

    aligned: Aligned
    words: tuple[Word, ...]
    pairs: Mapping[int, int]
    """Words of the claim's sentence → words of this one."""


@dataclass(frozen=True, slots=True)
class _Match:
    """What one clause of the claim and one of the document gave."""

    outcome: Outcome
    clause: Clause
    """The document's."""
    sentence: Span


class _Compared:
    """A sentence of the candidate beside the sentences of the document that have most of its words, all parsed."""

    def __init__(self, beside: Beside, aligned: Sequence[Aligned]) -> None:
        self.beside, self.document = beside, beside.document
        self.alone = beside.candidate.alone(beside.sentence)
        self.words = self.alone.words
        self.places = []
        for one in aligned:
            words = _alone(self.document, one.sentence).words
            self.places.append(_Place(one, words, word_pairs(self.words, beside.sentence.start, words, one)))
        self.judged: dict[int, Label] = {}
        """Verb → label, of the clauses that were compared."""

    def clauses(self) -> Iterator[Finding]:
        """The findings of each clause."""
        for clause in self.alone.of(clauses):
            findings = self._clause(clause)
            self.judged[clause.verb] = findings[0].label
            yield from findings

    def _clause(self, clause: Clause) -> list[Finding]:
        if wrong := self._of_another(clause):
            return [wrong]
        matches = [
            _Match(outcome, theirs, place.aligned.sentence)
            for place in self.places
            for theirs in _alone(self.document, place.aligned.sentence).of(clauses)
            if (outcome := compare(clause, theirs, place.pairs))
        ]
        matches = [match for match in matches if match.outcome.kind == "agrees" or not self._says_nothing(match)]
        blamed = _best(match for match in matches if match.outcome.kind != "agrees")
        agreeing = _best(match for match in matches if match.outcome.kind == "agrees")
        if blamed and not _outweighed(blamed, agreeing):
            agreeing = _best(self._elsewhere(clause))
            if not _outweighed(blamed, agreeing):
                return self._blame(clause, blamed)
        if agreeing and (agreeing.outcome.firm or agreeing.outcome.strength >= _SUPPORTS):
            span = self._span(agreeing)
            reason = f"“{one_line(self.document[span], 60)}”"
            return [Finding("supported", reason, self._where([clause.verb]), (span,), 1.0)]
        if not agreeing and (undenied := self._undenied(clause)):
            return [undenied]
        shown = one_line(self.alone.text[clause.start : clause.end], 60)
        reason = f"no clause of the document is clearly about the same event as “{shown}”"
        return [Finding("unchecked", reason, self._where([clause.verb]))]

    def _elsewhere(self, clause: Clause) -> Iterator[_Match]:
        """Agreeing clauses in other sentences that have the same verb."""
        known = {place.aligned.sentence for place in self.places}
        homes = self.beside.index.homes.get(key(clause.words[clause.verb]), ())
        sentences = [self.document.sentences[home] for home in homes]
        for sentence in [sentence for sentence in sentences if sentence not in known][:_MORE_SENTENCES]:
            for theirs in _alone(self.document, sentence).of(clauses):
                outcome = compare(clause, theirs)
                if outcome and outcome.kind == "agrees":
                    yield _Match(outcome, theirs, sentence)

    def _blame(self, clause: Clause, match: _Match) -> list[Finding]:
        """One finding for each of the words that differ; their reason is the same."""
        outcome, span = match.outcome, self._span(match)
        if len(self.document[span].split()) < _SHOWN:
            span = match.sentence
        said = one_line(self.document[span])
        kind: ErrorKind = outcome.kind if outcome.kind != "agrees" else "unsupported"
        label: Label = "unsupported" if outcome.kind == "modality" else "contradicted"
        if outcome.kind == "negation":
            does = "denies this" if match.clause.told.negated else "says this, the claim denies it"
            reason = f"the document {does}: “{said}”"
        elif outcome.kind == "modality":
            hedge = " … ".join(match.clause.words[index].text for index in outcome.theirs)
            reason = f"the document says “{hedge}”, the claim states it as a fact: “{said}”"
        elif outcome.kind == "role":
            reason = f"the document says it the other way round: “{said}”"
        else:
            ours, theirs = clause.words[clause.verb].text, match.clause.words[match.clause.verb].text
            reason = f"the document says “{theirs}”, the claim the opposite, “{ours}”: “{said}”"
        return [Finding(label, reason, self._where([word]), (span,), 0.0, kind) for word in outcome.ours]

    def _undenied(self, clause: Clause) -> Finding | None:
        """A denial of which the document's sentences about the same thing know nothing."""
        ours = clause.told
        if not ours.negated or ours.limits or len(clause.content) < _LEAST_CONTENT:
            return None
        needed = _ABOUT_IT * len(clause.content)
        about = [
            place.aligned.sentence
            for place in self.places
            if len(clause.content & {key(word) for word in place.words}) >= needed
        ]
        index = self.beside.index
        shared = Counter(home for word in clause.content for home in index.homes.get(word, ()))
        near = [self.document.sentences[home] for home, count in shared.items() if 2 * count >= len(clause.content)]
        near += [place.aligned.sentence for place in self.places]
        if not about or not all(denies_nothing(self.document[sentence]) for sentence in near):
            return None
        where = self._where(ours.negations)
        said = one_line(self.document[about[0]])
        reason = f"the claim denies (“{self.beside.candidate[where]}”) what the document doesn’t deny: “{said}”"
        return Finding("unsupported", reason, where, (about[0],), 0.0, "negation")

    def _of_another(self, clause: Clause) -> Finding | None:
        """What another speaker of a dialogue says of himself."""
        turn = another_speaker(clause, self.document)
        if turn is None:
            return None
        who, said = clause.words[clause.agents[0].head].text, one_line(self.document[turn.said])
        reason = f"told of {who}, but the words are {turn.speaker}’s: “{said}”"
        return Finding("contradicted", reason, self._where([clause.agents[0].head]), (turn.said,), 0.0, "role")

    def opposites(self) -> Iterator[Finding]:
        """Words in whose place the document has the opposite."""
        blamed: dict[int, Finding] = {}
        for place in self.places:
            for (mine,), (other,) in opposite_words(self.words, place.words, place.aligned, place.pairs):
                here, there = self.words[mine].text, place.words[other].text
                turned = comparison_label(self.words, place.words) == "supported"
                if not turned and self.judged.get(mine) in (None, "unchecked") and mine not in blamed:
                    sentence = place.aligned.sentence
                    reason = f"the document says “{there}”, the claim the opposite, “{here}”"
                    start = sentence.start + place.words[other].start
                    evidence = (Span(start, start + len(there)), sentence)
                    where = self._where([mine])
                    blamed[mine] = Finding("contradicted", reason, where, evidence, 0.0, "antonym")
        # The same word in the same place of another sentence clears it.
        for place in self.places:
            for mine in [mine for mine in blamed if mine in place.pairs]:
                if mine - 1 in place.pairs or mine + 1 in place.pairs:
                    del blamed[mine]
        yield from blamed.values()

    def shares(self) -> Iterator[Finding]:
        """Quantifiers that say another share than the document's of the same things."""
        for ours in quantified(self.words):
            labels = {
                place.aligned.sentence: label
                for place in self._near
                for theirs in quantified(place.words)
                if (label := quantifier_label(ours, theirs))
            }
            if labels and "supported" not in labels.values():
                worst: Label = "contradicted" if "contradicted" in labels.values() else "unsupported"
                sentence = next(sentence for sentence, one in labels.items() if one == worst)
                reason = f"“{self.words[ours.word].text}” of them, where the document has another share: "
                reason += f"“{one_line(self.document[sentence])}”"
                yield Finding(worst, reason, self._where([ours.word]), (sentence,), 0.0, "quantifier")

    def comparison(self) -> Iterator[Finding]:
        """A comparison whose sides the document has exchanged."""
        labels = {place.aligned.sentence: comparison_label(self.words, place.words) for place in self._near}
        wrong = [sentence for sentence, label in labels.items() if label == "contradicted"]
        if wrong and "supported" not in labels.values():
            reason = f"the document compares them the other way round: “{one_line(self.document[wrong[0]])}”"
            than = [index for index, word in enumerate(self.words) if word.text.lower() == "than"]
            yield Finding("contradicted", reason, self._where(than), (wrong[0],), 0.0, "comparison")

    @property
    def _near(self) -> list[_Place]:
        """The sentences that have nearly all of the claim's words."""
        return [place for place in self.places if place.aligned.score >= _NEARLY]

    def _where(self, words: Sequence[int]) -> Span:
        start = self.beside.sentence.start
        return Span(start + self.words[words[0]].start, start + self.words[words[-1]].end)

    def _span(self, match: _Match) -> Span:
        start = match.sentence.start
        return Span(start + match.clause.start, start + match.clause.end)

    def _says_nothing(self, match: _Match) -> bool:
        """Whether the document's clause is a question or, of how certain it is, someone's own words."""
        if self.document[match.sentence].rstrip(" \"”’'").endswith("?"):
            return True
        if match.outcome.kind != "modality":
            return False
        place = match.sentence.start + match.clause.words[match.clause.verb].start
        return self.document.quote_around(Span(place, place + 1)) is not None


def _alone(document: Article, sentence: Span) -> Article:
    """A sentence of the document; an empty one for what is too long to be one."""
    return document.alone(sentence if sentence.end - sentence.start <= _LONGEST else Span(0, 0))


def _best(matches: Iterable[_Match]) -> _Match | None:
    """The firmest, the first of equal ones."""
    return max(matches, key=lambda match: (match.outcome.firm, match.outcome.strength), default=None)


def _outweighed(blamed: _Match, agreeing: _Match | None) -> bool:
    """Whether a clause that agrees clears the claim of what another one says."""
    return agreeing is not None and (agreeing.outcome.firm or agreeing.outcome.strength >= blamed.outcome.strength)
