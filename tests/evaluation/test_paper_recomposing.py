"""Trials of recomposing: known answers, and claims without what they need."""

from __future__ import annotations

import numpy as np
import pytest

from motionstudio.core.motion import Float
from motionstudio.core.motion_windows import Span
from motionstudio.evaluation import paper_recomposing as claims
from motionstudio.evaluation import recomposing_trials as trials
from motionstudio.evaluation.motion_baselines import flow_histogram, pixel_vector
from motionstudio.evaluation.paper import PaperRun


def drifting(dx: int, dy: int) -> Float:
    field = np.random.default_rng(1).random((80, 80)).astype(np.float32)
    soft = sum(np.roll(field, (i, j), (0, 1)) for i in range(4) for j in range(4)) / 16
    return np.stack([np.roll(soft, (dy * t, dx * t), (0, 1))[None, :48, :48] for t in range(5)])


def test_flow_histograms_know_direction_and_pixels_do_not() -> None:
    right, left, other = drifting(2, 0), drifting(-2, 0), drifting(2, 0)[..., ::-1, :]
    same, opposite = (
        flow_histogram(right) @ flow_histogram(other),
        flow_histogram(right) @ flow_histogram(left),
    )
    assert same > 0.8 > opposite + 0.3
    assert pixel_vector(right) @ pixel_vector(right) == pytest.approx(1, abs=1e-5)


def test_a_subject_never_finds_itself() -> None:
    rows = np.eye(4, dtype=np.float32)
    rows[1] = rows[0]
    does = np.array(["walk", "slash", "walk", "slash"])
    who = np.array([0, 0, 1, 1])
    rows[2], rows[3] = [0.9, 0, 0, 0.1], [0, 0.9, 0.1, 0]
    found = trials.found_among_others(rows, rows, does, who)
    assert 0 <= found <= 1
    perfect = np.array([[1, 0], [0, 1], [1, 0], [0, 1]], np.float32)
    assert trials.found_among_others(perfect, perfect, does, who) == 1


def test_moments_are_found_by_what_other_tones_leave_alone() -> None:
    clips = [drifting(2, 0), drifting(-2, 0), drifting(0, 2), drifting(0, -2)]
    places = [(number, Span(0, 4)) for number in range(4)]
    assert trials.moments_found(flow_histogram, clips, places) == (1, 1)


def test_the_area_under_the_curve_is_a_probability() -> None:
    high, low = np.array([3, 4, 5], np.float32), np.array([0, 1], np.float32)
    assert trials._area(high, low) == 1
    assert trials._area(low, high) == 0
    assert trials._area(high, np.zeros(0, np.float32)) == 0.5


def test_without_checkpoints_or_data_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(claims, "list_models", list)
    found = claims.claims(PaperRun(None, 4)).claims
    assert [claim.holds for claim in found] == [None, None]
    assert all("is not at hand" in claim.ours for claim in found)
