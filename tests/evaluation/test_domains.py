"""Test subjects and what is measured on them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from motionstudio.core.motion import RowKind
from motionstudio.datasets import Sample
from motionstudio.evaluation.domains import (
    DOMAINS,
    FIRST_TEST,
    Truth,
    columns,
    domain_of,
    looked_at,
    pairs,
    subjects,
)
from motionstudio.models.base import Capability, ModelCard


@pytest.fixture(scope="module")
def heart() -> Sample:
    return next(subjects(DOMAINS["heart"], 64, 1))


def _card(channels: int, path: Path | None = None) -> ModelCard:
    return ModelCard(
        name="x", system="s", title="t", capabilities=Capability.NONE, rows=RowKind.FRAME,
        channels=channels, size=64, dims=2, path=path,
    )  # fmt: skip


def test_test_subjects_lie_beyond_everything_that_is_trained_on_or_watched(heart: Sample) -> None:
    assert heart.meta.index == FIRST_TEST > 1_000_000


def test_the_kind_of_subject_follows_the_recipe_before_the_channels(tmp_path: Path) -> None:
    assert domain_of(_card(1)).generator == "heart"
    assert domain_of(_card(3)).generator == "figures"
    (tmp_path / "recipe.toml").write_text(
        'name = "x"\ntitle = "t"\n[[data]]\nkind = "generator"\ngenerator = "figures"\n'
        "count = 2\n[[stages]]\nsteps = 1\n"
    )
    assert domain_of(_card(1, tmp_path)).generator == "figures"


def test_the_extreme_frame_comes_first_and_the_reference_never(heart: Sample) -> None:
    rows = looked_at(DOMAINS["heart"], heart)
    areas = [int((labels == 1).sum()) for labels in heart.labels]
    assert areas[rows[0]] <= min(areas) + 4
    assert 0 not in rows
    assert len(set(rows)) == len(rows) in (4, 5)


@pytest.mark.parametrize("name", sorted(DOMAINS))
def test_the_true_field_has_no_error_and_warps_labels_and_pictures_well(name: str) -> None:
    domain = DOMAINS[name]
    sample = next(subjects(domain, 64, 1))
    t = looked_at(domain, sample)[0]
    truth = Truth.of(domain, sample, t)
    at_rest = truth.measure(np.zeros_like(sample.displacement[t]))
    at_best = truth.measure(sample.displacement[t])
    assert at_best["epe"] == at_best["epe picture"] == 0.0
    assert at_rest["epe"] > 0.3
    assert at_best["dice"] > max(0.75, at_rest["dice"])
    assert at_best["rmse clean"] < at_rest["rmse clean"]
    assert at_rest["folds"] == at_rest["gradient"] == 0.0


def test_every_measure_has_a_column(heart: Sample) -> None:
    domain = DOMAINS["heart"]
    measured = Truth.of(domain, heart, 3).measure(heart.displacement[3])
    assert set(measured) <= {column.key for column in columns(domain)}
    assert {"dice LV", "dice MYO", "dice RV", "hd95", "ssim", "epe focus"} <= set(measured)


def test_a_uniform_error_is_the_end_point_error_everywhere(heart: Sample) -> None:
    truth = Truth.of(DOMAINS["heart"], heart, 5)
    off = heart.displacement[5] + np.array([0.6, -0.8], np.float32)[:, None, None]
    measured = truth.measure(off, outlines=False)
    for key in ("epe", "epe focus", "epe picture"):
        assert measured[key] == pytest.approx(1.0, abs=1e-5)
    assert "hd95" not in measured


def test_the_region_is_the_organ_and_a_margin_where_frame_zero_shows_it(heart: Sample) -> None:
    truth = Truth.of(DOMAINS["heart"], heart, 5)
    organ = heart.labels[5] > 0
    assert not (truth.region & ~heart.valid[5]).any()
    assert truth.region[organ & heart.valid[5]].all()
    assert truth.region.sum() > (organ & heart.valid[5]).sum()


def test_both_of_a_pair_move_alike_at_the_same_times() -> None:
    a, b = next(pairs(DOMAINS["heart"], 64, 1))
    np.testing.assert_array_equal(a.times, b.times)
    assert not np.array_equal(a.labels[0], b.labels[0])
