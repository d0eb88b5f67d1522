"""Comparisons for the tests of their outputs: an ordinary one, hostile ones, any."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from bench import pipeline
from bench.comparing.comparison import (
    EXIT_CODES,
    ClaimChange,
    ClaimGate,
    Comparison,
    ContradictionGate,
    Difference,
    Gate,
    Margin,
    worst,
)
from bench.comparing.snapshot import Claim
from bench.datasets.jsonl import Jsonl
from bench.metrics.rouge import Rouge
from bench.pipeline import Job
from bench.systems.candidates import Candidates

HOSTILE = (
    "[red]x[/red] [link=http://x.y]z[/link]",
    "**b** _i_ `c` ![i](u) [a](b) | # ~~s~~ $m$ <script>alert(1)</script> &amp; \\ </details>",
    "]]> <!-- --> <failure/> & \" ' <![CDATA[",
    "\x00\x1b[2J\x9b31m\u202e\ufffe\uffff\ud800 \x85",
    "::error::no\n::error file=a,line=1::no\r\n::add-mask::e %0A::warning::no ##[error]no",
    "@everyone closes #1, a:b,c=d 100 %25",
    "习近平 “said” é́ \N{PILE OF POO}",
    "@" * 5000,
    "w " * 3000,
    "",
)
"""What a candidate, a dataset or a name may hold."""

CASES = Path(__file__).parents[1] / "fixtures" / "gaps"


@pytest.fixture(scope="session")
def runs_with_gaps(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Finished runs whose systems lack different examples, by the name of their data."""
    root = tmp_path_factory.mktemp("gaps")
    folders = {}
    for path in sorted(CASES.glob("*.jsonl")):
        dataset = Jsonl(path=path, on_empty="undefined")
        job = Job(dataset=dataset, systems=[Candidates()], metrics=[Rouge(types=("rouge1",))], checks=[], resamples=100,
                  run_dir=root / path.stem)  # fmt: skip
        folders[path.stem] = pipeline.run(job)
    return folders


GATE = Gate(margins={"rouge.*": Margin(0.01)}, new_claims={"numbers": 0})


def finished(comparison: Comparison) -> Comparison:
    """With the outcome and the exit code that ``compare`` would give it."""
    outcome = worst(
        [
            *(difference.outcome for difference in comparison.differences),
            *(gate.outcome for gate in comparison.claim_gates),
            *([comparison.contradictions.outcome] if comparison.contradictions else []),
            *(["missing"] if comparison.missing else []),
            *(["not comparable"] if comparison.not_comparable else []),
        ]
    )
    lenient = outcome == "inconclusive" and not comparison.gate.fail_on_inconclusive
    return replace(comparison, outcome=outcome, exit_code=0 if lenient else EXIT_CODES[outcome])


def difference(outcome: Any = "pass", **changes: Any) -> Difference:
    """A value of 100 examples that fell by 0.0341."""
    numbers: dict[str, Any] = {
        "baseline_mean": 0.5053, "run_mean": 0.4712, "difference": -0.0341, "low": -0.0502, "high": -0.018,
        "margin": 0.01, "n": 100, "documents": 90, "method": "bootstrap", "p_regressed": 0.0003, "detectable": 0.0213,
    }  # fmt: skip
    if outcome == "not comparable":
        numbers = {}
    if outcome == "inconclusive":
        numbers["needed"] = 412
    names = {"system": "bart", "scorer": "rouge", "value": "rouge1_f1", "reason": f"because {outcome}"}
    return Difference(**{**names, "outcome": outcome, "higher_is_better": True, **numbers, **changes})


def claim(text: str | None = "Trade reached $24 billion.", **changes: Any) -> Claim:
    """A flagged claim with its evidence."""
    given: dict[str, Any] = {
        "hash": "a" * 16, "label": "contradicted", "start": 3, "end": 30,
        "reason": "$24 billion; the document says $240 billion", "text": text,
        "evidence": ("worth $240 billion in 2023",),
    }  # fmt: skip
    return Claim(**{**given, **changes})


def make(**changes: Any) -> Comparison:
    """A comparison that passes, but for the changes."""
    plain = Comparison(
        baseline="main", run="20260101-abc", outcome="pass", exit_code=0, common_only=False,
        differences=(difference(),), claim_gates=(ClaimGate("numbers", "pass", 0, 0, 0),),
        contradictions=ContradictionGate("pass", 0, 0), claims=(),
        missing=(), not_comparable=(), notes=(), gate=GATE,
    )  # fmt: skip
    return finished(replace(plain, **changes))


