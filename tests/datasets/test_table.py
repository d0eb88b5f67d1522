from __future__ import annotations

import csv
import math
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.errors import InputError, MissingExtra
from bench.meta.scoretable import from_table

HEAD = "system,example,document,rouge,human.coherence,fluency,split\n"


def write_table(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_csv(tmp_path: Path) -> None:
    text = HEAD + 'a,e1,d1,0.5,4,1e-1,test\r\n"a, b",e2,d1,,nan,.5,\n\na,e2,d2, -2.5 ,3.0,,valid\n'
    table = from_table(write_table(tmp_path / "t.csv", "\ufeff" + text), humans=["fluency"], lower_is_better=["rouge"])
    assert table.systems.tolist() == ["a", "a, b", "a"]
    assert table.documents.tolist() == ["d1", "d1", "d2"]
    assert table.groups["split"].tolist() == ["test", "", "valid"]
    np.testing.assert_equal(dict(table.metrics), {"rouge": [0.5, math.nan, -2.5]})
    np.testing.assert_equal(dict(table.humans), {"coherence": [4, math.nan, 3], "fluency": [0.1, 0.5, math.nan]})
    assert table.lower_is_better == {"rouge"}
    tabs = from_table(write_table(tmp_path / "t.tsv", "system\tdocument\tm\thuman.f\ns\td\t1,5\t2\n".replace(",", ".")))
    assert (tabs.documents.tolist(), tabs.metrics["m"].tolist(), tabs.humans["f"].tolist()) == (["d"], [1.5], [2.0])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD + "a,e,d,high,4,1,t\n", "line 2, column 'rouge': 'high' is not a number"),
        (HEAD + "a,e,d,1,4,1,t\na,e2,d,1_0,4,1,t\n", "line 3, column 'rouge': '1_0' is not a number"),
        (HEAD + 'a,e,d,1,"4,5",1,t\n', "line 2, column 'coherence': '4,5' is not a number"),
        (HEAD + "a,e,d,1,NA,1,t\n", "line 2, column 'coherence': 'NA' is not a number. Leave the cell empty"),
        (HEAD + "a,e,d,1,-inf,1,t\n", "line 2, column 'coherence': '-inf' is not a number"),
        (HEAD + "a,e,d,1e999,4,1,t\n", "line 2, column 'rouge': must be finite"),
        (HEAD + 'a,e,d,"1\n",4,1,t\na,e2,d,x,4,1,t\n', "line 4, column 'rouge'"),
        (HEAD + "a,e,d,1,4,1\n", "line 2: has 6 cells, but there are 7 columns"),
        (HEAD + "a,,d,1,4,1,t\n", "line 2, column 'example': is empty"),
        (
            HEAD + "a,e,d,1,4,1,t\n\na,e,f,2,4,1,t\n",
            "line 4: duplicate: {file}, line 2 has example 'e' and system 'a' already",
        ),
        (HEAD + 'a,e,d,"1,4,1,t\n', "line 2: malformed table"),
        (HEAD, "has no rows below its names"),
        ("", "is empty; the first line must name the columns"),
        ("system,example,m,m,human.c\n", "two columns are called 'm'"),
        (",system,example,m,human.c\n", "column 1 has no name"),
        ("example,m,human.c\n", "no column 'system'; there are: example, m, human.c"),
        ("system,m,human.c\n", "no column 'example' or 'document'"),
        ("system,example,m,coherence\n", "no column of human scores"),
        ("system,example,human.c\n", "no column of metric scores"),
    ],
)  # fmt: skip
def test_bad_tables_are_named(tmp_path: Path, text: str, says: str) -> None:
    path = write_table(tmp_path / "t.csv", text)
    with pytest.raises(InputError) as caught:
        from_table(path)
    assert str(caught.value).startswith(str(path))
    assert says.replace("{file}", str(path)) in str(caught.value)


