"""A sentence turned into its opposite: a negation put in at the main verb, or taken out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bench.language.article import article
from bench.models.syntax import Word, children, subtree
from bench.perturb.damage import Perturbed, Skipped, edit
from bench.perturb.draw import shuffled
from bench.text import sentence_spans
from bench.types import Span

KIND = "negation"

NEGATIONS = re.compile(
    r"\b(?:not|never|no|cannot|nobody|nothing|none|nowhere|neither|nor|without|hardly|barely)\b|n['’]t\b", re.IGNORECASE
)
"""Words that negate, as they are written."""

_SUBJECTS = frozenset({"nsubj", "nsubjpass", "expl", "csubj"})
_AUXILIARIES = frozenset({"aux", "auxpass"})
_BE = frozenset("is are was were am 's 're 'm".split())
_DO = {"VBD": "did not", "VBZ": "does not", "VBP": "do not"}
_FULL = {"ca": "can", "wo": "will", "sha": "shall"}
# “Some did not come” doesn't deny that some came.
_QUANTIFIERS = frozenset("some many most few several all both half another any every each much more".split())
# “Not only”, “not just” and the like deny something else; “has not yet come” needs its not.
_LIMITS = frozenset({"only", "just"})
_FOCUS = frozenset("only just even also still already yet ever any either until till anymore but nearly almost".split())

Edits = list[tuple[Span, str]]


def negate(text: str, document: str, others: Sequence[str], seed: int) -> Perturbed | Skipped:  # noqa: ARG001
    """The main verb of one statement loses its negation, or gets one if the whole sentence has none.

    Not touched: questions, sentences without subject and finite verb, sentences with a negative word
    elsewhere, and subjects like “some” or “most”, whose denial may be true as well.
    """
    homes = shuffled(sentence_spans(text), seed, KIND, text, spell=lambda span: str(span.start))
    # A second verb (“slipped and fell”) would be left as it is: such sentences come last.
    for home in sorted(homes, key=lambda home: _two_verbs(text[home.slice])):
        found = opposite(text[home.slice])
        if found:
            edits = [(Span(home.start + span.start, home.start + span.end), new) for span, new in found]
            return edit(KIND, text, edits, ", ".join(_shown(text[span.slice], new) for span, new in edits))
    return Skipped(KIND, "no statement whose main verb can safely be negated")


def _shown(was: str, now: str) -> str:
    if not was:
        return f"“{now.strip()}” added"
    return f"“{was.strip()}” → “{now.strip()}”" if now else f"“{was.strip()}” removed"


def _two_verbs(sentence: str) -> bool:
    words = article(sentence).words
    return any(word.dep == "conj" and words[word.head].dep == "ROOT" for word in words)


def opposite(sentence: str) -> Edits | None:
    """The edits that turn a statement into its opposite; ``None`` where that isn't safe.

    >>> opposite("The president signed the treaty.")
    [(Span(start=14, end=20), 'did not sign')]
    """
    words = article(sentence).words
    roots = [index for index, word in enumerate(words) if word.dep == "ROOT"]
    if len(roots) != 1 or sentence.rstrip("\"'”’ ").endswith(("?", ":")):
        return None
    [root] = roots
    below = children(words, root)
    subjects = [index for index in below if words[index].dep in _SUBJECTS]
    if not subjects or subjects[0] > root:
        return None
    auxiliaries = [index for index in below if words[index].dep in _AUXILIARIES and index < root]
    if any(index < subjects[0] for index in auxiliaries):
        return None
    # “Is not related”: the parser may hang the “not” on the adjective.
    verbs = {*auxiliaries, root}
    negations = [
        index for index, word in enumerate(words) if word.dep == "neg" and (word.head == root or index - 1 in verbs)
    ]
    if negations:
        return _without(sentence, words, negations, [*auxiliaries, root])
    all_words = [word.text.lower() for word in words]
    if NEGATIONS.search(sentence) or _QUANTIFIERS & set(all_words[:root]) or _LIMITS & set(all_words):
        return None
    return _with(words, root, auxiliaries)


def _without(sentence: str, words: tuple[Word, ...], negations: list[int], verbs: list[int]) -> Edits | None:
    """Take the one negation out: “did not go”, “could n't go”, “cannot”, “never went”."""
    [place, *more] = negations
    if more or len(NEGATIONS.findall(sentence)) != 1 or any(word.text.lower() in _FOCUS for word in words):
        return None
    word, before = words[place], words[place - 1] if place else None
    if before is None or word.text.lower() not in ("not", "never", "n't", "n’t"):
        return None
    edits: Edits = [(Span(before.end, word.end), "")]
    if word.text.lower() in ("n't", "n’t") and before.text.lower() in _FULL:
        full = _FULL[before.text.lower()]
        edits = [(Span(before.start, word.end), full.capitalize() if before.text[0].isupper() else full)]
    elif before.text.lower() == "ai" or (
        before not in [words[verb] for verb in verbs] and word.text.lower() != "never"
    ):
        return None
    return edits


def _with(words: tuple[Word, ...], root: int, auxiliaries: list[int]) -> Edits | None:
    """Put one in: behind the first auxiliary or a form of “be”, or else with “do”."""
    verb = words[root]
    if auxiliaries or (verb.text.lower() in _BE and verb.tag in ("VBZ", "VBD", "VBP")):
        carrier = words[auxiliaries[0]] if auxiliaries else verb
        behind = root if not auxiliaries else auxiliaries[0]
        following = words[behind + 1].text.lower() if behind + 1 < len(words) else ""
        finite = carrier.tag in ("MD", "VBZ", "VBD", "VBP") and carrier.text.lower() not in ("'d", "’d")
        if not finite or following in _FOCUS or following == "to":
            return None
        return [(Span(carrier.end, carrier.end), " not")]
    # A capitalised verb inside a sentence is a name that the parser took for one.
    regular = verb.tag in _DO and verb.text.islower() and verb.lemma.isalpha() and verb.lemma.islower()
    focused = any(words[index].text.lower() in _FOCUS for index in subtree(words, root) if index < root)
    if not regular or focused or (verb.tag == "VBD" and verb.lemma == "be") or verb.text.startswith("'"):
        return None
    if verb.tag == "VBD" and verb.lemma == verb.text and not verb.text.endswith(("t", "d", "e", "n")):
        return None  # a base form that was tagged as a past: the lemma can't be trusted
    return [(Span(verb.start, verb.end), f"{_DO[verb.tag]} {verb.lemma}")]