def hostile(text: str) -> Comparison:
    """A comparison in which every text of a user is this one."""
    return make(
        baseline=text,
        run=text,
        differences=tuple(
            difference(outcome, system=text, scorer=text, value=text, reason=text)
            for outcome in ("regressed", "not comparable", "inconclusive", "improved", "pass")
        ),
        claim_gates=(ClaimGate(text, "regressed", 2, 1, 0),),
        contradictions=ContradictionGate("regressed", 3, 0),
        claims=tuple(
            ClaimChange(change, text, text, text, claim(text, reason=text, evidence=(text, text), start=start))  # type: ignore[arg-type]
            for change, start in (("new", 0), ("new", 1), ("contradicted", 2), ("mended", 0))
        ),
        missing=(text, text),
        not_comparable=(text,),
        notes=(text,),
    )


@pytest.fixture(scope="session")
def made() -> Callable[..., Comparison]:
    return make


@pytest.fixture(scope="session")
def changed() -> Callable[..., Difference]:
    return difference


@pytest.fixture(scope="session")
def flagged() -> Callable[..., Claim]:
    return claim


@pytest.fixture(params=HOSTILE, ids=[str(number) for number in range(len(HOSTILE))])
def nasty_text(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def nasty_comparison(nasty_text: str) -> Comparison:
    return hostile(nasty_text)


@pytest.fixture(scope="session")
def ordinary() -> Comparison:
    """One of everything."""
    return make(
        differences=(
            difference("pass", system="lead"),
            difference("regressed"),
            difference("inconclusive", value="rouge2_f1"),
            difference("improved", scorer="numbers", value="unsupported", higher_is_better=False),
            difference("not comparable", scorer="bertscore", value="f1", reason="layer was 5, is 6"),
        ),
        claim_gates=(ClaimGate("numbers", "regressed", 1, 1, 0), ClaimGate("entities", "pass", 1, 0, None)),
        contradictions=ContradictionGate("regressed", 1, 0),
        claims=(
            ClaimChange("new", "ex1", "bart", "numbers", claim()),
            ClaimChange("new", "ex1", "bart", "entities", claim(label="unsupported", reason="no Blinken", evidence=())),
            ClaimChange("mended", "ex2", "bart", "numbers", claim(None, hash="b" * 16, reason=None, evidence=())),
        ),
        missing=("system oracle", "example e9"),
        not_comparable=("bertscore: layer was 5, is 6",),
        notes=("new systems, not compared: pegasus",),
    )


@pytest.fixture(scope="session")
def comparisons() -> st.SearchStrategy[Comparison]:
    """Any comparison, with any texts."""
    text = st.text(max_size=30) | st.sampled_from(HOSTILE)
    differences = st.builds(
        difference,
        st.sampled_from(["pass", "improved", "regressed", "inconclusive", "not comparable"]),
        system=text,
        scorer=text,
        value=text,
        reason=text,
        higher_is_better=st.sampled_from([True, False, None]),
    )
    # As compare makes them: more than is let through is a regression.
    gates = st.builds(
        lambda scorer, new, allowed: ClaimGate(
            scorer, "regressed" if allowed is not None and new > allowed else "pass", new, 1, allowed
        ),
        text,
        st.integers(0, 3),
        st.sampled_from([None, 0, 2]),
    )
    contradictions = st.none() | st.builds(
        lambda new, allowed: ContradictionGate(
            "regressed" if allowed is not None and new > allowed else "pass", new, allowed
        ),
        st.integers(0, 3),
        st.sampled_from([None, 0, 2]),
    )
    changes = st.builds(
        lambda change, name, words: ClaimChange(change, name, name, name, claim(words, evidence=(words, name))),
        st.sampled_from(["new", "contradicted", "mended"]),
        text,
        text,
    )
    few = {"max_size": 4}
    return st.builds(
        make,
        baseline=text,
        run=text,
        common_only=st.booleans(),
        differences=st.lists(differences, **few).map(tuple),
        claim_gates=st.lists(gates, **few).map(tuple),
        contradictions=contradictions,
        claims=st.lists(changes, **few).map(tuple),
        missing=st.lists(text, **few).map(tuple),
        not_comparable=st.lists(text, max_size=2).map(tuple),
        notes=st.lists(text, max_size=2).map(tuple),
        gate=st.builds(lambda fails: replace(GATE, fail_on_inconclusive=fails), st.booleans()),
    )
