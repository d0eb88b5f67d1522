"""Sentences parsed by the installed spaCy pipeline, and the base forms of words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bench.models.spacy_pipeline import encodable, load

_IRREGULAR = {
    form: base
    for base, forms in {
        "be": "am is are was were been being m re", "have": "has had having ve", "do": "does did done doing",
        "will": "wo ll", "can": "ca", "not": "n't", "person": "people",
    }.items()
    for form in forms.split()
}  # fmt: skip
"""Auxiliaries as tokenised text cuts them, and what the pipeline's tables leave apart."""
_SHORTEST = 3
"""Letters of a word up to which only irregular forms have another base."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word or sign of a sentence with its place in the parse."""

    text: str
    start: int
    """Offset of its first character in the sentence."""
    end: int
    tag: str
    """Fine-grained tag (Penn Treebank in English pipelines: NNP, VBD, …)."""
    dep: str
    """Relation to its head (ROOT, nsubj, dobj, aux, neg, … as in ClearNLP)."""
    lemma: str
    head: int
    """Index of the head in the sentence; its own index for a root."""


def parse_sentence(sentence: str) -> tuple[Word, ...]:
    """The words of one sentence, in order. What isn't one sentence may have several roots.

    >>> [(word.text, word.dep) for word in parse_sentence("The president signed the treaty.")][1:3]
    [('president', 'nsubj'), ('signed', 'ROOT')]
    """
    parsed = [token for token in load().nlp(encodable(sentence), disable=["ner"]) if token.text]
    places = {token.i: place for place, token in enumerate(parsed)}
    return tuple(
        Word(
            text=token.text,
            start=token.idx,
            end=token.idx + len(token.text),
            tag=token.tag_,
            dep=token.dep_,
            lemma=token.lemma_,
            head=places[token.head.i],
        )
        for token in parsed
    )


def children(words: tuple[Word, ...], head: int) -> list[int]:
    """Indices of the words that hang on a word, in order."""
    return [index for index, word in enumerate(words) if word.head == head and index != head]


def subtree(words: tuple[Word, ...], head: int) -> list[int]:
    """Indices of a word and all that hangs on it, in order."""
    found, waiting = {head}, [head]
    while waiting:
        new = [index for index in children(words, waiting.pop()) if index not in found]
        found.update(new)
        waiting += new
    return sorted(found)


@lru_cache(maxsize=50_000)
def lemma(word: str) -> str:
    """The base form of a word (lower case) whatever its part of speech: as a verb if it can be one, else as a noun.

    By the rules and tables of the installed pipeline, which know English words: rates are no rats.

    >>> [lemma(word) for word in ("rates", "rats", "planned", "planes", "went", "children", "news")]
    ['rate', 'rat', 'plan', 'plane', 'go', 'child', 'news']
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    lookups = load().nlp.get_pipe("lemmatizer").lookups
    tables = [lookups.get_table(f"lemma_{name}") for name in ("exc", "index", "rules")]
    for exceptions, known, rules in ([table[part] for table in tables] for part in ("verb", "noun")):
        if word in exceptions:
            return str(exceptions[word][0])
        if word in known:
            # A verb in its base form is no noun's plural: discuss, discus.
            return word
        for old, new in rules if len(word) > _SHORTEST else ():
            form: str = word.removesuffix(old) + new
            if word.endswith(old) and form in known:
                return form
    return word


def pipeline_name() -> str:
    """Name and version of the pipeline, for what is recorded."""
    meta = load().nlp.meta
    return f"{meta['lang']}_{meta['name']}-{meta['version']}"
