"""Kinds of text: dialogues, and summaries that copy, whatever floors and ceilings stand beside them."""

from __future__ import annotations

from bench.checks.consistency import Consistency
from bench.checks.support import Support
from bench.checks.textkinds import text_kinds
from bench.types import Candidate, Example, Pair

PROSE = Example("p", "The mayor opened the bridge on Monday. Two boats waited below it for an hour.", ("",))
CHAT = Example("c", "Ida: hi, is it late?\nBen: no, it is four\nIda: then I come", ("",))


def pairs(example: Example, **texts: str) -> list[Pair]:
    return [Pair(example, Candidate(example.id, system, text)) for system, text in texts.items()]


def test_floors_and_ceilings_make_no_copies() -> None:
    copy, own = "The mayor opened the bridge on Monday.", "A bridge is open now, says the town."
    assert text_kinds(pairs(PROSE, ours=own, lead=copy, source=PROSE.document)) == {
        "dialogues": (0, 1),
        "copies": (0, 1),
    }
    assert text_kinds(pairs(PROSE, ours=copy, lead=copy))["copies"] == (1, 1)
    assert text_kinds([]) == {"dialogues": (0, 0), "copies": (0, 0)}


def test_the_run_is_told_where_the_probability_is_not_calibrated() -> None:
    def told(some: list[Pair]) -> list[str]:
        check = Consistency(checks=("support",))
        check.prepare(some)
        check.attach({"support": Support()})
        return [warning for warning in check.warnings() if "isn't calibrated" in warning]

    own = pairs(PROSE, ours="A bridge is open now, says the town.")
    assert told(own) == []
    [warning] = told(pairs(CHAT, ours="They meet at four o'clock."))
    assert "dialogues (1 of 1 documents)" in warning
    assert (
        told([*own, *pairs(CHAT, ours="They meet."), *pairs(Example("q", "Rain fell. It stopped.", ("",)), x="Wet.")])
        == []
    )
