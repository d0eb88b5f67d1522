"""The support check: on small texts of our own, on the seeds and on human judgements where they are at hand."""

import hashlib
import inspect
import json
import tracemalloc
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from bench.checks import support as support_module
from bench.checks.findings import claim_values
from bench.checks.support import Support
from bench.claims import claims
from bench.errors import InputError
from bench.language.article import article
from bench.models.encoder import Encoded, minilm
from bench.text import sentence_spans, word_spans
from bench.types import Candidate, Example, Pair, Span

THRESHOLD = inspect.signature(Support).parameters["threshold"].default
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
            result.append(
                Encoded(offsets, np.arange(len(spans)), rows, {}, none, np.ones(len(spans), bool), len(spans))
            )
        return result


def home_of(span, text=DOCUMENT):
    """The sentence that holds a span."""
    return next(place for place in sentence_spans(text) if place.start <= span.start < place.end)


def test_every_claim_of_a_document_is_supported_by_its_own_sentence(check):
    (score,) = check.score([pair_of(DOCUMENT)])
    assert [verdict.claim for verdict in score.verdicts] == [claim.span for claim in article(DOCUMENT).of(claims)]
    assert {verdict.label for verdict in score.verdicts} == {"supported"}
    for verdict in score.verdicts:
        assert verdict.score == pytest.approx(1, abs=1e-5)
        assert verdict.reason == "in the document, word for word"
        assert verdict.evidence[0] == home_of(verdict.claim)
        assert verdict.kind is None
        assert verdict.marks == ()
    assert score.values["support"] == pytest.approx(1, abs=1e-5)
    assert score.values["copied"] == 1
    assert score.seen.candidate == score.seen.document == 1.0


@pytest.mark.parametrize("number", range(7))
def test_a_sentence_taken_out_of_its_context_is_supported_by_where_it_came_from(check, number):
    place = sentence_spans(DOCUMENT)[number]
    (score,) = check.score([pair_of(" ".join(DOCUMENT[place.slice].split()))])
    for verdict in score.verdicts:
        assert verdict.label == "supported"
        assert verdict.score > 0.8
        assert verdict.evidence[0] == place


