from __future__ import annotations

import json
import math

import pytest

from motionstudio.evaluation.report import Report
from motionstudio.evaluation.table import Column, Figure, Row, Scores, Table, mean_of


def _table() -> Table:
    scores = Scores()
    for first, second in ((1.0, math.nan), (2.0, 5.0), (3.0, math.nan)):
        scores.add("ours", {"a": first, "b": second})
    scores.add("theirs", {"a": 10.0})
    scores.remark("third", "not installed.")
    columns = (Column("a", "A px", 2, True), Column("b", "B"), Column("c", "C"))
    return Table("tracking", "Title", columns, scores.rows(), "A note.")


def test_mean_and_standard_error() -> None:
    figure = _table().row("ours").figures["a"]
    assert (figure.mean, figure.count) == (2.0, 3)
    assert figure.error == pytest.approx(1 / math.sqrt(3))


def test_undefined_values_are_left_out_and_all_undefined_gives_no_figure() -> None:
    assert _table().row("ours").figures["b"] == Figure(5.0, 0.0, 1)
    assert Figure.of([math.nan]) is None


def test_mean_of_frames_leaves_undefined_frames_out() -> None:
    assert mean_of([{"a": 1.0, "b": math.nan}, {"a": 3.0, "b": 2.0}]) == {"a": 2.0, "b": 2.0}


def test_text_is_aligned_and_has_no_empty_columns() -> None:
    lines = _table().text().splitlines()
    assert lines[0] == "Title"
    head, rule, ours, theirs = lines[1:5]
    assert len(head) == len(rule) == len(ours) == len(theirs)
    assert "C" not in head.split()
    assert "2.00 ± 0.58" in ours
    assert theirs.rstrip().endswith("-")
    assert lines[5:] == ["third: not installed.", "A note."]


def test_one_case_has_no_standard_error() -> None:
    columns = (Column("a", "A", 2, True),)
    table = Table("t", "Title", columns, (Row("one", {"a": Figure(3.5, 0.0, 1)}),))
    assert "3.50" in table.text()
    assert "±" not in table.text()


def test_markdown_has_one_cell_per_column_in_every_line() -> None:
    rows = [line for line in _table().markdown().splitlines() if line.startswith("|")]
    assert len(rows) == 4
    assert {line.count("|") for line in rows} == {4}


def test_json_holds_every_figure_with_error_and_count() -> None:
    plain = json.loads(Report("heart", "abc", (_table(),), ("left out.",)).json())
    assert plain["model"] == "heart"
    assert plain["notes"] == ["left out."]
    ours = plain["tables"][0]["rows"][0]
    assert ours["figures"]["a"]["count"] == 3
    assert plain["tables"][0]["rows"][2]["remark"] == "not installed."


def test_an_unknown_row_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        _table().row("nobody")


def test_bars_in_a_cell_do_not_divide_it() -> None:
    table = Table(
        "t", "T", (Column("g", "|grad det J|"),), (Row("a|b", {"g": Figure(1.0, 0.0, 1)}),)
    )
    head, _, row = table.markdown().splitlines()[2:5]
    assert head == "|  | \\|grad det J\\| |"
    assert row == "| a\\|b | 1.000 |"
