"""The support check: on small texts of our own, on the seeds and on human judgements where they are at hand."""

import hashlib
import inspect
import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from bench.checks import support as support_module
from bench.checks.findings import claim_values
from bench.checks.support import Support
from bench.errors import InputError
from bench.models.encoder import Encoded, minilm
from bench.text import sentence_spans, word_spans
from bench.types import Candidate, Example, Pair, Span

SHARED = Path(__file__).parents[2] / ".." / "shared"

DOCUMENT = """The harbour council voted on Tuesday to close the old fish market in Brenmouth by the end of October.
Councillor Maria Eversley said the building's roof had become too dangerous for traders and their customers.
Repairs would cost about four million pounds, according to an engineering survey published last winter.

Traders will be offered stalls in a converted warehouse on the northern quay. Many of them doubt that tourists will
walk that far. "We have sold mackerel here since my grandmother's time," said Tom Pask, who runs the largest stall.
The regional museum hopes to move its collection of model ships into the market hall once the roof is safe again."""


def pair_of(text, document=DOCUMENT, system="s"):
    return Pair(Example("e", document, ()), Candidate("e", system, text))


@pytest.fixture(scope="module")
def check():
    return Support()


def verdict_of(check, text, document=DOCUMENT):
    (score,) = check.score([pair_of(text, document)])
    (verdict,) = score.verdicts
    return verdict


class WordEncoder:
    """An encoder's interface where a word's embedding depends on its letters alone: fast, and exact by design."""

    name, fingerprint, layer = "words", "0", 5

    def __init__(self):
        self.known, self.asked = {}, []

    def announce(self, layers):
        pass

    def signature_parts(self):
        return {"model": self.name, "weights": self.fingerprint, "layer": self.layer}

    def details(self):
        return {"device": "cpu"}

    def row(self, word, layer):
        seed = int(hashlib.sha256(f"{layer} {word.lower()}".encode()).hexdigest()[:8], 16)
        row = np.random.default_rng(seed).normal(size=64)
        return self.known.setdefault((word, layer), (row / np.linalg.norm(row)).astype(np.float32))

    def encode(self, texts, *, layers, long_text="window"):
        self.asked += texts
        result = []
        for text in texts:
            spans = word_spans(text)
            rows = {layer: np.array([self.row(text[span.slice], layer) for span in spans]) for layer in layers}
            offsets = np.array([(span.start, span.end) for span in spans]).reshape(-1, 2)
            rows = {layer: row.reshape(-1, 64).astype(np.float32) for layer, row in rows.items()}
            none = np.zeros(0, dtype=np.int64)
            result.append(Encoded(offsets, np.arange(len(spans)), rows, {}, none, 1.0))
        return result


def test_every_sentence_of_a_document_is_supported_by_itself(check):
    (score,) = check.score([pair_of(DOCUMENT)])
    assert [verdict.label for verdict in score.verdicts] == ["supported"] * 7
    for verdict in score.verdicts:
        assert verdict.score == pytest.approx(1, abs=1e-5)
        assert verdict.evidence[0] == verdict.claim
    assert score.values["support"] == pytest.approx(1, abs=1e-5)
    assert score.seen.candidate == score.seen.document == 1.0


@pytest.mark.parametrize("number", range(7))
def test_a_sentence_taken_out_of_its_context_is_supported_by_where_it_came_from(check, number):
    place = sentence_spans(DOCUMENT)[number]
    verdict = verdict_of(check, " ".join(DOCUMENT[place.slice].split()))
    assert verdict.label == "supported"
    assert verdict.score > 0.8
    assert verdict.evidence[0] == place


@pytest.mark.parametrize(
    ("restated", "number"),
    [
        ("Brenmouth's fish market will be closed by the end of October, the harbour council decided.", 0),
        ("The roof had become too dangerous for traders and customers, Eversley said.", 1),
        pytest.param(
            "A survey by engineers put the cost of repairs at about four million pounds.",
            2,
            marks=pytest.mark.xfail(strict=True, reason="the words of a short claim in quite another order"),
        ),
        ("A survey found that repairs would cost four million pounds.", 2),
        ("Traders will get stalls in a converted warehouse on the quay.", 3),
        ("The museum hopes to move its model ships into the hall when the roof is safe.", 6),
    ],
)
def test_restatements_are_supported_by_the_sentence_they_restate(check, restated, number):
    verdict = verdict_of(check, restated)
    assert verdict.label == "supported", verdict
    assert verdict.evidence[0] == sentence_spans(DOCUMENT)[number]


