from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float
from motionstudio.core.pca import Double, pca
from motionstudio.core.projection import FitOptions, fit
from motionstudio.io.projection_write import (
    ProjectedMotion,
    parameters,
    write_projection,
)

options = st.builds(FitOptions, centre=st.sampled_from(["mean", "rest"]), whiten=st.booleans())


def scores_from(facts: dict[str, Any], rows: Float | Double) -> Double:
    """What a reader makes of latent rows (n, D) with the parameters of a file alone."""
    mean, components = np.asarray(facts["mean"]), np.asarray(facts["components"])
    return np.asarray((rows - mean) @ components.T / np.asarray(facts["unit"]))


def motions(seed: int = 0) -> list[ProjectedMotion]:
    rng = np.random.default_rng(seed)
    return [
        ProjectedMotion(
            f"walk {i}", np.arange(5), np.arange(5) / 10,
            (rng.normal(size=(5, 4)) * [3, 2, 1, 0.5]).astype(np.float32), np.arange(5) > 0,
        )
        for i in range(3)
    ]  # fmt: skip


def test_statement_17_recomputing_from_the_file_gives_the_same_points_up_to_sign(
    tmp_path: Path,
) -> None:
    made = motions()
    cloud = np.concatenate([m.rows[m.fitted] for m in made])
    projection = fit(cloud, FitOptions(whiten=True))
    path = tmp_path / "points.npz"
    write_projection(path, projection, made, model="heart", model_hash="abc")
    with np.load(path) as held:
        words = json.loads(str(held["parameters"]))
        again = pca(held["rows"][held["in_fit"]])
        spread = np.sqrt(again.variance)
        found = again.project(held["rows"]) / spread
        kept = held["scores"]
        assert words["fit"] == {
            "scope": "all", "reference_rows": False, "centre": "mean", "whiten": True, "rows": 12,
        }  # fmt: skip
        assert (words["model"], words["model_hash"]) == ("heart", "abc")
    signs = np.sign((found * kept).sum(axis=0))
    assert np.allclose(found * signs, kept, atol=1e-9)


@given(options)
def test_the_parameters_alone_turn_rows_into_scores(chosen: FitOptions) -> None:
    cloud = np.concatenate([m.rows for m in motions()]).astype(np.float64)
    projection = fit(cloud, chosen)
    facts = json.loads(json.dumps(parameters(projection, "heart", "abc")))
    assert np.allclose(scores_from(facts, cloud), projection.scores(cloud), atol=1e-12)


def test_a_table_has_its_parameters_beside_it(tmp_path: Path) -> None:
    made = motions()
    projection = fit(made[0].rows, FitOptions())
    write_projection(tmp_path / "p.csv", projection, made, model="heart", model_hash="abc")
    with (tmp_path / "p.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    facts = json.loads((tmp_path / "p.json").read_text())
    assert len(lines) == 15
    assert lines[6]["subject"] == "walk 1"
    assert lines[6]["in_fit"] == "1"
    expected = scores_from(facts, made[1].rows[1:2].astype(np.float64))[0]
    found = [float(lines[6][f"pc{i + 1}"]) for i in range(len(expected))]
    assert np.allclose(found, expected, atol=1e-12)


def test_json_holds_the_points_as_well(tmp_path: Path) -> None:
    made = motions()
    projection = fit(made[0].rows, FitOptions())
    write_projection(tmp_path / "p.json", projection, made, model="m", model_hash="")
    held = json.loads((tmp_path / "p.json").read_text())
    assert len(held["motions"]) == 3
    assert np.shape(held["motions"][0]["scores"]) == (5, 4)


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    projection = fit(motions()[0].rows, FitOptions())
    with pytest.raises(MotionStudioError, match="unknown suffix"):
        write_projection(tmp_path / "p.txt", projection, motions(), model="m", model_hash="")
