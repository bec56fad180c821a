"""The statistics pane in the whole window."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.datasets import make
from motionstudio.datasets.sample import to_clip
from motionstudio.gui.items.statistic_table import StatisticTable, TableData, sign_of
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.presenters.statistics import known_factors
from motionstudio.io import read_clip, write_clip
from tests.document.builders import subject
from tests.gui.conftest import MakeWindow
from tests.gui.gestures import click
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, open_clip


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, tmp_path: Path) -> MainWindow:
    made = make_window((1440, 900))
    frames = blob_frames(12, 48)
    masks = (frames[..., 0] > 120).astype(np.uint8)
    valid = np.ones(12, np.bool_)
    times = uniform_times(12, 20)
    clip = Clip(
        frames, times, masks=masks, mask_valid=valid, factors={"size": np.sin(np.arange(12.0))}
    )
    path = tmp_path / "beat.npz"
    write_clip(clip, path)
    open_clip(qtbot, made, path)
    made.bench.show_pane("statistics")
    qtbot.waitUntil(lambda: bool(table(made).order), timeout=20_000)
    return made


def table(window: MainWindow) -> StatisticTable:
    found: StatisticTable = window.presenters.explore.statistics_pane.table
    return found


def test_dimensions_are_sorted_by_variance_with_the_factors_of_the_clip(
    window: MainWindow,
) -> None:
    data = table(window).data
    assert (np.diff(data.variance[list(table(window).order)]) <= 0).all()
    assert data.factors == ("size", "area of label 1", "time")
    assert data.divergence is not None
    track = active(window).track
    assert track is not None
    assert np.allclose(data.variance, track.values[1:].var(axis=0))


def test_a_head_sorts_and_a_line_selects_its_dimension(window: MainWindow) -> None:
    shown = table(window)
    shown.sort_by(1)
    sizes = np.nan_to_num(np.abs(shown.data.correlation[:, 1]), nan=-1)
    assert (np.diff(sizes[list(shown.order)]) <= 0).all()
    click(shown, (10.0, shown.area(0).center().y()))
    assert window.session.selection.dims == (shown.order[0],)
    assert len(window.session.selection.rows) == 12


def test_the_table_is_written(window: MainWindow, tmp_path: Path) -> None:
    window.presenters.explore.statistics.export_file(tmp_path / "s.csv")
    with (tmp_path / "s.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [int(line["dimension"]) for line in lines] == list(range(8))
    assert float(lines[3]["variance"]) == pytest.approx(table(window).data.variance[3])
    assert "size" in lines[0]


def test_generated_clips_bring_their_factors_and_files_keep_them(tmp_path: Path) -> None:
    clip = to_clip(make("figures", {"frames": 4}, 1, 0))
    assert clip.factors
    write_clip(clip, tmp_path / "f.npz")
    again = read_clip(tmp_path / "f.npz")
    assert again.factors.keys() == clip.factors.keys()
    for name, known in clip.factors.items():
        assert np.array_equal(again.factors[name], known)


def test_a_clip_that_says_nothing_still_has_its_time() -> None:
    values, names = known_factors(subject())
    assert names == ("time",)
    assert values.shape == (6, 1)


def test_columns_of_many_factors_are_scrolled_to_not_cut_off(qtbot: Any) -> None:
    made = StatisticTable()
    qtbot.addWidget(made)
    factors = tuple(f"factor {place}" for place in range(16))
    ones = np.ones(4)
    made.set_data(
        TableData(("z0", "z1", "z2", "z3"), ones, ones, ones > 0, factors, np.zeros((4, 16)))
    )
    for width in (made.minimumSizeHint().width(), 360, 520, 800):
        made.resize(max(width, made.minimumSizeHint().width()), 200)
        assert max(area.right() for area in made._columns().values()) <= made.width()


def test_every_column_has_a_sign_of_its_own_that_fits() -> None:
    signs = [sign_of(factor) for factor in range(35)]
    assert signs[:10] == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "a"]
    assert len(set(signs)) == 35
    assert {len(sign) for sign in signs} == {1}
