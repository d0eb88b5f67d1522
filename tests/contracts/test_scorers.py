"""The contract of metrics and checks, held against every YAML in conf/metrics and conf/checks.

A new scorer is found by its YAML. All it has to add here is a line in ``MOVES`` and ``KEEPS``: for
each of its options, other values, and whether the signature must change with them.
"""

from __future__ import annotations

import random
from atexit import register
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from itertools import cycle
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from types import FunctionType
from typing import Any

import pytest
from omegaconf import OmegaConf

from bench.config import build_job, compose_run
from bench.datasets.sample import Sample
from bench.scorer import Scorer
from bench.scoring import problems
from bench.text import words
from bench.types import Candidate, Example, Pair, Score

CONF = Path(__file__).parents[2] / "conf"
YAMLS = sorted(path for group in ("metrics", "checks") for path in (CONF / group).glob("*.yaml"))

ENCODER_MOVES = {"encoder.layer": (5, 2), "encoder.dtype": ("float32", "bfloat16")}
ENCODER_KEEPS = {"encoder.batch_tokens": (16384, 64)}

MOVES: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "Rouge": {
        "use_stemmer": (True, False),
        "sentences": ("rules", "newline", "spaced-period"),
        "references": ("max", "max-rouge1", "mean"),
        "tokenizer": ("rouge", "unicode"),
        "empty": ("undefined", "zero"),
    },
    "BERTScore": {
        "long_text": ("window", "truncate"), "references": ("max", "mean"), "idf": (False, True),
        "empty": ("undefined", "zero"), **ENCODER_MOVES,
    },
    "Support": {
        "layers": ("[0,4]", "[1,4]", "[4]"), "window": (3, 2), "worst": (3, 2), "threshold": (0.59, 0.5),
        "turned": (0.9, 0.5), "encoder.dtype": ("float32", "bfloat16"),
    },
    "Entail": {"threshold": (0.5, 0.9), "premise_tokens": (110, 160), "claim_tokens": (128, 64)},
    "Relations": {"most": (3, 1)},
    "Quotes": {"altered": (0.6, 0.7)},
    "NLI": {
        "recipe": ("summac", "minicheck"), "granularity": ("sentence", "2sents", "paragraph"),
        "subtract_contradiction": (True, False), "hypothesis": ("claim", "sentence"), "layout": ("pair", "joined"),
        "labels": ("null", "[entailment,neutral,contradiction]"), "threshold": (0.5, 0.9), "contradiction": (0.5, 0.9),
        "dtype": ("float32", "bfloat16"),
    },
    "Consistency": {"checks": ("[entities]", "[entities,support]")},
}  # fmt: skip
"""Class → option → values, each of which must have a signature of its own."""

KEEPS: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "Rouge": {"types": ("[rouge1,rouge2,rougeL]", "[rouge2]"), "backend": ("rouge-score-rs", "rouge-score")},
    "BERTScore": ENCODER_KEEPS,
    "Support": ENCODER_KEEPS,
    # Runs of sentences are MiniCheck's; the default is SummaC's recipe.
    "NLI": {"batch_tokens": (16384, 64), "chunk_tokens": (400, 50), "overlap": (1, 0)},
}
"""Class → option → values, whose signatures and numbers must be the same."""

ELSEWHERE = {
    ("BERTScore", "rescale"): "needs a file of baselines: tests/metrics/test_bertscore.py",
    ("BERTScore", "language"): "only with rescale: tests/metrics/test_bertscore.py",
    ("Entities", "model"): "needs a second spaCy package",
    ("NLI", "model"): "the signature names it and its weights: tests/models/test_entailment.py",
    ("Entail", "adapter"): "needs another adapter: tests/checks/test_entail.py",
    ("Consistency", "calibration"): "needs a file: tests/checks/test_consistency.py",
    ("NLI", "device"): "this machine may have one device only",
}

GIVEN = {"nli": lambda: ["checks.nli.device=cpu", f"checks.nli.model={small_classifier()}"]}
"""YAML → the overrides without which it can't be built here."""

DOCUMENT = (
    "Leaders of nine countries met in Oslo on Friday, May 3. Prime Minister Anna Berg said: “We will cut tariffs by "
    "12.5 percent within two years.” The deal is worth $240 billion, and the U.S. did not sign it.\n\nTalks go on."
)
CANDIDATES = (
    "Nine countries met in Oslo on Friday.",
    "Berg said tariffs would fall by 15 percent. The U.S. signed the $240 billion deal.",
    '"We will cut tariffs by 12.5 percent," Prime Minister Berg said. "No way," John Smith replied.',
    "oslo talks end",
    "The talks ended. The talks ended. The talks ended.",
    DOCUMENT,
)
STRANGE = {
    "empty": "",
    "spaces": "  \n\t \u00a0 ",
    "one word": "Oslo",
    "one letter": "a",
    "full stops": "... !? …",
    "emoji": "🎉👩‍👩‍👧 🇳🇴!",
    "thai": "ผู้นำพบกันที่กรุงออสโลเมื่อวันศุกร์",
    "chinese": "九国领导人周五在奥斯陆会面。他说：“我们同意。”",
    "arabic": "التقى القادة في أوسلو يوم الجمعة.",
    "control characters": "a\x00b\x1b[31m\x07 \x85 c\u2028d\u202ee",
    "long word": "Pneumono" * 400,
    "many quotes": '"' * 60 + "“" * 30,
    "markup": "<b>Oslo</b> [red]$x$ {y} %s \\n |",
    "half a surrogate pair": "Oslo \ud83d met",
    "combining": "e\u0301\u0300 Zürich ﬁne İstanbul",
    "numbers": "1 2.5 3,000 -4 1e9 12:30 1/2 9999999999999999999999 ½ ٣",
    "lines": "one\n\n\ntwo\r\nthree\rfour",
}