@pytest.mark.parametrize(
    ("restated", "number"),
    [
        ("Brenmouth's fish market will be closed by the end of October, the harbour council decided.", 0),
        ("The roof had become too dangerous for traders and customers, Eversley said.", 1),
        ("A survey by engineers put the cost of repairs at about four million pounds.", 2),
        ("Stalls will be offered to traders.", 3),
        ("The largest stall is run by Tom Pask.", 5),
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
def test_of_what_the_document_does_not_say_the_reason_names_the_words_and_boilerplate_alone_is_flagged(
    check, foreign, named
):
    verdict = verdict_of(check, foreign)
    boilerplate = foreign.startswith("Back")
    assert (verdict.label, verdict.kind) == (("unsupported", "boilerplate") if boilerplate else ("unchecked", None))
    assert f"“{named}”" in verdict.reason
    assert named in [foreign[mark.slice] for mark in verdict.marks]
    assert verdict.score < THRESHOLD


@pytest.mark.parametrize(
    ("main", "tail", "wrong"),
    [
        (
            "The harbour council voted on Tuesday to close the old fish market in Brenmouth,",
            "particularly regarding Taiwan.",
            ["particularly", "regarding", "Taiwan"],
        ),
        (
            "Traders will be offered stalls in a converted warehouse on the northern quay,",
            "including two former astronauts.",
            ["including", "two", "former", "astronauts"],
        ),
        (
            "The regional museum hopes to move its collection of model ships into the market hall,",
            "raising concerns among foreign investors.",
            ["raising", "concerns", "foreign", "investors"],
        ),
    ],
)
def test_a_tail_without_a_match_is_told_apart_from_the_clause_before_it(check, main, tail, wrong):
    text = f"{main} {tail}"
    (score,) = check.score([pair_of(text)])
    first, last = score.verdicts
    assert (text[first.claim.slice], text[last.claim.slice]) == (main, tail)
    assert (first.label, last.label) == ("supported", "unchecked")
    assert last.score < THRESHOLD
    (alone,) = check.score([pair_of(main[:-1] + ".")])
    assert first.score == pytest.approx(alone.verdicts[0].score, abs=0.05), "the tail is none of its business"
    assert last.kind is None
    assert [text[mark.slice] for mark in last.marks] == wrong
    assert first.marks == ()


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


def test_words_that_stand_nowhere_together_are_named_and_marked():
    check = Support(encoder=WordEncoder(), threshold=0.9)
    document = (
        "Traders doubt tourists walk far in winter storms along granite quays towards distant lighthouse keepers."
    )
    text = "Traders keepers."
    verdict = verdict_of(check, text, document)
    assert verdict.label == "unchecked"
    assert verdict.reason == "the document has no match for “Traders … keepers” together"
    assert [text[mark.slice] for mark in verdict.marks] == ["Traders", "keepers"]


@pytest.mark.parametrize("turned", [0.0, 0.8])
def test_label_and_score_follow_from_all_links_the_worst_ones_and_what_is_copied(turned):
    encoder = WordEncoder()
    check = Support(encoder=encoder, layers=(0, 1), worst=2, window=1, turned=turned)
    words, others = ["Alpha", "bravo", "delta", "charlie"], ["Alpha", "bravo", "golf", "charlie", "delta"]
    (score,) = check.score([pair_of(" ".join(words), " ".join(others))])
    (verdict,) = score.verdicts

    def similar(a, b):
        return max(0.0, float(np.mean([encoder.row(a, k) @ encoder.row(b, k) for k in (0, 1)])))

    best = []
    for first, second in pairwise(words):
        pairs = [(similar(first, a) + similar(second, b)) / 2 for a, b in pairwise(others)]
        back = [turned * (similar(first, b) + similar(second, a)) / 2 for a, b in pairwise(others)]
        ends = [similar(first, others[-1]) / 2, turned * similar(first, others[0]) / 2]
        best.append(max([*pairs, *back, *ends]))
    copied = (1 / 3 + 0 / 2) / 2
    assert verdict.score == pytest.approx((np.mean(best) + min(best) + copied) / 3, abs=1e-6)
    assert score.values["copied"] == pytest.approx(copied)
    limit = (np.mean(best) + np.mean(sorted(best)[:2])) / 2
    for threshold, label in ((limit - 1e-4, "supported"), (limit + 1e-4, "unchecked")):
        options = {"layers": (0, 1), "worst": 2, "window": 1, "turned": turned, "threshold": threshold}
        assert verdict_of(Support(encoder=encoder, **options), " ".join(words), " ".join(others)).label == label


def test_values_and_labels_follow_from_the_scores(check):
    text = f"{DOCUMENT} A comet fell on the town. It was what it was."
    (score,) = check.score([pair_of(text)])
    assert [verdict.claim for verdict in score.verdicts] == [claim.span for claim in article(text).of(claims)]
    graded = [verdict for verdict in score.verdicts if verdict.score is not None]
    assert all(-1e-6 <= verdict.score <= 1 + 1e-6 for verdict in graded)
    counts, _ = claim_values(score.verdicts)
    means = {"support": sum(verdict.score for verdict in graded) / len(graded), "copied": score.values["copied"]}
    assert score.error is None
    assert score.values == {**counts, **means, "supported_share": counts["supported"] / len(graded)}
    assert set(score.values) == set(check.higher_is_better)
    assert set(check.headline) <= set(score.values)
    assert counts["unchecked"] == 2
    assert "no content words" in score.verdicts[-1].reason


def test_how_much_is_copied_is_said_where_it_tells():
    check = Support(threshold=0.1)
    words = {
        "The harbour council voted on Tuesday to close the old fish market.": "word for word",
        "Merchants get booths, the council says: an old warehouse by the docks.": "other words",
        "Repairs would cost four million pounds.": "",
    }
    for text, said in words.items():
        verdict = verdict_of(check, text)
        assert verdict.label == "supported"
        assert (said in verdict.reason) if said else ("words" not in verdict.reason)


def test_copied_is_the_mean_over_the_judged_claims(check):
    copy, own = "Tom Pask runs the largest stall.", "Divers recovered bronze cannons."
    alone = [check.score([pair_of(text)])[0].values["copied"] for text in (copy, own)]
    (both,) = check.score([pair_of(f"{copy} {own} It was what it was.")])
    assert both.values["copied"] == pytest.approx(sum(alone) / 2)
    assert alone[1] == 0


def test_a_claim_drawn_from_two_places_shows_both(check):
    claim = "Repairs would cost about four million pounds and Tom Pask runs the largest stall."
    places = sentence_spans(DOCUMENT)
    (score,) = check.score([pair_of(claim)])
    assert {span for verdict in score.verdicts for span in verdict.evidence} == {places[2], places[5]}


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
    assert [verdict.label for verdict in score.verdicts] == ["supported", "supported", "unchecked"]
    assert document[score.verdicts[0].evidence[0].slice] == "Divers recovered a cannon."
    assert document[score.verdicts[1].evidence[0].slice] == "Word7 follows word8 here."


@pytest.mark.slow
def test_a_document_of_20000_words_stays_within_memory():
    vocabulary = [word for word in DOCUMENT.split() if word.isalpha()]
    draws = np.random.default_rng(0).integers(0, len(vocabulary), (2_000, 10))
    document = "\n".join(" ".join(vocabulary[word] for word in line).capitalize() + "." for line in draws)
    document += "\nDivers recovered a bronze cannon near the lighthouse."
    check = Support()
    tracemalloc.start()
    (score,) = check.score([pair_of("Divers recovered a bronze cannon. Pirates buried emeralds.", document)])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [verdict.label for verdict in score.verdicts] == ["supported", "unchecked"]
    assert document[score.verdicts[0].evidence[0].slice].startswith("Divers recovered a bronze cannon")
    assert score.seen.document == 1.0
    assert peak < 400 << 20


def test_a_document_is_encoded_once_for_all_its_candidates():
    encoder = WordEncoder()
    Support(encoder=encoder).score([pair_of(text) for text in ("A comet.", "A quay.", DOCUMENT)])
    assert sorted(encoder.asked) == sorted([DOCUMENT, "A comet.", "A quay."])


def test_the_signature_changes_with_every_option_that_moves_the_number_and_no_other():
    encoder = WordEncoder()
    options = [{}, {"layers": (0, 3)}, {"window": 4}, {"worst": 2}, {"threshold": 0.5}, {"turned": 0.5}]
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


@pytest.mark.parametrize(
    "option",
    [{"threshold": 0}, {"threshold": 1.5}, {"window": 0}, {"worst": 0}, {"layers": ()}, {"turned": 1.1}],
)
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


def test_framing_is_unchecked_boilerplate_is_judged(check):
    lines = ["Here is a concise summary of the passage:", "Back to top button", "I hope this helps!"]
    (score,) = check.score([pair_of("\n".join(lines), DOCUMENT)])
    assert [verdict.label for verdict in score.verdicts] == ["unchecked", "unsupported", "unchecked"]
    assert "framing" in score.verdicts[0].reason


def test_the_seeds_read_as_a_reader_would_read_them(check):
    paths = sorted((SHARED / "seeds").glob("*.txt"))
    if not paths:
        pytest.skip("no shared/seeds beside the checkout")
    texts = {path.name[:3]: path.read_text(encoding="utf-8") for path in paths}
    names = ("000", "001", "004")
    scores = dict(zip(names, check.score([pair_of(texts[name], texts["004"]) for name in names]), strict=True))
    summary, copy, source = ([verdict.label for verdict in scores[name].verdicts] for name in names)
    assert set(source) == {"supported"}
    assert summary[-1] == "unchecked", "the closing clause is added"
    assert summary.count("supported") >= 0.85 * len(summary), "nearly all the others restate the article"
    kinds = [verdict.kind for verdict in scores["001"].verdicts]
    assert kinds[0] == kinds[-1] == "boilerplate", "licence notice and navigation"
    assert copy.count("unsupported") <= 0.15 * len(copy)


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


def test_a_word_that_the_encoder_does_not_know_matches_itself_alone(check):
    # To the model all of them are the same word piece, so that any two would match.
    document = "Heavy fighting reached አዲስ on Monday. The council met."
    same = verdict_of(check, "Heavy fighting reached አዲስ on Monday.", document)
    other = verdict_of(check, "Heavy fighting reached መቐለ on Monday.", document)
    assert same.score > 0.99
    assert other.score < 0.8
    assert other.reason == "in the document; weakest: “መቐለ”"
    (score,) = check.score([pair_of("Heavy fighting reached መቐለ on Monday.", document)])
    assert 0.8 < score.seen.candidate < 1
    assert 0.8 < score.seen.document < 1
