"""What can be chosen is what lies in the config folders, and listing it builds nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.catalogue import GROUPS, missing_packages, options, options_of, read_option

CONF = Path(__file__).parents[1] / "conf"


def test_every_yaml_is_listed_once() -> None:
    found = [(option.group, option.name) for option in options()]
    assert found == [(group, path.stem) for group in GROUPS for path in sorted((CONF / group).glob("*.yaml"))]
    assert {folder.name for folder in CONF.iterdir() if folder.is_dir() and not folder.name.startswith("_")} == set(
        GROUPS
    )


@pytest.mark.parametrize("option", list(options()), ids=lambda option: f"{option.group}/{option.name}")
def test_every_option_says_what_it_is(option: object) -> None:
    about = option.about  # type: ignore[attr-defined]
    assert 10 < len(about) < 130
    assert "@package" not in about
    assert "_target_" not in about


def test_what_needs_nothing_is_ready() -> None:
    needs = {(option.group, option.name): option.needs for option in options()}
    assert needs["dataset", "sample"] == needs["metrics", "rouge"] == needs["metrics", "bertscore"] == ()
    assert needs["dataset", "folder"] == ("dataset.root=…", "dataset.reference=…")


def test_a_folder_of_the_users_adds_options(tmp_path: Path) -> None:
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "mine.yaml").write_text(
        "# @package metrics.mine\n#\n# Mine alone.\n# More.\n_target_: no_such_module.Mine\nname: mine\nmodel: ???\n"
    )
    mine = list(options_of("metrics", [tmp_path]))[-1]
    assert (mine.group, mine.name, mine.about) == ("metrics", "mine", "Mine alone.")
    assert mine.needs == ("metrics.mine.model=…", "package no_such_module")
    assert list(options_of("checks", [tmp_path])) == list(options_of("checks"))


def test_a_file_without_comment_or_target(tmp_path: Path) -> None:
    (tmp_path / "bare.yaml").write_text("limit: 3\n")
    option = read_option("experiment", tmp_path / "bare.yaml")
    assert (option.name, option.about, option.needs) == ("bare", "", ())


def test_missing_packages_are_found_without_importing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "listed_module.py").write_text(
        "import json\nimport absent_one\nfrom absent_two.part import x\n"
        "def f():\n    import absent_three as y\n    from numpy import array\nraise SystemExit('it was imported')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert missing_packages("listed_module.Thing") == ["absent_one", "absent_three", "absent_two"]
    (tmp_path / "torn_module.py").write_bytes(b"def f(:\x00")
    assert missing_packages("torn_module.Thing") == ["torn_module (it can't be read as Python)"]
    assert missing_packages("math.sin") == []
    assert missing_packages("no_such_module.Thing") == ["no_such_module"]
    assert missing_packages("no_such_package.module.Thing") == ["no_such_package.module"]
