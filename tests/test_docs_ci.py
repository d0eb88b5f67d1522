"""The recipes of docs/ci.md: every shell step is run, word for word, in a small repository of a user.

``sumbench`` and ``python`` on the path are this checkout's. What would need a network is replaced by a shim
that notes its arguments: ``pip``, ``gh`` and ``curl``. Steps with ``uses:`` are GitHub's own and are not run.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree

import pytest
import yaml

from bench.commands.common import BAD_INPUT, CRASH, STOPPED, TERMINATED
from bench.comparing.comparison import EXIT_CODES, Outcome

HOME = Path(__file__).parents[1]
PAGE = (HOME / "docs" / "ci.md").read_text(encoding="utf-8")
OFFLINE = ("pip", "gh", "curl")
TOKEN = "of-the-project"  # noqa: S105  made up


def blocks(language: str, page: str = PAGE) -> Iterator[str]:
    yield from (match.group(1) for match in re.finditer(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE))


# A file's block comes after its path.
FILES = dict(re.findall(r"`([\w./-]+\.ya?ml)`:\n\n```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
GITHUB = yaml.safe_load(FILES[".github/workflows/summaries.yml"])["jobs"]["gate"]["steps"]
GITLAB = yaml.safe_load(FILES[".gitlab-ci.yml"])["summaries"]
(OWN_CODES,) = (yaml.safe_load(text)["run"] for text in blocks("yaml") if text.startswith("# in place of"))
START, MARGINS, UPDATE = blocks("sh")

# What the user's program writes: 12 articles of ours, each with a summary that depends on how good it is today.
SUMMARIZE = """
import json, sys
from pathlib import Path

HOW = {how!r}
THINGS = "bridge school harbour library theatre park clinic market station museum stadium tunnel".split()

def summary(number, thing, spent, path):
    if HOW == "worse":
        return f"Some people talked about a {{thing}} for {{spent + 11}} million."
    if HOW == "uneven" and number % 6 == 0:
        return f"The town agreed to a {{thing}}."
    if "again" in path and number % 4 == 1:
        return f"The council agreed to spend {{spent}} million euros on the {{thing}}, work begins in May."
    return f"The council agreed to spend {{spent}} million euros on a new {{thing}}, and work begins in May."

lines = []
for number, thing in enumerate(THINGS):
    spent = 13 + 7 * number
    document = (f"The council of the town met late on Monday to talk about the {{thing}}. "
                f"It agreed to spend {{spent}} million euros on a new {{thing}}. Work begins in May. "
                f"The mayor called the {{thing}} a gift to the whole town.")
    reference = f"The council agreed to spend {{spent}} million euros on a new {{thing}}; work begins in May."
    lines.append({{"id": thing, "document": document, "references": [reference],
                  "system": "ours", "summary": summary(number, thing, spent, sys.argv[1])}})
