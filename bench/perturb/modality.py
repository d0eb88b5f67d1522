"""What may happen, is planned or expected is told as a fact."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bench.language.article import article
from bench.models.syntax import Word, children, subtree
from bench.perturb.damage import Perturbed, Skipped, edit
from bench.perturb.draw import shuffled
from bench.perturb.inflect import participle, past
from bench.perturb.negation import NEGATIONS
from bench.quotations import quotations
from bench.text import sentence_spans
from bench.types import Span

KIND = "modality"

_MODALS = frozenset("will 'll ’ll may might could".split())
_PLANS = frozenset("plan hope intend want aim vow promise threaten expect prepare seek".split())
_DUE = frozenset("expected set due likely scheduled poised ready supposed tipped planning hoping preparing".split())
_BE = frozenset("is are am was were 's ’s 're ’re".split())
_PLURAL_TAGS, _SINGULAR_TAGS = frozenset({"NNS", "NNPS"}), frozenset({"NN", "NNP"})
_PLURAL_WORDS = frozenset("they we you these those both people police officials fans".split())
_SINGULAR_WORDS = frozenset("he she it i this that".split())
# What has not come yet can't have happened; a condition is no plan; “could see” is what somebody was able to do.
_FUTURE = re.compile(
    r"\b(?:tomorrow|tonight|soon|shortly|next|upcoming|coming|later|eventually|someday|future|forever|always|"
    r"if|unless|whether|until|when|once|before|so that|in order|how|why|where|whatever|whoever|than)\b",
    re.IGNORECASE,
)
_WISHES = frozenset("hope wish fear worry expect pray".split())
_ABLE = frozenset("see hear feel smell taste find tell understand remember believe imagine afford help".split())

Edits = list[tuple[Span, str]]


def make_fact(text: str, document: str, others: Sequence[str], seed: int) -> Perturbed | Skipped:  # noqa: ARG001
    """“May sign”, “will sign”, “plans to sign” and “is expected to sign” become “signed”.

    Not touched: questions, negations, quotations, conditions, sentences that say that it is yet to come, and verbs
    whose past isn't sure or wouldn't agree with the subject.
    """
    homes = shuffled(sentence_spans(text), seed, KIND, text, spell=lambda span: str(span.start))
    for home in homes:
        found = list(facts(text[home.slice]))
        if found:
            edits = shuffled(found, seed, KIND, text, spell=str)[0]
            moved = [(Span(home.start + span.start, home.start + span.end), new) for span, new in edits]
            shown = ", ".join(f"“{text[span.slice].strip()}” → “{new.strip()}”" for span, new in moved)
            return edit(KIND, text, moved, shown)
    return Skipped(KIND, "nothing that is only possible, planned or expected and could be told as a fact")


def facts(sentence: str) -> Iterator[Edits]:
    """For each verb that is only possible, planned or expected, the edits that make it a fact.

    >>> list(facts("The minister may also sign the treaty."))
    [[(Span(start=13, end=26), 'also signed')]]
    """
    if sentence.rstrip("\"'”’ ").endswith("?") or NEGATIONS.search(sentence) or _FUTURE.search(sentence):
        return
    words = article(sentence).words
    quoted = [quotation.span for quotation in quotations(sentence)]
    for verb, word in enumerate(words):
        begin = _modal(words, verb) if word.tag in ("VB", "VBN", "VBG") else None
        if begin is None and word.tag in ("VB", "VBN"):
            begin = _planned(words, verb)
        if begin is None or any(span.start <= word.start < span.end for span in quoted):
            continue
        edits = _told(words, begin, verb)
        if edits is not None:
            yield edits


def _modal(words: tuple[Word, ...], verb: int) -> int | None:
    """Where the modal of a verb stands, if nothing but adverbs and auxiliaries is between them."""
    below = [index for index in children(words, verb) if words[index].dep in ("aux", "auxpass") and index < verb]
    if not below or words[below[0]].tag != "MD" or words[below[0]].text.lower() not in _MODALS:
        return None
    able = words[below[0]].text.lower() == "could" and words[verb].text.lower() in _ABLE
    between = range(below[0] + 1, verb)
    return None if able or any(index not in below and words[index].tag != "RB" for index in between) else below[0]


def _planned(words: tuple[Word, ...], verb: int) -> int | None:
    """Where “plans to” or “is expected to” begins, right before a verb or its auxiliary."""
    auxiliaries = [index for index in children(words, verb) if words[index].dep in ("aux", "auxpass") and index < verb]
    if not auxiliaries or words[auxiliaries[0]].text != "to" or auxiliaries != list(range(auxiliaries[0], verb)):
        return None
    before = auxiliaries[0] - 1
    if before < 1 or words[verb].dep not in ("xcomp", "ccomp", "advcl"):
        return None
    word = words[before]
    if word.tag in ("VBZ", "VBP", "VBD") and word.lemma in _PLANS and word.text.islower():
        return before
    if word.text in _DUE and words[before - 1].text in _BE:
        return before - 1
    return None


def _told(words: tuple[Word, ...], begin: int, verb: int) -> Edits | None:
    """The edits for one verb and those that are coordinated with it; ``None`` where a form isn't sure."""
    was = _was(words, begin, verb)
    inner = [words[index] for index in range(begin, verb) if words[index].tag == "RB"]
    auxiliaries = [
        words[index].text.lower()
        for index in children(words, verb)
        if begin <= index < verb and index > begin and words[index].dep in ("aux", "auxpass")
    ]
    auxiliaries = [each for each in auxiliaries if each != "to"]
    main = words[verb]
    finite = _finite(main, auxiliaries, was)
    if finite is None:
        return None
    new = " ".join([*(word.text for word in inner), finite])
    if words[begin].text.startswith(("'", "’")):
        new = " " + new
    edits: Edits = [(Span(words[begin].start, main.end), new)]
    also = _coordinated(words, verb, regular=finite != f"{was} {main.text}")
    if also is None:
        return None
    edits += also
    # What is hoped or feared can't be told in the past.
    if main.dep == "ccomp" and words[main.head].lemma in _WISHES:
        return None
    # A clause beside it in the present (“as he begins”) would no longer fit.
    for index in children(words, verb):
        if words[index].dep == "advcl" and any(words[each].tag in ("VBZ", "VBP") for each in subtree(words, index)):
            return None
    return edits


