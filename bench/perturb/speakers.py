"""What somebody said is put into the mouth of another person of the same document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.language.article import article
from bench.models.syntax import Word, children
from bench.perturb.context import home_of, near
from bench.perturb.damage import Perturbed, Skipped, edit
from bench.perturb.draw import shuffled
from bench.perturb.entities import Name, differ, find_names, fitting
from bench.text import sentence_spans
from bench.types import Span

KIND = "speaker"

_SAYING = frozenset(
    "say tell announce claim add insist warn admit deny argue explain reveal state declare confirm write tweet suggest "
    "report reply joke promise allege note recall acknowledge maintain stress complain predict testify comment "
    "conclude assert vow believe think hope feel".split()
)
_MARKS = frozenset('"“”«»„')


def swap_speaker(text: str, document: str, others: Sequence[str], seed: int) -> Perturbed | Skipped:  # noqa: ARG001
    """The named speaker of a quotation or of reported speech becomes another person whom the document names.

    Never somebody who is named in the same sentence, or where the document says most of the same: both may have
    said it.
    """
    found = list(dict.fromkeys(_speakers(text, document)))
    # The model takes clubs and grounds for persons; who has a full name somewhere is rarely one of them.
    known = {name.text for name in find_names(document) if name.type == "PERSON" and " " in name.text}
    known |= {name.split()[-1] for name in known}
    if not found:
        return Skipped(KIND, "no sentence that names a person who says something")
    for target in shuffled(found, seed, KIND, text, spell=lambda name: f"{name.span.start} {name.text}"):
        home = home_of(text, target.span)
        there = near(document, text[home.slice])
        size = len(target.text.split())
        people = [
            name for name in fitting(text, target, home, document) if name.text in known and differ(name.text, there)
        ]
        drawn = shuffled(people, seed, KIND, text, spell=lambda name: name.text)
        # A surname for a surname, a full name for a full name.
        for name in sorted(drawn, key=lambda name: abs(len(name.text.split()) - size)):
            return edit(KIND, text, [(target.span, name.text)], f"said by “{target.text}” → “{name.text}”")
    return Skipped(KIND, "the document names no other person who could have said it instead")


def _speakers(text: str, document: str) -> Iterator[Name]:
    """The names of persons who say something in their sentence.

    A surname on its own counts where the document has the person's full name: the model often misses it.
    """
    people = [name for name in find_names(text) if name.type == "PERSON"]
    full = {name.text.split()[-1] for name in find_names(document) if name.type == "PERSON" and " " in name.text}
    for home in sentence_spans(text):
        sentence = text[home.slice]
        words = article(sentence).words
        for index in saying(words, quoted=bool(_MARKS & set(sentence))):
            word = words[index]
            span = Span(home.start + word.start, home.start + word.end)
            whole = [name for name in people if name.span.start <= span.start < name.span.end]
            alone = not index or words[index - 1].tag not in ("NNP", "NNPS")
            # A club that the model takes for a person has no full name.
            if whole and (" " in whole[0].text or whole[0].text in full):
                yield whole[0]
            elif word.tag == "NNP" and word.text in full and alone:
                yield Name(span, word.text, "PERSON", word.tag)


def saying(words: tuple[Word, ...], *, quoted: bool) -> list[int]:
    """Indices of the words that are subject of a verb of saying, or source of what is “according to” them.

    ``quoted``: whether the sentence has quotation marks; without them the verb needs a clause that is said.
    """
    found = []
    for index, word in enumerate(words):
        below = children(words, index)
        if word.tag.startswith("VB") and word.lemma in _SAYING:
            said = quoted or any(words[child].dep in ("ccomp", "parataxis") for child in below)
            found += [child for child in below if words[child].dep == "nsubj" and said]
        if word.text.lower() == "to" and index and words[index - 1].text.lower() == "according":
            found += [child for child in below if words[child].dep == "pobj"]
    return found