path = Path(sys.argv[1])
path.parent.mkdir(exist_ok=True)
path.write_text("".join(json.dumps(line) + "\\n" for line in lines))
"""


@dataclass
class Repository:
    """A user's repository, and what its shell steps do in it."""

    root: Path
    tools: Path

    def environment(self, **more: str) -> dict[str, str]:
        return {
            "PATH": f"{self.tools}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.tools),
            "PYTHONPATH": str(HOME),
            "HF_HUB_OFFLINE": "1",
            "OMP_NUM_THREADS": "1",
            "NOTED": str(self.root / "noted.jsonl"),
            **more,
        }

    def bash(self, script: str, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = ["bash", "--noprofile", "--norc", *options, "-c", script]
        environment = self.environment(**more)
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, timeout=120)

    def change(self, how: str) -> None:
        (self.root / "summarize.py").write_text(SUMMARIZE.format(how=how), encoding="utf-8")

    def noted(self, tool: str) -> list[list[str]]:
        """The arguments that a shim was called with."""
        path = self.root / "noted.jsonl"
        calls = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return [call["words"] for call in calls if call["tool"] == tool]

    def github(self) -> tuple[bool, dict[str, subprocess.CompletedProcess[str]]]:
        """GitHub's way: a step that fails ends the job, but for steps with ``always()``. Success, and each step."""
        success, done = True, {}
        for step in GITHUB:
            condition = step.get("if", "success()")
            files = re.findall(r"hashFiles\('([^']+)'\)", condition)
            if "run" not in step or not (success or "always()" in condition):
                continue
            if not all((self.root / file).exists() for file in files):
                continue
            told = {key: re.sub(r"\$\{\{ [\w.]+ \}\}", "7", value) for key, value in step.get("env", {}).items()}
            told |= {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(self.root / "summary.md")}
            done[step["name"]] = self.bash(step["run"], "-e", **told)
            if not step.get("continue-on-error"):
                success = success and done[step["name"]].returncode == 0
        return success, done

    def gitlab(self, **variables: str) -> int:
        """GitLab's way: ``script`` in one shell that ends at a failure, then ``after_script`` in another one."""
        told = {"CI_PROJECT_DIR": str(self.root), "CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "7"}
        told |= {"CI_API_V4_URL": "https://gitlab.example/api/v4", **variables}
        done = self.bash("\n".join(GITLAB["script"]), "-eo", "pipefail", **told)
        after = self.bash("\n".join(GITLAB["after_script"]), "-eo", "pipefail", **told)
        assert after.returncode == 0, after.stderr
        return done.returncode

    def outcome(self) -> str:
        return str(json.loads((self.root / "out/gate.json").read_text(encoding="utf-8"))["outcome"])


def executable(path: Path, text: str) -> None:
    path.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The repository after "Start": its files are those of the page, its baseline is saved by the page's commands."""
    base = tmp_path_factory.mktemp("ci")
    tools = base / "tools"
    tools.mkdir()
    executable(tools / "python", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    executable(tools / "sumbench", f'#!/bin/sh\nexec {sys.executable} -P -m bench "$@"\n')
    for tool in OFFLINE:
        executable(
            tools / tool,
            f"""
            #!{sys.executable}
            import json, os, sys
            with open(os.environ["NOTED"], "a") as file:
                file.write(json.dumps({{"tool": {tool!r}, "words": sys.argv[1:]}}) + "\\n")
            """,
        )
    (tools / ".gitconfig").write_text("[user]\nname = A\nemail = a@b.example\n[init]\ndefaultBranch = main\n")
    repository = Repository(base / "repository", tools)
    repository.root.mkdir()
    for name, text in FILES.items():
        path = repository.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    repository.change("good")
    (repository.root / "requirements.txt").write_text("sumbench\n")
    (repository.root / ".gitignore").write_text("out/\nresults/runs/\nnoted.jsonl\nsummary.md\n")
    assert repository.bash("git init && git add . && git commit -m Code", "-e").returncode == 0
    done = repository.bash(START, "-e")
    assert done.returncode == 0, done.stderr
    return repository


@pytest.fixture
def repository(started: Repository, tmp_path: Path) -> Repository:
    """A checkout of that repository for one test: what isn't committed isn't there."""
    done = started.bash(f"git clone --quiet . {tmp_path / 'clone'}", "-e")
    assert done.returncode == 0, done.stderr
    return Repository(tmp_path / "clone", started.tools)


def verdict_of(markdown: Path) -> str:
    return re.findall(r"pass|improved|regressed|inconclusive|not comparable|missing", markdown.read_text())[0]


def test_the_page_has_the_pieces_that_these_tests_run() -> None:
    assert list(FILES) == [
        "conf/experiment/summaries.yaml", "conf/gates/ours.yaml", ".github/workflows/summaries.yml", ".gitlab-ci.yml",
    ]  # fmt: skip
    assert len(list(blocks("yaml"))) == len(FILES) + 1
    assert PAGE.count("\n```") == 2 * (len(FILES) + 1 + 3)
    assert [step["name"] for step in GITHUB if "run" in step] == ["Install", "Summarize", "Gate", "Summary", "Comment"]


def test_the_first_baseline_is_committed(started: Repository) -> None:
    done = started.bash("git log --format=%s -1 && git show --name-only --format= HEAD && git status --porcelain", "-e")
    assert done.stdout.splitlines() == ["Summaries: first baseline", "results/baselines/main.json"]


@pytest.mark.parametrize(("how", "passes", "outcome"), [("good", True, "pass"), ("worse", False, "regressed")])
def test_github(repository: Repository, how: str, passes: bool, outcome: str) -> None:
    repository.change(how)
    success, done = repository.github()
    assert success == passes, done["Gate"].stderr
    assert list(done) == ["Install", "Summarize", "Gate", "Summary", "Comment"], "the comment comes in any case"
    assert {name: step.returncode for name, step in done.items() if step.returncode} == ({} if passes else {"Gate": 1})
    assert repository.outcome() == outcome
    summary = (repository.root / "summary.md").read_text()
    assert summary == (repository.root / "out/gate.md").read_text()
    assert verdict_of(repository.root / "summary.md") == outcome
    assert repository.noted("pip") == [["install", "-r", "requirements.txt"]]
    assert repository.noted("gh") == [
        ["pr", "comment", "7", "--edit-last", "--create-if-none", "--body-file", "out/gate.md"]
    ]
    assert ("::error " in done["Gate"].stdout + done["Gate"].stderr) == (not passes)
    assert (repository.root / "out/run/run.json").exists(), "what is uploaded"


def test_github_without_a_verdict_has_nothing_to_comment(repository: Repository) -> None:
    (repository.root / "results/baselines/main.json").write_text("{")
    success, done = repository.github()
    assert not success
    assert done["Gate"].returncode == 2
    assert "results/baselines/main.json: damaged baseline" in done["Gate"].stderr
    assert list(done) == ["Install", "Summarize", "Gate"]
    assert repository.noted("gh") == []


@pytest.mark.parametrize(("how", "code", "outcome"), [("good", 0, "pass"), ("worse", 1, "regressed"),
                                                      ("uneven", 4, "inconclusive")])  # fmt: skip
def test_gitlab(repository: Repository, how: str, code: int, outcome: str) -> None:
    repository.change(how)
    assert repository.gitlab(NOTES_TOKEN=TOKEN) == code
    assert (GITLAB["allow_failure"]["exit_codes"] == code) == (how == "uneven")
    assert repository.outcome() == outcome
    assert repository.noted("pip") == [["install", "-r", "requirements.txt"]]
    (call,) = repository.noted("curl")
    assert call[-1] == "https://gitlab.example/api/v4/projects/3/merge_requests/7/notes"
    assert f"PRIVATE-TOKEN: {TOKEN}" in call
    assert "body@out/gate.md" in call
    report = ElementTree.parse(repository.root / GITLAB["artifacts"]["reports"]["junit"])  # noqa: S314  our own file
    assert len(list(report.iter("testcase"))) >= 6
    assert bool(list(report.iter("failure"))) == (code != 0)


def test_gitlab_without_a_token_writes_no_note(repository: Repository) -> None:
    assert repository.gitlab() == 0
    assert repository.noted("curl") == []


def other_recipe(repository: Repository) -> None:
    path = repository.root / "conf/experiment/summaries.yaml"
    path.write_text(path.read_text() + "metrics: {rouge: {use_stemmer: false}}\n")


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [("good", 0, ""), ("worse", 1, ""), ("uneven", 0, "::warning::too few"), ("other", 3, "::error::update the")],
)
def test_the_step_that_tells_exit_codes_apart(repository: Repository, how: str, code: int, said: str) -> None:
    repository.change("good" if how == "other" else how)
    if how == "other":
        other_recipe(repository)
    done = repository.bash(f"python summarize.py out/summaries.jsonl\n{OWN_CODES}", "-e")
    assert done.returncode == code, done.stderr
    assert said in done.stdout
    assert ("::" in done.stdout) == bool(said)


def test_margins_from_two_runs_of_one_system(started: Repository) -> None:
    done = started.bash(MARGINS, "-e")
    assert done.returncode == 0, done.stderr
    assert (started.root / "out/again.jsonl").read_bytes() != (started.root / "out/summaries.jsonl").read_bytes()
    # What the page says about an inconclusive value.
    assert re.search(r"could have shown a drop of 0\.\d+; \d+ documents would show", " ".join(done.stdout.split()))


def test_an_update_on_purpose(repository: Repository) -> None:
    repository.change("worse")
    assert not repository.github()[0]
    done = repository.bash(UPDATE, "-e")
    assert done.returncode == 0, done.stderr
    assert "regressed" in done.stdout
    assert "updated results/baselines/main.json" in done.stdout
    log = repository.bash("git log --format=%s -1 && git show --name-only --format= HEAD", "-e").stdout.splitlines()
    assert log == ["Summaries: shorter on purpose", "results/baselines/main.json"]
    shutil.rmtree(repository.root / "out")
    assert repository.github()[0], "accepted"


def rows(heading: str) -> dict[str, str]:
    """The first two columns of the table below a heading."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    cells = [re.split(r" *\| *", line.strip("| ")) for line in section.splitlines() if line.startswith("| ")]
    return {first: second for first, second, *_ in cells[2:]}


def test_the_tables_tell_every_verdict_and_exit_code() -> None:
    assert set(rows("Verdicts")) == set(get_args(Outcome))
    told: dict[str, Any] = rows("Exit codes")
    verdicts = {str(code) for code in (*EXIT_CODES.values(), BAD_INPUT)}
    assert set(told) == verdicts | {str(CRASH), f"{STOPPED}, {TERMINATED}"}
    assert all(told[code].startswith("none: ") for code in set(told) - verdicts), (
        "no verdict shares its code with these"
    )
    for outcome, code in EXIT_CODES.items():
        assert outcome in told[str(code)]


def test_nothing_secret_and_nothing_typed_into_a_script() -> None:
    """A value that GitHub fills in reaches the shell as a variable only: a title can't become a command."""
    assert not any("${{" in step["run"] for step in GITHUB if "run" in step)
    assert os.environ.get("NOTES_TOKEN") is None