@pytest.mark.parametrize(
    ("foreign", "named"),
    [
        ("Scientists discovered a comet that will pass the Earth in three centuries.", "comet"),
        ("The council has raised concerns about the intentions of foreign investors.", "investors"),
        ("Back to top button", "button"),
        ("The market is the fourth to be demolished since the earthquake.", "earthquake"),
    ],
)
def test_what_the_document_does_not_say_is_unsupported_and_the_reason_names_it(check, foreign, named):
    verdict = verdict_of(check, foreign)
    assert verdict.label == "unsupported"
    assert f"“{named}”" in verdict.reason
    assert verdict.score < 0.58


@pytest.mark.parametrize("word", ["council", "Tuesday", "close", "fish", "Brenmouth", "October"])
def test_an_unrelated_word_in_place_of_a_content_word_lowers_the_score(check, word):
    sentence = "The harbour council voted on Tuesday to close the old fish market in Brenmouth by the end of October."
    assert sentence.count(word) == 1
    before = verdict_of(check, sentence)
    after = verdict_of(check, sentence.replace(word, "trombone"))
    assert after.score < before.score - 0.02
    assert "“trombone”" in after.reason


def test_the_same_words_in_another_order_lower_the_score():
    check = Support(encoder=WordEncoder())
    straight = verdict_of(check, "Traders doubt tourists walk far", "Traders doubt tourists walk far.")
    mixed = verdict_of(check, "Tourists far doubt walk traders", "Traders doubt tourists walk far.")
    assert straight.score == pytest.approx(1, abs=1e-5)
    assert mixed.score < 0.8
    assert "together" in mixed.reason


def test_the_score_is_the_mean_of_all_links_and_of_the_worst_ones():
    encoder = WordEncoder()
    check = Support(encoder=encoder, layers=(0, 1), worst=2, window=1)
    words, others = ["Alpha", "bravo", "charlie", "delta"], ["Alpha", "bravo", "golf", "charlie"]
    verdict = verdict_of(check, " ".join(words), " ".join(others))

    def similar(a, b):
        return max(0.0, float(np.mean([encoder.row(a, k) @ encoder.row(b, k) for k in (0, 1)])))

    best = []
    for first, second in pairwise(words):
        pairs = [(similar(first, a) + similar(second, b)) / 2 for a, b in pairwise(others)]
        best.append(max([*pairs, similar(first, others[-1]) / 2]))
    expected = (np.mean(best) + np.mean(sorted(best)[:2])) / 2
    assert verdict.score == pytest.approx(expected, abs=1e-6)


def test_values_and_labels_follow_from_the_scores(check):
    text = f"{DOCUMENT} A comet fell on the town. It was what it was."
    (score,) = check.score([pair_of(text)])
    assert [verdict.claim for verdict in score.verdicts] == sentence_spans(text)
    graded = [verdict for verdict in score.verdicts if verdict.label != "unchecked"]
    assert all((verdict.score >= 0.58) == (verdict.label == "supported") for verdict in graded)
    counts, absent = claim_values(score.verdicts)
    assert absent is None
    assert score.values == {**counts, "support": sum(verdict.score for verdict in graded) / len(graded)}
    assert set(score.values) == set(check.higher_is_better)
    assert set(check.headline) <= set(score.values)
    assert counts["unchecked"] == 1
    assert "no content words" in score.verdicts[-1].reason


def test_a_claim_drawn_from_two_places_shows_both(check):
    claim = "Repairs would cost about four million pounds and Tom Pask runs the largest stall."
    places = sentence_spans(DOCUMENT)
    assert set(verdict_of(check, claim).evidence) == {places[2], places[5]}


def test_evidence_is_always_whole_sentences_of_the_document(check):
    texts = [
        "The market closed.",
        "A comet fell.",
        "Eversley doubts the museum hopes to sell mackerel.",
        DOCUMENT[40:300],
    ]
    places = set(sentence_spans(DOCUMENT))
    for score in check.score([pair_of(text) for text in texts]):
        for verdict in score.verdicts:
            assert len(verdict.evidence) == len(set(verdict.evidence)) <= 3
            assert places.issuperset(verdict.evidence)