def test_columns_that_are_not_there(tmp_path: Path) -> None:
    path = write_table(tmp_path / "t.csv", HEAD + "a,e,d,1,4,1,t\n")
    with pytest.raises(InputError, match=r"no column 'fluencey' of human scores\. Did you mean 'fluency'\?"):
        from_table(path, humans=["fluencey"])
    with pytest.raises(InputError, match=r"no metric column 'coherence' \(lower is better\)"):
        from_table(path, lower_is_better=["coherence"])
    with pytest.raises(InputError, match=r"must end in \.csv, \.tsv or \.parquet"):
        from_table(tmp_path / "t.xlsx")
    with pytest.raises(InputError, match=r"u\.csv: no such file. Did you mean 't\.csv'\?"):
        from_table(tmp_path / "u.csv")
    twice = write_table(tmp_path / "2.csv", "system,example,m,c,human.c\n")
    with pytest.raises(InputError, match=r"columns 'c' and 'human\.c' are the same dimension"):
        from_table(twice, humans=["c"])


NUMBERS = st.none() | st.floats(allow_nan=False, allow_infinity=False)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(
    lambda name: name.strip() == name
)


@settings(max_examples=25)
@given(rows=st.lists(st.tuples(NUMBERS, NUMBERS, NAMES), min_size=1, max_size=5))
def test_csv_and_parquet_give_back_what_was_written(
    rows: list[tuple[float | None, float | None, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Bit for bit, whatever the names of the systems hold; a missing number stays missing."""
    duckdb = pytest.importorskip("duckdb")
    folder = tmp_path_factory.mktemp("tables")
    cells = [(system, index, score, human) for index, (score, human, system) in enumerate(rows)]
    with (folder / "t.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("system", "example", "m", "human.c"), *cells])
    with duckdb.connect(":memory:") as database:
        database.execute('CREATE TABLE t (system VARCHAR, example INTEGER, m DOUBLE, "human.c" DOUBLE)')
        database.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", cells)
        database.execute(f"COPY t TO '{folder / 't[1]*.parquet'}' (FORMAT PARQUET)")
    for table in (from_table(folder / "t.csv"), from_table(folder / "t[1]*.parquet")):
        assert table.systems.tolist() == [system for _, _, system in rows]
        assert table.documents.tolist() == [str(index) for index in range(len(rows))]
        np.testing.assert_array_equal(table.metrics["m"], [math.nan if m is None else m for m, _, _ in rows])
        np.testing.assert_array_equal(table.humans["c"], [math.nan if c is None else c for _, c, _ in rows])


def test_bad_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb")

    judged = pd.DataFrame({"system": ["a", "b"], "example": ["e", "e"], "m": [1.0, 2.0], "human.c": [1.5, None]})

    def write(name: str, **columns: Any) -> Path:
        duckdb.from_df(judged.assign(**columns)).write_parquet(str(tmp_path / name))
        return tmp_path / name

    def message(**columns: Any) -> str:
        path = write("t.parquet", **columns)
        with pytest.raises(InputError) as caught:
            from_table(path)
        return str(caught.value).removeprefix(f"{path}, ")

    np.testing.assert_equal(from_table(write("good.parquet")).humans["c"], [1.5, math.nan])
    whole = [Decimal("1.25"), Decimal("2.50")]
    assert from_table(write("whole.parquet", m=whole)).metrics["m"].tolist() == [1.25, 2.5]
    assert message(m=[False, True]) == "row 1, column 'm': must be a number, not False."
    assert message(m=[1, math.inf]) == "row 2, column 'm': must be finite, not inf."
    assert message(m=["1", "x"]).startswith("row 2, column 'm': 'x' is not a number.")
    assert message(system=["a", "a"]).startswith("row 2: duplicate: ")
    assert message(system=[1.5, 2.5]).startswith("row 1, column 'system': must be a text or a whole number, not 1.5")
    assert message(system=["a", None]).startswith("row 2, column 'system': is empty")
    with pytest.raises(InputError, match=r"no such file"):
        from_table(tmp_path / "none.parquet")
    (tmp_path / "torn.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match=r"torn\.parquet: can't be read as Parquet"):
        from_table(tmp_path / "torn.parquet")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MissingExtra, match=r"sumbench\[history\]"):
        from_table(tmp_path / "good.parquet")