def make_pair(number: int, document: str, candidate: str) -> Pair:
    example = Example(f"e{number}", document, (document, "Talks on tariffs were held in Oslo."))
    return Pair(example, Candidate(example.id, "s", candidate))


def varied() -> list[Pair]:
    """A dozen short pairs, and the sample's article with two of its candidates."""
    [sample] = Sample()
    pairs = [make_pair(i, DOCUMENT, text) for i, text in enumerate(CANDIDATES)]
    pairs += [make_pair(10 + i, text, DOCUMENT) for i, text in enumerate(CANDIDATES[:3])]
    pairs += [make_pair(20 + i, DOCUMENT, STRANGE[name]) for i, name in enumerate(("empty", "emoji", "one word"))]
    return pairs + [
        Pair(sample, candidate) for candidate in sample.candidates if candidate.system in ("faithful", "planted_errors")
    ]


def strange() -> Iterator[tuple[str, Pair]]:
    """Strange candidates of a plain document, the other way around, and strange ones of themselves."""
    for number, (name, text) in enumerate(STRANGE.items()):
        yield f"candidate: {name}", make_pair(100 + number, DOCUMENT, text)
        yield f"document: {name}", make_pair(200 + number, text, CANDIDATES[1])
        yield f"both: {name}", make_pair(300 + number, text, text)


def node(path: Path) -> Any:
    return OmegaConf.load(path)


def class_of(path: Path) -> str:
    return str(node(path)["_target_"]).rpartition(".")[2]


FIRST = list({class_of(path): path for path in reversed(YAMLS)}.values())
"""One YAML a class: the presets of a class have the same options."""


def build(path: Path, *overrides: str) -> Scorer:
    """The scorer as ``sumbench run`` would build it."""
    chosen = {"metrics": "[]", "checks": "[]", path.parent.name: f"[{path.stem}]"}
    # Equal bits are promised on a CPU; a GPU's numbers depend on the batch in their last digits.
    told = [*(f"{group}={names}" for group, names in chosen.items()), "systems=[candidates]", "encoder.device=cpu"]
    told += [*GIVEN.get(path.stem, list)(), *overrides]
    job = build_job(compose_run(told), told)
    [scorer] = [*job.metrics, *job.checks]
    return scorer


@cache
def small_classifier() -> Path:
    """A model for ``nli``: what it says is known, though not of these texts (tests/checks/test_nli.py)."""
    spec = spec_from_file_location("overlap", Path(__file__).parents[1] / "fixtures" / "overlap.py")
    assert spec is not None
    assert spec.loader is not None
    overlap = module_from_spec(spec)
    spec.loader.exec_module(overlap)
    folder = Path(mkdtemp(prefix="sumbench-classifier-"))
    register(rmtree, folder, ignore_errors=True)
    return Path(overlap.build(folder, words(DOCUMENT), graded=True, positions=128))


def build_with(path: Path, option: str, value: Any) -> Scorer:
    where = option if option.startswith("encoder.") else f"{path.parent.name}.{path.stem}.{option}"
    return build(path, f"{where}={value}")


def forget() -> None:
    """Empty what the models keep: texts must be computed again, not remembered."""
    for name in ("encoder", "spacy_pipeline"):
        for thing in vars(import_module(f"bench.models.{name}")).values():
            if not isinstance(thing, FunctionType) and hasattr(thing, "cache_clear"):
                thing.cache_clear()
    import_module("bench.language.article")._articles.clear()


@cache
def built(path: Path) -> Scorer:
    scorer = build(path)
    scorer.prepare(varied())
    return scorer


@cache
def scored(path: Path) -> tuple[Score, ...]:
    return tuple(built(path).score(varied()))


