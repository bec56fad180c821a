"""Differences case for case: what is noise, what is not, and which way."""

from __future__ import annotations

import json

import pytest

from motionstudio.evaluation.columns import DICE, RMSE, SSIM
from motionstudio.evaluation.compared import differences
from motionstudio.evaluation.dot_chart import dot_chart
from motionstudio.evaluation.report import Report
from motionstudio.evaluation.table import Scores, Table


def _table(rival: list[float], own: list[float], column: str = "rmse") -> Table:
    scores = Scores()
    for place, (a, b) in enumerate(zip(own, rival, strict=True)):
        scores.add("model", {column: a, "ssim": a}, f"clip {place}")
        scores.add("rival", {column: b, "ssim": b}, f"clip {place}")
    return Table("t", "T", (DICE, RMSE, SSIM), scores.rows(), main=("model",))


def test_a_small_difference_of_all_clips_counts_though_clips_differ_much() -> None:
    own = [0.1, 0.5, 0.9, 1.4]
    table = _table([value + 0.01 + 0.001 * k for k, value in enumerate(own)], own)
    (found,) = differences(table)
    assert found.interval.mean == pytest.approx(-0.0115)
    assert found.interval.count == 4
    assert found.verdict == "better"
    assert "n = 4: better" in Report("m", "h", (table,)).text()


def test_more_is_better_for_dice_and_noise_is_called_noise() -> None:
    assert differences(_table([0.9, 0.8, 0.85], [0.7, 0.6, 0.65], "dice"))[0].verdict == "worse"
    (noisy,) = differences(_table([0.9, 0.1, 0.5], [0.1, 0.9, 0.5]))
    assert noisy.verdict == "no difference beyond noise"


def test_only_clips_that_both_have_are_paired() -> None:
    scores = Scores()
    scores.add("model", {"rmse": 1.0}, "a")
    scores.add("model", {"rmse": 2.0}, "b")
    scores.add("rival", {"rmse": 5.0}, "b")
    table = Table("t", "T", (RMSE,), scores.rows(), main=("model",))
    assert differences(table) == ()
    assert differences(Table("t", "T", (RMSE,), scores.rows())) == ()


def test_json_lists_every_clip_with_units_and_differences() -> None:
    table = _table([2.0, 3.0], [1.0, 2.5])
    plain = json.loads(Report("m", "h", (table,)).json())
    (found,) = plain["tables"]
    assert found["columns"]["rmse"] == {"heading": "RMSE", "unit": "", "better": "less"}
    assert found["rows"][0]["clips"][1] == {"clip": "clip 1", "figures": {"rmse": 2.5, "ssim": 2.5}}
    assert found["differences"][0]["figure"] == "rmse"
    assert found["differences"][0]["confidence"] == 0.95
    assert plain["format"] == 1


def test_an_interval_that_leaves_the_chart_points_out_of_it() -> None:
    wide = dot_chart("T", "px", {"two": [1.0, 2.0]}, ())
    assert ("\u25c2" in wide, "\u25b8" in wide) == (True, True)
    narrow = dot_chart("T", "px", {"many": [1.0, 2.0] * 9}, ())
    assert "\u25c2" not in narrow
    assert "\u25b8" not in narrow