def test_a_score_does_not_depend_on_the_batch(check, monkeypatch):
    texts = ["The fish market closes.", DOCUMENT, "A comet fell on the quay. Traders doubt it.", "", "It is."]
    pairs = [pair_of(text, system=str(n)) for n, text in enumerate(texts)]
    pairs += [pair_of(text, "Nothing happened in Brenmouth on Tuesday.", f"b{n}") for n, text in enumerate(texts)]
    together = check.score(pairs)
    assert check.score(pairs[::-1]) == together[::-1]
    monkeypatch.setattr(support_module, "_CHARACTERS", 1)
    assert check.score(pairs) == together
    alone = Support(encoder=WordEncoder())
    assert [alone.score([pair])[0] for pair in pairs] == alone.score(pairs)


@pytest.mark.parametrize(
    ("text", "document", "reason"),
    [
        ("", DOCUMENT, "candidate is empty"),
        (" \n\t ", DOCUMENT, "candidate is empty"),
        ("The market closed.", "", "document is empty"),
        ("The market closed.", "…", "document has no content words"),
        ("The market closed.", "It is what it is.", "document has no content words"),
    ],
)
def test_texts_that_allow_no_value_are_undefined(check, text, document, reason):
    (score,) = check.score([pair_of(text, document)])
    assert score.status == "undefined"
    assert reason in score.error
    assert not score.values


@pytest.mark.parametrize(
    "text", ["It is what it is.", "!!!", "🎣🎣", "渔市场将于十月关闭。", "ตลาดปลาจะปิด", "U. S. A."]
)
def test_sentences_with_nothing_to_judge_are_unchecked_and_never_zero(check, text):
    (score,) = check.score([pair_of(text)])
    assert {verdict.label for verdict in score.verdicts} == {"unchecked"}
    assert all(verdict.reason and verdict.score is None for verdict in score.verdicts)
    assert "support" not in score.values
    assert "supported_share" not in score.values
    assert "absent" in score.error


def test_a_document_in_another_script_leaves_everything_unchecked(check):
    (score,) = check.score([pair_of("The fish market closes in October.", "渔市场将于十月关闭。")])
    assert score.verdicts[0].label == "unchecked"
    assert "Latin" in score.verdicts[0].reason


def test_strange_texts_do_no_harm(check):
    texts = [
        "\ufeffMarket\u200b closed",
        "e\u0301tal fe\u0301rme\u0301 " * 50,
        "x" * 5000,
        "\x00fish\x07",
        "7 4 2",
        "Fish",
    ]
    for score in check.score([pair_of(text) for text in texts]):
        assert score.status == "ok"
        assert all(np.isfinite(value) for value in score.values.values())


def test_what_stands_beyond_the_models_limit_is_found(check):
    filler = "The tide rose slowly against the wall while gulls circled over the empty boats. " * 60
    document = f"{filler}Divers recovered a bronze cannon near the lighthouse. {filler}"
    verdict = verdict_of(check, "Divers recovered a cannon of bronze near the lighthouse.", document)
    assert verdict.label == "supported"
    assert document[verdict.evidence[0].slice] == "Divers recovered a bronze cannon near the lighthouse."


def test_a_document_of_20000_words_is_seen_to_its_end():
    document = " ".join(f"Word{n} follows word{n + 1} here." for n in range(5_000)) + " Divers recovered a cannon."
    check = Support(encoder=WordEncoder())
    (score,) = check.score([pair_of("Divers recovered a cannon. Word7 follows word8. Pirates stole gold.", document)])
    assert [verdict.label for verdict in score.verdicts] == ["supported", "supported", "unsupported"]
    assert document[score.verdicts[0].evidence[0].slice] == "Divers recovered a cannon."
    assert document[score.verdicts[1].evidence[0].slice] == "Word7 follows word8 here."


def test_a_document_is_encoded_once_for_all_its_candidates():
    encoder = WordEncoder()
    Support(encoder=encoder).score([pair_of(text) for text in ("A comet.", "A quay.", DOCUMENT)])
    assert sorted(encoder.asked) == sorted([DOCUMENT, "A comet.", "A quay."])


