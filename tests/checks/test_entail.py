from __future__ import annotations

from pathlib import Path
from shutil import copyfile

import pytest
from safetensors import safe_open
from safetensors.torch import save_file

from bench.checks.entail import Entail
from bench.errors import InputError
from bench.models.adapter import ADAPTER
from bench.types import Candidate, Example, Pair, Verdict

DOCUMENT = (
    "The town council of Arnsby met on Monday evening. It approved a new bus route to the hospital by nine votes to "
    "three. Mayor Ines Palgrave had proposed the route a year ago. Critics said that the money was needed for schools. "
    "The buses will run every twenty minutes from May on. A choir sang in the church on Sunday, and two hundred people "
    "came to hear it. The library stays closed until its roof is mended, which may take until autumn."
)


@pytest.fixture(scope="module")
def entail() -> Entail:
    return Entail()


def judged(entail: Entail, summary: str, document: str = DOCUMENT) -> tuple[Verdict, ...]:
    [score] = entail.score([Pair(Example("e", document, (document,)), Candidate("e", "s", summary))])
    return score.verdicts


@pytest.mark.parametrize("sentence", [sentence + "." for sentence in DOCUMENT.rstrip(".").split(". ")])
def test_what_is_copied_is_supported(entail: Entail, sentence: str) -> None:
    assert {verdict.label for verdict in judged(entail, sentence)} == {"supported"}


def test_the_weakest_claim_is_a_value_and_the_mean_another(entail: Entail) -> None:
    summary = "The council approved a new bus route. A comet struck the harbour of Lisbon."
    [score] = entail.score([Pair(Example("e", DOCUMENT, ("r",)), Candidate("e", "s", summary))])
    first, second = (verdict.score for verdict in score.verdicts)
    assert first is not None and second is not None and first > 0.5 > second  # noqa: PT018
    assert score.values["weakest"] == second
    assert score.values["entail"] == (first + second) / 2
    assert [verdict.label for verdict in score.verdicts] == ["supported", "unsupported"]


def test_the_evidence_is_what_was_read(entail: Entail) -> None:
    [verdict] = judged(
        entail, "A choir sang in the church on Sunday.", DOCUMENT + " " + DOCUMENT.replace("May", "June")
    )
    assert any("choir" in (DOCUMENT * 2)[span.slice] for span in verdict.evidence)


def test_what_is_too_long_or_no_english_is_not_judged(entail: Entail) -> None:
    long = "The council " + "and the mayor " * 80 + "met"
    [verdict] = judged(entail, long)
    assert verdict.label == "unchecked"
    assert "longer than the 128" in verdict.reason
    [verdict] = judged(entail, "新しいバス路線")
    assert verdict.label == "unchecked"


@pytest.mark.parametrize(
    "options", [{"threshold": 0}, {"threshold": 1.1}, {"premise_tokens": 0}, {"claim_tokens": 600}]
)
def test_options_out_of_range_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(InputError, match=r"checks\.entail"):
        Entail(**options)  # type: ignore[arg-type]


def test_another_adapter_is_another_recipe(entail: Entail, tmp_path: Path) -> None:
    """The same file elsewhere isn't; one with another classifier gives other numbers under another signature."""
    same, other = tmp_path / "same.safetensors", tmp_path / "other.safetensors"
    copyfile(ADAPTER, same)
    assert Entail(adapter=str(same)).signature() == entail.signature()
    with safe_open(ADAPTER, framework="pt") as file:
        tensors, about = {key: file.get_tensor(key) for key in file.keys()}, file.metadata()  # noqa: SIM118
    save_file({**tensors, "classifier.weight": -tensors["classifier.weight"]}, other, metadata=about)
    turned = Entail(adapter=str(other))
    assert turned.signature() != entail.signature()
    [before], [after] = judged(entail, "A choir sang."), judged(turned, "A choir sang.")
    assert before.score is not None and after.score is not None and before.score > 0.5 > after.score  # noqa: PT018


def test_no_adapter_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "torn.safetensors").write_bytes(b"x" * 100)
    for name in ("torn.safetensors", "missing.safetensors"):
        with pytest.raises(InputError, match="can't be read as an adapter"):
            Entail(adapter=str(tmp_path / name))