@pytest.fixture(params=YAMLS, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_there_are_scorers() -> None:
    assert {path.stem for path in YAMLS} >= {
        "rouge",
        "bertscore",
        "extractiveness",
        "entities",
        "numbers",
        "quotes",
        "support",
    }


def test_one_score_a_pair_in_order_as_declared(path: Path) -> None:
    scorer, scores = built(path), scored(path)
    assert len(scores) == len(varied())
    for pair, score in zip(varied(), scores, strict=True):
        assert list(problems(scorer, pair, score)) == []
    assert any(score.status == "ok" for score in scores)
    assert {value for score in scores for value in score.values} <= set(scorer.higher_is_better)
    for score in scores:
        if set(score.values) != set(scorer.higher_is_better):
            assert score.error, "a value is absent without a reason"


def test_headline_and_name(path: Path) -> None:
    scorer = built(path)
    assert set(scorer.headline) <= set(scorer.higher_is_better)
    assert all(direction in (True, False, None) for direction in scorer.higher_is_better.values())
    assert scorer.name == path.stem
    prefix = f"{path.parent.name}.{path.stem}.name"
    assert build(path, f"{prefix}=other").score(varied()[:1])[0].scorer == "other"


def test_same_bits_in_any_batch_and_order(path: Path) -> None:
    """In another order, in batches of one, two and three, computed from scratch."""
    pairs, expected = varied(), scored(path)
    order = list(range(len(pairs)))
    random.Random(3).shuffle(order)
    forget()
    scorer = build(path)
    scorer.prepare(pairs)
    sizes = cycle((1, 2, 3))
    while order:
        size = next(sizes)
        batch, order = order[:size], order[size:]
        assert scorer.score([pairs[index] for index in batch]) == [expected[index] for index in batch]


def test_strange_texts_are_never_an_exception(path: Path) -> None:
    scorer, (names, pairs) = built(path), zip(*strange(), strict=True)
    scores = scorer.score(pairs)
    for name, pair, score in zip(names, pairs, scores, strict=True):
        assert list(problems(scorer, pair, score)) == [], name
        assert score.status in ("ok", "undefined"), (name, score.error)
        if not pair.candidate.text.strip():
            assert score.status == "undefined", f"{name}: an empty candidate has a value"
        for verdict in score.verdicts:
            if not any(char.isalnum() for char in pair.candidate.text):
                assert verdict.label == "unchecked", f"{name}: a verdict on nothing"
    # One by one, too: no text may spoil another's score.
    for name, pair, score in list(zip(names, pairs, scores, strict=True))[::4]:
        assert scorer.score([pair]) == [score], name


def test_checks_judge_every_claim(path: Path) -> None:
    from bench.claims import claims as claims_in
    from bench.language.article import article

    if path.parent.name != "checks":
        assert not any(score.verdicts for score in scored(path)), "metrics give no verdicts"
        return
    for pair, score in zip(varied(), scored(path), strict=True):
        claims = [verdict.claim for verdict in score.verdicts]
        expected = article(pair.candidate.text).of(claims_in) if score.status != "undefined" else ()
        assert claims == [one.span for one in expected]
        if score.status == "ok":
            labels = [verdict.label for verdict in score.verdicts]
            assert score.values["claims"] == len(labels)
            for label in ("supported", "unsupported", "contradicted", "unchecked"):
                assert score.values[label] == labels.count(label)


def test_the_signature_is_stable(path: Path) -> None:
    first, second = build(path), build(path)
    for scorer in (first, second):
        scorer.prepare(varied())
    assert first.signature() == second.signature() == built(path).signature()
    assert first.signature() == first.signature()
    assert "version:" in first.signature()
    assert "\n" not in first.signature()
    assert "object at 0x" not in first.signature()
    assert str(Path.home()) not in first.signature()
    assert all(isinstance(key, str) and isinstance(text, str) for key, text in first.details().items())


def test_every_option_is_known_here(path: Path) -> None:
    kind = class_of(path)
    known = {*MOVES.get(kind, ()), *KEEPS.get(kind, ()), *(key for name, key in ELSEWHERE if name == kind), "name"}
    options = set(node(path)) - {"_target_", "encoder"}
    assert options <= known, f"say in MOVES or KEEPS what these do: {sorted(options - known)}"
    if "encoder" in node(path):
        assert {"encoder.dtype", "encoder.batch_tokens"} <= known


@pytest.mark.parametrize("path", FIRST, ids=lambda path: path.stem)
def test_options_that_move_the_number_move_the_signature(path: Path) -> None:
    for option, values in MOVES.get(class_of(path), {}).items():
        signatures = []
        for value in values:
            scorer = build_with(path, option, value)
            scorer.prepare(varied()[:3])
            signatures.append(scorer.signature())
        assert len(set(signatures)) == len(values), f"{option}: {signatures}"


@pytest.mark.parametrize("path", FIRST, ids=lambda path: path.stem)
def test_options_that_keep_the_number_keep_the_signature(path: Path) -> None:
    pairs = varied()[:6]
    for option, values in KEEPS.get(class_of(path), {}).items():
        results = []
        for value in values:
            forget()
            scorer = build_with(path, option, value)
            scorer.prepare(pairs)
            results.append((scorer.signature(), scorer.score(pairs)))
        (signature, scores), *others = results
        for other_signature, other_scores in others:
            assert other_signature == signature, option
            for one, other in zip(scores, other_scores, strict=True):
                shared = set(one.values) & set(other.values)
                assert shared or one.status == "undefined"
                assert {key: one.values[key] for key in shared} == {key: other.values[key] for key in shared}, option
