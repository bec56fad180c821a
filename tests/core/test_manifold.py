"""Shares of the prior, and latent dimensions as axes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from motionstudio.core.manifold import EDGE, latent_at, share_below
from motionstudio.core.projection import FitOptions, dimensions, plane_grid, traversal

PLAIN = FitOptions(scope="dimensions")


@given(arrays(np.float64, (3, 2), elements=st.floats(-3.5, 3.5)))
def test_a_latent_comes_back_from_its_share(latents: np.ndarray) -> None:
    assert np.allclose(latent_at(share_below(latents)), latents, atol=1e-6)


def test_shares_are_those_of_the_standard_normal_and_never_reach_the_ends() -> None:
    assert share_below(np.array([0.0, 1.959964])) == pytest.approx([0.5, 0.975], abs=1e-6)
    assert share_below(np.array([-40.0, 40.0])).tolist() == [EDGE, 1 - EDGE]
    assert np.isfinite(latent_at(np.array([-1.0, 0.0, 1.0, 2.0]))).all()


def test_scores_are_absolute_latents_and_a_step_changes_one_dimension() -> None:
    found = dimensions(np.array([0.5, -1.0], np.float32), PLAIN)
    rows = np.array([[0.0, 0.0], [1.0, 2.0]])
    assert found.scores(rows).tolist() == [[0.5, -1.0], [1.5, 1.0]]
    assert np.allclose(found.rows(found.scores(rows)), rows)
    assert found.step((1,), (0.25,)).tolist() == [0.0, 0.25]
    assert found.name(1) == found.short(1) == "z1"
    middle = traversal(found, 0, 5)[2]
    assert middle.tolist() == [-0.5, 1.0], "the middle of the prior, relative to the reference"


def test_a_grid_of_shares_has_the_same_part_of_the_prior_between_its_pictures() -> None:
    found = dimensions(np.zeros(2), PLAIN)
    rows = plane_grid(found, (0, 1), (0.0, 1.0, 0.0, 1.0), (4, 4), latent_at)
    across = share_below(rows[:4, 0].astype(np.float64))
    assert across == pytest.approx([0.125, 0.375, 0.625, 0.875], abs=1e-6)
    assert rows[0, 1] > rows[-1, 1], "the first line is the top one"