def test_the_signature_changes_with_every_option_that_moves_the_number_and_no_other():
    encoder = WordEncoder()
    options = [{}, {"layers": (0, 3)}, {"window": 4}, {"worst": 2}, {"threshold": 0.6}]
    signatures = {Support(encoder=encoder, **option).signature() for option in options}
    assert len(signatures) == len(options)
    assert Support(encoder=encoder, layers=[4, 0], name="other").signature() in signatures
    encoder.layer = 6  # BERTScore's layer is none of this check's business
    assert Support(encoder=encoder).signature() in signatures
    encoder.fingerprint = "1"
    assert Support(encoder=encoder).signature() not in signatures


def test_layers_in_another_order_give_the_same_score():
    text = "Traders doubt that tourists would walk to the comet."
    one, other = (Support(encoder=minilm(), layers=layers) for layers in ((0, 4), (4, 0)))
    assert verdict_of(one, text) == verdict_of(other, text)


def test_another_encoder_is_warned_about(check):
    assert not check.warnings()
    assert "threshold" in Support(encoder=WordEncoder()).warnings()[0]


@pytest.mark.parametrize("option", [{"threshold": 0}, {"threshold": 1.5}, {"window": 0}, {"worst": 0}, {"layers": ()}])
def test_impossible_options_are_refused(option):
    with pytest.raises(InputError, match="support"):
        Support(encoder=WordEncoder(), **option)


def test_a_layer_that_the_encoder_does_not_have_is_refused():
    with pytest.raises(InputError, match="99"):
        Support(layers=(0, 99))


def test_the_configuration_is_the_constructors_arguments_with_their_defaults():
    yaml = pytest.importorskip("yaml")
    path = Path(__file__).parents[2] / "conf" / "checks" / "support.yaml"
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert given.pop("_target_") == "bench.checks.support.Support"
    assert given.pop("encoder") == "${encoder}"
    defaults = {key: parameter.default for key, parameter in inspect.signature(Support).parameters.items()}
    del defaults["encoder"]
    assert given == {**defaults, "layers": list(defaults["layers"])}


def test_the_seeds_read_as_a_reader_would_read_them(check):
    paths = sorted((SHARED / "seeds").glob("*.txt"))
    if not paths:
        pytest.skip("no shared/seeds beside the checkout")
    texts = {path.name[:3]: path.read_text(encoding="utf-8") for path in paths}
    names = ("000", "001", "004")
    scores = dict(zip(names, check.score([pair_of(texts[name], texts["004"]) for name in names]), strict=True))
    summary, copy, source = ([verdict.label for verdict in scores[name].verdicts] for name in names)
    assert set(source) == {"supported"}
    assert summary == ["supported"] * (len(summary) - 1) + ["unsupported"], "only the closing claim is added"
    assert copy[0] == copy[-1] == "unsupported", "licence notice and navigation"
    assert copy.count("unsupported") <= 8


@pytest.mark.slow
def test_it_agrees_with_people_on_articles_that_nothing_was_chosen_on(check):
    path = SHARED / "judgements" / "qags_cnn_original.jsonl"
    if not path.exists():
        pytest.skip("no shared/judgements beside the checkout")
    stats = pytest.importorskip("scipy.stats")
    values, human = [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if int(hashlib.sha256(row["article"].encode()).hexdigest(), 16) % 2 == 0:
            continue
        text = "\n".join(sentence["sentence"] for sentence in row["summary_sentences"])
        (score,) = check.score([replace(pair_of(text), example=Example("e", row["article"], ()))])
        values.append(score.values["support"])
        answers = [[reply["response"] == "yes" for reply in one["responses"]] for one in row["summary_sentences"]]
        human.append(np.mean([sum(replies) > len(replies) / 2 for replies in answers]))
    assert len(values) > 100
    assert stats.pearsonr(values, human)[0] > 0.55


def test_spans_are_offsets_of_the_original_texts(check):
    text = "  \n“Traders” will be offered stalls.\r\n\r\nA comet fell."
    document = "\n\n  " + DOCUMENT.replace("\n", "\r\n")
    (score,) = check.score([pair_of(text, document)])
    first, second = score.verdicts
    assert text[first.claim.slice] == "“Traders” will be offered stalls."
    assert text[second.claim.slice] == "A comet fell."
    assert document[first.evidence[0].slice].startswith("Traders will be offered stalls")
    assert isinstance(first.evidence[0], Span)
