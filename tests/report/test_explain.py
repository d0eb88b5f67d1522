"""Explained summaries: every claim once, with its verdict, reasons and evidence; texts stay text."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console

from bench import pipeline
from bench.aggregate import join_verdicts, worst
from bench.errors import InputError
from bench.record import read_inputs, read_scores
from bench.report.comparison_markdown import LIMIT
from bench.report.explain_claims import differing, explain, sentences_around
from bench.report.explain_content import explain_run
from bench.report.explain_markdown import markdown
from bench.report.explain_records import Explained, Explanation, Judged, counted
from bench.report.explain_terminal import show, window
from bench.types import Score, Span, Verdict

DOCUMENT = (
    "Putin came to Beijing on a two-day visit. The talks lasted four hours, the Kremlin said. "
    "“We never walked away from the table,” Xi said. Nobody signed anything."
)
CANDIDATE = "Putin came on a three-day visit, and the talks lasted four hours.\n\n  Macron cooked dinner.  Who knows?"
NASTY = (
    "[red]x[/red] **b** _i_ `c` <script>alert(1)</script></details> &amp; a|b #1 @all https://x.y www.x.y \x1b[2J\u202e"
)


def at(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def verdict(claim: str, label: str = "supported", evidence: Sequence[str] = (), **changes: object) -> Verdict:
    parts: dict[str, object] = {
        "claim": at(CANDIDATE, claim), "label": label, "score": None, "reason": f"because {label}",
        "evidence": tuple(at(DOCUMENT, words) for words in evidence),
    }  # fmt: skip
    return Verdict(**{**parts, **changes})  # type: ignore[arg-type]


def said(check: str, *verdicts: Verdict, **changes: object) -> Score:
    return Score("e1", "ours", check, "ok", {}, verdicts, **changes)  # type: ignore[arg-type]


def explained(*scores: Score, candidate: str = CANDIDATE, document: str = DOCUMENT) -> Explanation:
    return explain(scores, candidate=candidate, document=document, names=("e1", "ours", "candidate"))


def texts(one: Explanation) -> list[str]:
    return [one.candidate[claim.span.slice] for claim in one.claims]


FIRST, SECOND, THIRD = "Putin came on a three-day visit,", "and the talks lasted four hours.", "Macron cooked dinner."
NUMBERS = said(
    "numbers",
    verdict(FIRST, "contradicted", ["two-day"], kind="number", marks=(at(CANDIDATE, "three-day"),)),
    verdict(SECOND, "supported", ["four hours"]),
    verdict(THIRD, "unchecked"),
)
ENTITIES = said(
    "entities",
    verdict(FIRST, "supported", ["Putin"]),
    verdict(SECOND, "unchecked"),
    verdict(THIRD, "unsupported", kind="entity", marks=(at(CANDIDATE, "Macron"),)),
)
COMBINED = said(
    "consistency",
    verdict(FIRST, "contradicted", score=0.04, kind="number", reason="numbers says so"),
    verdict(SECOND, "supported", score=0.97),
    verdict(THIRD, "unchecked", score=0.5, kind="boilerplate"),
)


def test_without_a_combined_verdict_the_gravest_label_counts() -> None:
    one = explained(NUMBERS, ENTITIES)
    assert texts(one) == [FIRST, SECOND, THIRD]
    assert [(claim.label, claim.kind, claim.probability) for claim in one.claims] == [
        ("contradicted", "number", None), ("supported", None, None), ("unsupported", "entity", None),
    ]  # fmt: skip
    first, second, third = one.claims
    assert [opinion.check for opinion in first.opinions] == ["numbers", "entities"], "the gravest first"
    assert second.silent == (("entities", "because unchecked"),)
    assert [one.candidate[mark.slice] for mark in (*first.marks, *third.marks)] == ["three-day", "Macron"]
    assert [DOCUMENT[place.around.slice] for place in first.evidence] == ["Putin came to Beijing on a two-day visit."]
    assert [DOCUMENT[span.slice] for span in first.evidence[0].spans] == ["Putin", "two-day"]
    assert [DOCUMENT[span.slice] for span in first.evidence[0].differs] == ["two-day"], "what agrees does not differ"
    assert second.evidence[0].differs == ()
    assert counted(one) == "1 contradicted, 1 unsupported, 1 supported"


def test_the_combined_verdict_is_the_claims() -> None:
    one = explained(NUMBERS, ENTITIES, COMBINED)
    assert [(claim.label, claim.kind, claim.probability) for claim in one.claims] == [
        ("contradicted", "number", 0.04), ("supported", None, 0.97), ("unchecked", "boilerplate", 0.5),
    ]  # fmt: skip
    assert one.claims[0].reason == "numbers says so"
    assert [opinion.check for opinion in one.claims[0].opinions] == ["numbers", "entities"], "the components stay"
    assert one.claims[2].marks == (), "nothing is wrong where nothing is flagged"
    assert [opinion.label for opinion in one.claims[2].opinions] == ["unsupported"]


def test_evidence_that_most_checks_point_at_comes_first() -> None:
    other = said("b", verdict(SECOND, "supported", ["talks"]))
    claim = explained(said("a", verdict(SECOND, "supported", ["Xi", "four hours"])), other).claims[0]
    assert [DOCUMENT[place.around.slice].split()[0] for place in claim.evidence] == ["The", "“We"]
    claim = explained(said("a", verdict(SECOND, "unsupported", ["Xi", "four hours"])), other).claims[0]
    assert [DOCUMENT[place.around.slice].split()[0] for place in claim.evidence] == ["“We", "The"], "as the check says"


def test_words_that_a_check_names_need_no_comparison() -> None:
    pinned = said("numbers", verdict(FIRST, "contradicted", ["two-day"]))
    near = said("support", verdict(FIRST, "supported", ["Putin came to Beijing on a two-day visit."]))
    found = [[DOCUMENT[span.slice] for place in explained(*scores).claims[0].evidence for span in place.differs]
             for scores in ((pinned, near), (said("entities", verdict(FIRST, "unsupported")), near))]  # fmt: skip
    assert found == [["two-day"], ["to Beijing", "two"]]


def test_text_between_claims_is_kept() -> None:
    pieces = explained(NUMBERS).pieces
    assert [CANDIDATE[piece.span.slice] for piece in pieces] == [
        FIRST, " ", SECOND, "\n\n  ", THIRD, "  Who knows?",
    ]  # fmt: skip
    assert [piece.claim.number if piece.claim else None for piece in pieces] == [1, None, 2, None, 3, None]


def test_checks_that_cut_differently_meet_in_the_smallest_claims() -> None:
    whole = f"{FIRST} {SECOND}"
    sentences = said("support", verdict(whole, "unsupported"), verdict(THIRD, "supported"))
    one = explained(sentences, NUMBERS)
    assert texts(one) == [FIRST, SECOND, THIRD]
    assert [claim.label for claim in one.claims] == ["contradicted", "unsupported", "supported"]
    pinned = said("quotes", verdict(whole, "contradicted", marks=(at(CANDIDATE, "four"),)))
    assert [claim.label for claim in explained(pinned, ENTITIES).claims] == [
        "supported", "contradicted", "unsupported",
    ], "only the claim with the wrong words is blamed"  # fmt: skip


def test_what_a_longer_claim_has_besides_is_a_claim() -> None:
    one = explained(said("a", verdict("the talks lasted")), said("b", verdict(CANDIDATE, "unsupported")))
    assert "".join(texts(one)) == CANDIDATE
    assert texts(one)[1] == "the talks lasted"
    assert [claim.label for claim in one.claims] == ["unsupported"] * 3


def test_the_combined_claims_win_over_smaller_ones() -> None:
    whole = said("consistency", verdict(f"{FIRST} {SECOND}", "contradicted", score=0.1))
    assert texts(explained(NUMBERS, whole)) == [f"{FIRST} {SECOND}", THIRD]


LABELS = st.sampled_from(["supported", "unsupported", "contradicted", "unchecked"])


@st.composite
def judged_texts(draw: st.DrawFn) -> tuple[str, str, list[Score]]:
    """Any two short texts, and checks whose spans lie anywhere in them."""
    candidate, document = draw(st.text(max_size=40)), draw(st.text(max_size=40))

    def span(text: str) -> st.SearchStrategy[Span]:
        ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
        return ends.map(lambda pair: Span(min(pair), max(pair)))

    places = st.lists(span(document), max_size=3).map(tuple)
    marks = st.lists(span(candidate), max_size=3).map(tuple)
    verdicts = st.builds(
        Verdict, span(candidate), LABELS, st.none() | st.floats(0, 1), st.text(max_size=9), places,
        st.sampled_from([None, "number", "boilerplate"]), marks,
    )  # fmt: skip
    names = draw(st.lists(st.sampled_from(["a", "b", "consistency"]), unique=True))
    return candidate, document, [said(name, *draw(st.lists(verdicts, max_size=5))) for name in names]


@given(judged_texts())
def test_any_spans_are_laid_out(given: tuple[str, str, list[Score]]) -> None:
    candidate, document, scores = given
    one = explained(*scores, candidate=candidate, document=document)
    assert "".join(candidate[piece.span.slice] for piece in one.pieces) == candidate
    assert [claim.number for claim in one.claims] == list(range(1, len(one.claims) + 1))
    for before, after in zip(one.claims, one.claims[1:], strict=False):
        assert before.span.end <= after.span.start
    for claim in one.claims:
        assert all(claim.span.start <= mark.start < mark.end <= claim.span.end for mark in claim.marks)
        for place in claim.evidence:
            inner = [*place.spans, *place.differs]
            assert all(place.around.start <= span.start < span.end <= place.around.end for span in inner)
    worded = [
        (score.scorer, verdict)
        for score in scores
        for verdict in score.verdicts
        if score.scorer != "consistency" and re.search(r"[^\W_]", candidate[verdict.claim.slice])
    ]
    shown = [(opinion.check, opinion.reason) for claim in one.claims for opinion in claim.opinions]
    silent = [pair for claim in one.claims for pair in claim.silent]
    assert {(check, verdict.reason) for check, verdict in worded} <= {*shown, *silent}
    for text in (terminal(one), markdown(report(one))):
        assert "\x1b" not in text
        assert len(text) < LIMIT


@pytest.mark.parametrize(
    ("claim", "evidence", "words"),
    [
        ("“We never ran away from the table,” Xi said.", "“We never walked away from the table,” Xi said.", ["walked"]),
        ("Xi came to Beijing on a two-day visit.", "Putin came to Beijing on a two-day visit.", ["Putin"]),
        ("Nobody signed.", "Nobody signed anything.", []),
        ("Rain fell on the roofs all night.", "The talks lasted four hours, the Kremlin said.", []),
        ("The talks lasted six hours.", "four hours", ["four hours"]),
    ],
)
def test_words_that_differ(claim: str, evidence: str, words: list[str]) -> None:
    span = at(DOCUMENT, evidence)
    found = differing(claim, DOCUMENT, span, sentences_around(DOCUMENT, span))
    assert [DOCUMENT[part.slice] for part in found] == words


def test_a_check_without_verdicts_is_said() -> None:
    failed = Score("e1", "ours", "quotes", "error", error="ValueError: no")
    assert explained(NUMBERS, failed).notes == ("quotes: ValueError: no",)


def test_spans_of_another_text_are_refused() -> None:
    with pytest.raises(InputError, match=r"not of one run.*numbers on ours"):
        explained(NUMBERS, candidate="short")
    with pytest.raises(InputError, match="not of one run"):
        explained(NUMBERS, document="short")


# A run on the disk.


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tiny: SimpleNamespace) -> Path:
    return pipeline.run(tiny.job(tmp_path_factory.mktemp("explained") / "run"))


def test_a_run_is_explained_as_it_was_counted(folder: Path) -> None:
    whole = explain_run(folder)
    assert {(one.example_id, one.system) for one in whole.explanations} == {
        (f"e{number}", system) for number in range(4) for system in ("alpha", "beta")
    }, "the candidates, and no floor"
    inputs = {line["id"]: line for line in read_inputs(folder)}
    by_claim = join_verdicts(read_scores(folder))
    for one in whole.explanations:
        assert one.document == inputs[one.example_id]["document"]
        assert one.candidate == inputs[one.example_id]["candidates"][one.system]["text"]
        assert {(claim.span.start, claim.span.end): claim.label for claim in one.claims} == {
            (start, end): worst(verdict.label for verdict in verdicts.values())
            for (example, system, start, end), verdicts in by_claim.items()
            if (example, system) == (one.example_id, one.system)
        }
    assert whole.left == 0
    assert whole.trust == ("no combined verdict in this run: a claim has the gravest label of found",)


def test_what_is_shown_can_be_chosen_and_limited(folder: Path) -> None:
    some = explain_run(folder, systems=["first", "beta"], examples=["e2"])
    assert [(one.example_id, one.system, one.role) for one in some.explanations] == [
        ("e2", "beta", "candidate"), ("e2", "first", "floor"),
    ]  # fmt: skip
    few = explain_run(folder, limit=3)
    assert [(one.example_id, one.system) for one in few.explanations] == [
        ("e0", "alpha"), ("e0", "beta"), ("e1", "alpha"),
    ]  # fmt: skip
    assert few.left == 5
    assert "5 more summaries not shown" in terminal_of(few)
    assert "5 more summaries not shown" in markdown(few)


def test_names_that_are_not_there_are_told_what_is(folder: Path) -> None:
    with pytest.raises(InputError, match=r"no system 'gamma'.*alpha, beta, first"):
        explain_run(folder, systems=["gamma"])
    with pytest.raises(InputError, match=r"no example 'e9'.*e0, e1, e2, e3"):
        explain_run(folder, examples=["e9"])


def test_without_checks_or_texts_there_is_nothing_to_explain(tmp_path: Path, tiny: SimpleNamespace) -> None:
    with pytest.raises(InputError, match="no checks"):
        explain_run(pipeline.run(tiny.job(tmp_path / "a", checks=[])))
    with pytest.raises(InputError, match="store_texts"):
        explain_run(pipeline.run(tiny.job(tmp_path / "b", store_texts=False)))


def test_verdicts_of_an_earlier_sumbench_have_neither_kind_nor_marks(
    folder: Path, tmp_path: Path, tiny: SimpleNamespace
) -> None:
    older = tmp_path / "older"
    older.mkdir()
    for name in ("run.json", "inputs.jsonl"):
        (older / name).write_bytes((folder / name).read_bytes())
    tiny.unseal(older)
    lines = [json.loads(line) for line in (folder / "scores.jsonl").read_text(encoding="utf-8").splitlines()]
    for line in lines:
        line["verdicts"] = [
            {key: value for key, value in verdict.items() if key not in ("kind", "marks")}
            for verdict in line["verdicts"]
        ]
    (older / "scores.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert explain_run(older).explanations == explain_run(folder).explanations


# Terminal and Markdown.


def report(*explanations: Explanation, left: int = 0) -> Explained:
    return Explained("run1", ("a fact",), ("a word on trust",), explanations, left)


def terminal_of(whole: Explained, encoding: str = "utf-8", width: int = 100, colour: bool = False) -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, write_through=True)
    system = "truecolor" if colour else None
    show(whole, Console(file=file, width=width, highlight=False, force_terminal=colour, color_system=system))  # type: ignore[arg-type]
    return raw.getvalue().decode(encoding)


def terminal(one: Explanation, **options: object) -> str:
    return terminal_of(report(one), **options)  # type: ignore[arg-type]


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_terminal_can_be_read_without_colour() -> None:
    text = flat(terminal(explained(NUMBERS, ENTITIES)))
    assert "✘1 Putin came on a «three-day» visit, ✔ and the talks lasted four hours. !3 «Macron» cooked" in text
    assert "✘1 contradicted (number) Putin came on a «three-day» visit, numbers: because contradicted" in text
    assert "document: Putin came to Beijing on a «two-day» visit." in text
    assert "!3 unsupported (name)" in text
    assert "ours (e1) 1 contradicted, 1 unsupported, 1 supported" in text
    assert "a word on trust" in text
    assert "probability" not in text
    assert "probability of support 0.04" in flat(terminal(explained(NUMBERS, COMBINED)))


def test_the_terminal_underlines_in_colour() -> None:
    text = terminal(explained(NUMBERS), colour=True)
    assert re.search(r"\x1b\[1;4;31mthree-day\x1b\[0m", text)
    assert re.search(r"\x1b\[1;4mtwo-day\x1b\[0m", text)
    assert "«" not in text


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_console_with_few_signs_gets_others(encoding: str) -> None:
    text = flat(terminal(explained(NUMBERS, ENTITIES), encoding=encoding))
    assert "x1 Putin came on a <<three-day>> visit, + and the talks" in text
    assert "x contradicted ! unsupported + supported ? unchecked" in text


def nasty() -> Explanation:
    """Hostile text wherever a text of a user can be."""
    candidate, document = f"{NASTY} one. {NASTY} two.", f"{NASTY} said. Nothing {NASTY}."
    half = len(NASTY) + 5
    verdicts = [
        Verdict(
            span,
            label,
            0.5,
            NASTY,
            (Span(0, half), Span(half + 2, len(document))),
            NASTY,
            (Span(span.start, span.start + 9),),
        )  # type: ignore[arg-type]
        for span, label in ((Span(0, half), "contradicted"), (Span(half + 1, len(candidate)), "unsupported"))
    ]
    scores = [
        Score(NASTY, NASTY, NASTY, "ok", {}, tuple(verdicts)),
        Score(NASTY, NASTY, "silent", "error", error=NASTY),
    ]
    return explain(scores, candidate=candidate, document=document, names=(NASTY, NASTY, "candidate"))


def test_the_terminal_shows_nasty_text_as_it_is() -> None:
    for colour in (False, True):
        text = terminal(nasty(), width=3000, colour=colour)
        assert "\x1b[2J" not in text
        assert "\u202e" not in text
        plain = re.sub(r"\x1b\[[0-9;]*m|[«»]", "", text)
        visible = NASTY.replace("\x1b", "␛").replace("\u202e", "�")
        assert plain.count(visible) >= 10
        assert plain.count("[red]x[/red]") == plain.count("www.x.y"), "nothing was taken for markup"


def rendered(text: str) -> str:
    return str(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


def test_markdown_keeps_nasty_text_inert() -> None:
    text = markdown(report(nasty(), left=2))
    shown = rendered(text)
    assert set(re.findall(r"</?([a-zA-Z][\w-]*)", shown)) <= {
        "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "ul", "li", "b", "br",
    }  # fmt: skip
    assert shown.count("<details>") == shown.count("</details>") == 1
    assert shown.count("&lt;script&gt;") >= 8
    # Without the comments that break them up there would be mentions, references and links.
    assert not re.search(r"@all|#1|://|www\.", shown)
    assert "\x1b" not in text


def test_markdown_has_a_row_for_each_flagged_claim() -> None:
    text = markdown(report(explained(NUMBERS, ENTITIES)))
    assert text.startswith("### sumbench explain: 2 of 3 claims flagged\n")
    assert "| ours | e1 | 1 | 1 | 1 | 0 |" in text
    rows = re.findall(r"^\| [✘!] .*", text, re.MULTILINE)
    assert rows == [
        "| ✘ 1 contradicted (number) | Putin came on a <b>three-day</b> visit, | numbers: because contradicted "
        "| Putin came to Beijing on a <b>two-day</b> visit. |",
        "| ! 3 unsupported (name) | <b>Macron</b> cooked dinner. | entities: because unsupported | – |",
    ]
    assert "- ✔ supported: and the talks lasted four hours." in text
    cells = re.findall("<td", rendered(text))
    assert len(cells) == 6 + 2 * 4


def test_markdown_keeps_one_blank_between_marked_words() -> None:
    claim = "Macron jointly condemned it."
    verdict = Verdict(Span(0, 28), "unsupported", 0.0, "no", marks=(Span(7, 14), Span(15, 24)))
    text = markdown(report(explained(said("a", verdict), candidate=claim)))
    assert "| Macron <b>jointly</b> <b>condemned</b> it. |" in text


def test_markdown_lists_what_to_trust() -> None:
    text = markdown(replace(report(explained(NUMBERS)), trust=("one verdict a claim", "a threshold: 0.9")))
    assert "Run run1.\n\n- one verdict a claim\n- a threshold: 0.9\n\n|" in text


def test_markdown_fits_a_comment_and_says_what_it_cut() -> None:
    many = ". ".join(f"Sentence {number} {'word ' * 30}" for number in range(400)) + "."
    spans = [Span(match.start(), match.end()) for match in re.finditer(r"Sentence[^.]*\.", many)]
    one = explained(said("a", *(Verdict(span, "unsupported", 0.0, "no") for span in spans)), candidate=many)
    text = markdown(report(one))
    assert LIMIT / 2 < len(text) <= LIMIT
    cut = int(re.search(r"… and (\d+) more flagged claims", text)[1])  # type: ignore[index]
    assert cut + len(re.findall(r"^\| ! \d", text, re.MULTILINE)) == 400
    crowd = markdown(report(*[one] * 300))
    assert len(crowd) <= LIMIT
    kept = crowd.count("<summary>ours")
    assert kept
    assert f"… and {300 - kept} summaries more" in crowd


def test_a_long_quotation_is_cut_around_what_differs() -> None:
    document = f"{'before ' * 200}two-day {'after ' * 200}".strip() + "."
    given = Verdict(Span(0, 9), "contradicted", 0.0, "no", (at(document, "two-day"),))
    claim: Judged = explained(said("numbers", given), candidate="three-day", document=document).claims[0]
    shown = document[window(claim.evidence[0]).slice]
    assert "two-day" in shown
    assert len(shown) < 400
    assert "… " in terminal(explained(said("numbers", given), candidate="three-day", document=document))
