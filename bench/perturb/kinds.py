"""All kinds of damage, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.perturb import additions, antonyms, dates, entities, modality, negation, numbers, roles, sentences, speakers
from bench.perturb.damage import Perturbation


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of damage."""

    name: str
    about: str
    """What is done, in a few words."""
    plants: bool
    """Whether the text then claims something that the document doesn't say."""
    perturb: Perturbation


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(entities.INSIDE, "a name → another of its type in the same document", True, entities.swap_inside),
        Kind(entities.OUTSIDE, "a name → one of its type that the document lacks", True, entities.swap_outside),
        Kind(numbers.KIND, "a number → another that the document lacks", True, numbers.change_number),
        Kind(numbers.INSIDE, "a number → another of its form and unit in the same document", True, numbers.swap_number),
        Kind(dates.KIND, "a weekday, month, year or day of a month → another", True, dates.change_date),
        Kind(negation.KIND, "a main verb negated, or its negation taken out", True, negation.negate),
        Kind(antonyms.KIND, "a verb or adjective → its opposite", True, antonyms.turn_antonym),
        Kind(modality.KIND, "what may happen or is planned, told as a fact", True, modality.make_fact),
        Kind(roles.KIND, "subject and object change places", True, roles.swap_roles),
        Kind(speakers.KIND, "what a person said, said by another of the same document", True, speakers.swap_speaker),
        Kind(additions.QUOTE, "an invented quotation of a person in the document", True, additions.invent_quote),
        Kind(additions.FOREIGN, "a sentence of another document", True, additions.paste_foreign),
        Kind(additions.BOILERPLATE, "a line of a web page at the end", True, additions.add_boilerplate),
        Kind(sentences.SHUFFLE, "the sentences in another order", False, sentences.shuffle_sentences),
        Kind(sentences.DROP, "half of the sentences left out", False, sentences.drop_half),
        Kind(sentences.REPEAT, "a sentence three times in a row", False, sentences.repeat_sentence),
    )
}
