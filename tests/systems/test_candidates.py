from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench.errors import InputError
from bench.systems.candidates import Candidates
from bench.types import Candidate, Example


def example(id_: str, systems: str) -> Example:
    return Example(id_, "d", ("r",), tuple(Candidate(id_, system, f"by {system}") for system in systems.split()))


EXAMPLES = [example("a", "gpt t5 bart"), example("b", "t5 pegasus")]


def systems(choice: Candidates) -> list[str]:
    return [" ".join(candidate.system for candidate in choice.summarize(one)) for one in EXAMPLES]


@pytest.mark.parametrize(
    ("only", "exclude", "expected"),
    [
        (None, None, ["gpt t5 bart", "t5 pegasus"]),
        ([], [], ["gpt t5 bart", "t5 pegasus"]),
        (["pegasus", "gpt"], [], ["gpt", "pegasus"]),
        ("t5", None, ["t5", "t5"]),
        (None, ["t5"], ["gpt bart", "pegasus"]),
        (["t5", "gpt"], ["bart"], ["gpt t5", "t5"]),
    ],
)
def test_choice(only: Sequence[str] | None, exclude: Sequence[str] | None, expected: list[str]) -> None:
    choice = Candidates(only=only, exclude=exclude)
    choice.check(EXAMPLES)
    assert systems(choice) == expected
    assert (choice.name, choice.role) == ("candidates", "candidate")


def test_candidates_are_given_untouched() -> None:
    assert list(Candidates().summarize(EXAMPLES[0])) == list(EXAMPLES[0].candidates)


@pytest.mark.parametrize("option", ["only", "exclude"])
def test_unknown_names(option: str) -> None:
    with pytest.raises(
        InputError, match=rf"systems\.candidates\.{option}: no system 'pegasos'.*Did you mean 'pegasus'"
    ):
        Candidates(**{option: ["t5", "pegasos"]}).check(EXAMPLES)
    with pytest.raises(InputError, match="There are: bart, gpt, pegasus, t5"):
        Candidates(**{option: ["zzz"]}).check(EXAMPLES)


def test_both_lists_can_not_hold_a_name() -> None:
    with pytest.raises(InputError, match="'t5' is in both only and exclude"):
        Candidates(only=["t5"], exclude=["t5"])
