"""A verb or an adjective becomes its opposite, in the same form.

No pair is one that the checks' table of opposites has (a test holds them apart): what is planted measures what a
check understands, not what it was told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from bench.language.article import article
from bench.language.lexicon import sections, word_lists
from bench.models.syntax import Word, children
from bench.perturb.context import near
from bench.perturb.damage import Perturbed, Skipped, edit
from bench.perturb.draw import shuffled
from bench.perturb.inflect import gerund, participle, past, third
from bench.perturb.negation import NEGATIONS
from bench.quotations import quotations
from bench.text import sentence_spans, words
from bench.types import Span

KIND = "antonym"

# What one does with these isn't meant word by word (to open fire, to enter a plea), nor are these qualities.
_FIXED = word_lists("planted/opposites")["fixed"]
# Before these, a verb has another meaning (started to run, agreed with, ended up, opened to).
_PARTICLES = word_lists("planted/opposites")["particles"]
_ARTICLE = re.compile(r"(?<!\w)(?P<article>[Aa]n?) $")


def _pairs(kind: str) -> dict[str, str]:
    found = {}
    for pair in " ".join(sections("planted/opposites")[kind]).split():
        left, sign, right = re.split(r"([=>])", pair)
        found[left] = right
        if sign == "=":
            found[right] = left
    return found


VERBS, ADJECTIVES = _pairs("verbs"), _pairs("adjectives")


def turn_antonym(text: str, document: str, others: Sequence[str], seed: int) -> Perturbed | Skipped:  # noqa: ARG001
    """One verb or adjective becomes its opposite.

    Not touched: names, quotations, sentences with a negation, verbs with a particle or another clause, fixed
    phrases, and words whose opposite stands in the same sentence or where the document says most of the same.
    """
    for home in shuffled(sentence_spans(text), seed, KIND, text, spell=lambda span: str(span.start)):
        sentence = text[home.slice]
        known = set(words(f"{sentence} {near(document, sentence)}"))
        found = [edits for edits in opposites(sentence) if not set(words(edits[-1][1])) & known]
        if found:
            edits = shuffled(found, seed, KIND, text, spell=str)[0]
            moved = [(Span(home.start + span.start, home.start + span.end), new) for span, new in edits]
            return edit(KIND, text, moved, f"“{text[moved[-1][0].slice]}” → “{moved[-1][1]}”")
    return Skipped(KIND, "no verb or adjective of our list that has an opposite and stands alone")


def opposites(sentence: str) -> Iterator[list[tuple[Span, str]]]:
    """For each word that has an opposite, the edits; the word itself is the last.

    >>> [edits[-1][1] for edits in opposites("The court delivered a serious verdict.")]
    ['withheld', 'trivial']
    """
    if NEGATIONS.search(sentence):
        return
    parsed = article(sentence).words
    quoted = [quotation.span for quotation in quotations(sentence)]
    for index, word in enumerate(parsed):
        hyphens = sentence[max(0, word.start - 1) : word.start] + sentence[word.end : word.end + 1]
        inside = any(span.start <= word.start < span.end for span in quoted)
        if not word.text.islower() or "-" in hyphens or "–" in hyphens or inside:
            continue
        if word.tag.startswith("VB"):
            new = _verb(parsed, index)
        else:
            new = _adjective(parsed, index) if word.tag in ("JJ", "JJR", "JJS") else None
        if new is None:
            continue
        span = Span(word.start, word.end)
        before = _ARTICLE.search(sentence[: word.start])
        if before is None or (new[0] in "aeiou") == (before.group("article").lower() == "an"):
            yield [(span, new)]
        else:
            written = before.group("article")[0] + ("n" if new[0] in "aeiou" else "")
            yield [(Span(before.start("article"), before.end("article")), written), (span, new)]


def _verb(parsed: tuple[Word, ...], index: int) -> str | None:
    """The opposite of a verb in the form that its tag says, where its meaning is plain."""
    word = parsed[index]
    base = _base(word)
    if base is None or base not in VERBS:
        return None
    below = [parsed[child] for child in children(parsed, index)]
    following = parsed[index + 1].text.lower() if index + 1 < len(parsed) else ""
    charged = following == "of" and base in ("convict", "acquit")
    if (following in _PARTICLES and not charged) or any(child.dep in ("xcomp", "prt", "ccomp") for child in below):
        return None
    if any(child.dep in ("dobj", "nsubjpass") and child.lemma.lower() in _FIXED for child in below):
        return None
    # An adjective before its noun (“the opening match”) and a noun (“a winning goal”) aren't the verb.
    if word.dep in ("amod", "compound") or any(child.dep == "neg" for child in below):
        return None
    return _FORMS[word.tag](VERBS[base])


def _base(word: Word) -> str | None:
    """The verb of which this is the form that its tag says: the lemma of the model is checked by our own forms."""
    return next((base for base in VERBS if _FORMS[word.tag](base) == word.text), None)


_FORMS: dict[str, Callable[[str], str | None]] = {
    "VB": str,
    "VBP": str,
    "VBZ": third,
    "VBD": past,
    "VBN": participle,
    "VBG": gerund,
}


def _adjective(parsed: tuple[Word, ...], index: int) -> str | None:
    """The opposite of an adjective, unless it is part of a name, a measure or a fixed phrase."""
    word = parsed[index]
    if word.text not in ADJECTIVES:
        return None
    before = parsed[index - 1] if index else None
    after = parsed[index + 1] if index + 1 < len(parsed) else None
    measured = before is not None and (before.tag == "CD" or before.lemma in ("year", "metre", "meter", "foot", "mile"))
    fixed = after is not None and (after.text.lower() in _FIXED or (after.text[0].isupper() and word.dep == "amod"))
    # “As long as”, “so far”, “at best”, “for good”, “long after”, “how old”.
    adverbial = before is not None and before.text.lower() in ("as", "how", "at", "for", "so", "no", "too", "very")
    predicate = word.dep in ("acomp", "attr", "oprd")
    return None if measured or fixed or adverbial or not (word.dep == "amod" or predicate) else ADJECTIVES[word.text]
