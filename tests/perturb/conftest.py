"""Small documents and summaries, written for these tests, and what holds for every perturbation."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bench.perturb.damage import Perturbed
from bench.text import sentence_spans

DOCUMENTS = (
    "Maria Keller opened the new bridge in Rotterdam on Tuesday. The bridge cost 45 million euros and took six years. "
    "Thomas Brandt, who designed it, did not attend the ceremony. The Dutch government had promised it in 2009. "
    "Engineers from Hamburg tested it for 30 days. About 1,200 people watched as Keller cut the ribbon. "
    "“It is longer than we planned,” Keller said. The old ferry will stop on 14 June.",
    "The city of Leeds has banned cars from its centre. Helen Morris, the mayor, signed the order on 3 May 2019. "
    "Shop owners criticised the council. Peter Walsh sued the council over lost income of £2.5 million. "
    "The ban was praised by doctors at Saint James Hospital. Air quality had never been measured before 2011. "
    "Some 62 per cent of residents support the ban, a survey of 800 people found.",
    "Scientists in Chile found a new frog at a height of 3,400 metres. Maria Rojas caught the first animal in March. "
    "The frog is not related to species in Peru. The University of Santiago paid for the trip. "
    "Rojas photographed 27 frogs in nine lakes. The Chilean press called it the ghost of the Andes.",
    "Oslo Rovers beat Bergen Town 3-1 on Saturday. Erik Lund scored twice in the 38th minute and the 71st minute. "
    "Goalkeeper Jonas Vik couldn't stop either shot. Lund injured Vik in the last minute. The Norwegian league ends in "
    'two weeks. Coach Karin Dahl said: "We were lucky." Rovers lead the table with 44 points.',
)
SUMMARIES = (
    "Maria Keller opened a bridge in Rotterdam that cost 45 million euros. Thomas Brandt did not attend the ceremony. "
    "Engineers from Hamburg tested it for 30 days.",
    "Leeds has banned cars from its centre. Peter Walsh sued the council. The ban was praised by doctors. "
    "In 2019 Helen Morris signed it.",
    "Maria Rojas found a frog in Chile at 3,400 metres .\nThe University of Santiago paid for the trip .",
    "Lund injured Vik in the 38th minute. Oslo Rovers beat Bergen Town. Vik couldn't stop either shot.",
)
# With what the four others lack: dates, units that come twice, plans, opposites, people who say something.
FIFTH = (
    "The airport in Turin will close for 20 days in August. Sara Conti said on Monday that it could cost 90 million "
    "euros. A large airline may sue the city.",
    "The airport in Turin will close for 20 days in August. Sara Conti, its director, said on Monday that new runways "
    "could cost 90 million euros. Paolo Ferri, who owns two hotels nearby, fears 300 empty rooms. A large airline may "
    "sue the city. The small airport of Cuneo hired 150 guards in 1998. It was closed for 35 days in February, and a "
    "repair for 12 million euros was finished on Thursday. Luca Moretti rejected a plan for a third runway.",
)


def apart(text: str, damaged: Perturbed) -> None:
    """Fail unless the damaged text is the original with exactly the changes that it says."""
    assert damaged.text != text
    assert damaged.note.strip()
    position = place = 0
    for change in damaged.changes:
        assert text[change.before.slice] == change.was
        assert damaged.text[change.after.slice] == change.now
        assert change.was != change.now
        kept = text[position : change.before.start]
        assert damaged.text[place : change.after.start] == kept, "outside of the changes nothing may change"
        position, place = change.before.end, change.after.end
    assert damaged.text[place:] == text[position:]


def inserted(text: str, damaged: Perturbed) -> str:
    """The one sentence that was put in; every sentence of the text must still be there."""
    [change] = damaged.changes
    assert change.was == ""
    before = [text[span.slice] for span in sentence_spans(text)]
    after = [damaged.text[span.slice] for span in sentence_spans(damaged.text)]
    [new] = [sentence for sentence in after if sentence == change.now.strip()]
    after.remove(new)
    assert after == before
    return new


@pytest.fixture(scope="session")
def corpus() -> SimpleNamespace:
    """``documents``, ``summaries``, their ``pairs``, a ``fifth`` pair; ``apart``, ``inserted`` and ``others``."""
    return SimpleNamespace(
        documents=DOCUMENTS,
        summaries=SUMMARIES,
        pairs=tuple(zip(SUMMARIES, DOCUMENTS, strict=True)),
        fifth=FIFTH,
        others=lambda document: tuple(other for other in DOCUMENTS if other != document),
        apart=apart,
        inserted=inserted,
    )