def _coordinated(words: tuple[Word, ...], verb: int, *, regular: bool) -> Edits | None:
    """The edits of “will meet and discuss”, whose second verb has no modal of its own."""
    edits: Edits = []
    for index in children(words, verb):
        other, below = words[index], [words[child].dep for child in children(words, index)]
        if other.dep != "conj" or not other.tag.startswith("VB") or {"aux", "auxpass", "nsubj"} & set(below):
            continue
        if other.tag != "VB" and other.tag == words[verb].tag:
            continue
        form = past(other.text) if other.tag == "VB" and regular else None
        if form is None or "conj" in below:
            return None
        edits.append((Span(other.start, other.end), form))
    return edits


def _finite(main: Word, auxiliaries: list[str], was: str | None) -> str | None:
    """The past that stands for “sign”, “be”, “be signed”, “be signing”, “have signed” or “have been signed”."""
    base = main.text
    if auxiliaries == [] and main.tag == "VB":
        return was if base == "be" else past(base) if base.islower() else None
    if auxiliaries in (["be"], ["have", "been"]) and main.tag in ("VBN", "VBG"):
        return f"{was} {main.text}" if was else None
    if auxiliaries == ["have"] and main.tag == "VBN":
        if main.text == "been":
            return was
        return past(main.lemma) if participle(main.lemma) == main.text else None
    return None


def _was(words: tuple[Word, ...], begin: int, verb: int) -> str | None:
    """“was” or “were”, as the subject needs it; ``None`` where that isn't sure."""
    first = words[begin].text.lower()
    if first in ("is", "'s", "’s", "was") or words[begin].tag == "VBZ":
        return "was"
    if first in ("are", "'re", "’re", "were"):
        return "were"
    heads = [verb, words[verb].head]
    subjects = [
        index
        for head in heads
        for index in children(words, head)
        if words[index].dep in ("nsubj", "nsubjpass") and index < begin
    ]
    if not subjects:
        return None
    subject = words[subjects[0]]
    if any(words[index].dep == "conj" for index in children(words, subjects[0])):
        return "were"
    if subject.text.lower() in _PLURAL_WORDS or subject.tag in _PLURAL_TAGS:
        return "were"
    return "was" if subject.text.lower() in _SINGULAR_WORDS or subject.tag in _SINGULAR_TAGS else None
