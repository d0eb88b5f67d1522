"""Markdown for a pull request: short on top, folded below, never too long, and only text where text is meant."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bench.comparing.comparison import ClaimChange, Comparison
from bench.report.comparison_content import flat, headline
from bench.report.comparison_markdown import LIMIT, markdown, shown

FOLD = re.compile(r"<details><summary>[^<>]*</summary>\n?|</details>\n?(<details><summary>[^<>]*</summary>\n?)?")


def tokens(text: str) -> list[Token]:
    """As a reader of CommonMark with tables sees it."""
    found: list[Token] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        found += [token, *(token.children or [])]
    return found


def visible(text: str) -> str:
    """What a reader sees: no markup, no comments."""
    return "\n".join(
        "".join(
            child.content for child in token.children or [] if child.type in ("text", "text_special", "code_inline")
        )
        for token in MarkdownIt("commonmark").enable("table").parse(text)
        if token.type == "inline"
    )


def test_the_top_is_short_and_has_no_passes(ordinary: Comparison) -> None:
    top, *folds = markdown(ordinary).split("<details>")
    assert top.splitlines()[:3] == [
        "### sumbench: regressed",
        "",
        "1 of 5 values is worse than main by more than its margin; numbers newly flags 1 claim (0 let through, "
        "1 mended); 1 claim is newly contradicted, over all checks (0 let through); besides, 2 missing, "
        "1 not comparable, 1 inconclusive, 1 improved.",
    ]
    rows = [line for line in top.splitlines() if line.startswith("| ") and "---" not in line][1:]
    assert [row.split(" | ")[-1].strip("* |") for row in rows] == [
        "regressed", "not comparable", "inconclusive", "improved",
    ]  # fmt: skip
    for part in ("missing: system oracle", "not comparable: bertscore: layer was 5, is 6"):
        assert f"- {part}" in top
    assert [fold[: fold.index("</summary>")].removeprefix("<summary>") for fold in folds] == [
        "Newly flagged: 1 claim", "All 5 values", "Inconclusive: 1 value", "Mended: 1 claim", "How it was compared",
    ]  # fmt: skip


def test_the_folds_have_all(ordinary: Comparison) -> None:
    text = visible(markdown(ordinary))
    for part in (
        "contradicted (numbers): $24 billion; the document says $240 billion",
        "document: worth $240 billion in 2023",
        "unsupported (entities): no Blinken",
        "bart (ex2): characters 3 to 30 (the text was not kept)",
        "90 documents could have shown a drop of 0.0213; 412 documents would show that nothing changed",
        "bootstrap: 4 values over 100 examples of 90 documents; 95 % intervals",
        "new systems, not compared: pegasus",
        "numbers.unsupported ↓",
    ):
        assert part in text


def test_tables_and_folds_are_read_as_such(ordinary: Comparison) -> None:
    found = tokens(markdown(ordinary))
    kinds = [token.type for token in found]
    assert kinds.count("table_open") == 2
    assert kinds.count("tr_open") == 2 + 4 + 5
    blocks = "".join(token.content for token in found if token.type == "html_block")
    assert blocks.count("<details>") == blocks.count("</details>") == 5


def test_hostile_texts_are_only_text(nasty_comparison: Comparison, nasty_text: str) -> None:
    text = markdown(nasty_comparison)
    for token in tokens(text):
        assert token.type not in ("link_open", "image", "code_inline", "em_open", "s_open", "fence", "code_block")
        if token.type == "html_inline":
            assert token.content == "<!-- -->"
        if token.type == "html_block":
            assert FOLD.fullmatch(token.content), token.content
    assert re.search(r"@\w", text) is None
    assert re.search(r"#\d", text) is None
    assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", text) is None
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    if len(nasty_text) < 100:
        assert flat(nasty_text) in visible(text)


@given(st.text(max_size=60))
def test_a_text_is_shown_as_it_is(text: str) -> None:
    rendered = MarkdownIt("commonmark").enable("table").render(f"- a: {shown(text)}")
    seen = re.sub(r"<[^>]*>", "", rendered.replace("<!-- -->", ""))
    assert html.unescape(seen).strip() == f"a: {flat(text)}".strip()


@pytest.mark.parametrize("text", ["@" * 5000, "#" * 300, "|" * 299, "\\" * 5000, "word " * 5000])
def test_one_text_takes_little_room(text: str) -> None:
    assert 50 < len(shown(text)) <= 900


@pytest.mark.parametrize("word", ["word ", "@", "|", "习", "#1 "])
def test_never_longer_than_github_takes(
    made: Callable[..., Comparison], changed: Callable[..., object], flagged: Callable[..., object], word: str
) -> None:
    comparison = made(
        baseline=word * 400,
        run=word * 400,
        differences=tuple(
            changed(outcome, system=f"{word * 400}{i}") for i in range(400) for outcome in ("inconclusive", "regressed")
        ),
        claims=tuple(
            ClaimChange(change, f"{i}", "s", "numbers", flagged(word * 400 + str(i), start=i))  # type: ignore[arg-type]
            for i in range(400)
            for change in ("new", "mended")
        ),
        missing=tuple(f"{word * 400}{i}" for i in range(400)),
        not_comparable=tuple(f"{word * 400}{i}" for i in range(400)),
        notes=tuple(f"{word * 400}{i}" for i in range(400)),
    )
    text = markdown(comparison)
    assert 20_000 < len(text) < LIMIT
    assert text.count("<details>") == text.count("</details>") == 6
    cuts = re.findall(r"… and (\d+) of (\d+) more, cut to fit a comment. The whole: sumbench compare", text)
    assert [int(whole) for _, whole in cuts] == [800, 400, 800, 400, 400, 403]
    assert all(0 < int(left) <= int(whole) for left, whole in cuts)


def test_the_cut_says_how_many_are_left(made: Callable[..., Comparison], changed: Callable[..., object]) -> None:
    comparison = made(differences=tuple(changed("regressed", system=f"system {i}") for i in range(2000)))
    text = markdown(comparison)
    [fold] = [part for part in text.split("<details>") if part.startswith("<summary>All 2000 values")]
    rows = sum(line.startswith("| system ") for line in fold.splitlines()) - 1
    assert f"… and {2000 - rows} of 2000 more, cut to fit a comment. The whole: sumbench compare main" in fold
    assert rows > 400
    assert "… and 1990 values more, below." in text


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_comparison_fits_and_is_the_same_again(
    comparisons: st.SearchStrategy[Comparison], data: st.DataObject
) -> None:
    comparison = data.draw(comparisons)
    text = markdown(comparison)
    assert len(text) < LIMIT
    assert text.startswith(f"### sumbench: {headline(comparison)}\n")
    assert text == markdown(replace(comparison))
    text.encode("utf-8")
