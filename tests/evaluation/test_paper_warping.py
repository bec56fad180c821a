"""The claims of the two systems that bend their source."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from motionstudio.evaluation import paper_fomm, paper_genlmm
from motionstudio.evaluation.paper import SYSTEMS, PaperRun
from motionstudio.evaluation.paper_fomm import without_matrices
from motionstudio.evaluation.table import Column, Figure, Row, Table
from tests.models import tiny_fomm


@pytest.mark.parametrize("module", [paper_fomm, paper_genlmm])
def test_without_its_checkpoint_a_claim_is_not_tried(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "list_models", list)
    (claim,) = module.claims(PaperRun(None, 20)).claims
    assert claim.holds is None
    assert "not at hand" in claim.ours
    assert {"genlmm", "fomm"} <= set(SYSTEMS)


def test_matrices_at_rest_leave_the_keypoints_where_they_are() -> None:
    model = tiny_fomm.fresh()
    size = model.card.size
    frames = np.random.default_rng(0).random((3, model.card.channels, size, size), np.float32)
    motion = model.encode(frames, np.ones(3, np.bool_), np.arange(3.0))
    plain = without_matrices(model, motion)
    for dims in model.card.groups.values():
        np.testing.assert_array_equal(plain.mean[:, list(dims[:2])], motion.mean[:, list(dims[:2])])
        assert not plain.mean[:, list(dims[2:])].any()
    assert motion.mean[1:].any()


def _table(task: str, rows: dict[str, dict[str, float]]) -> Table:
    columns = tuple(Column(key, key) for key in next(iter(rows.values())))
    made = tuple(
        Row(name, {key: Figure(value, 0.0, 1) for key, value in figures.items()})
        for name, figures in rows.items()
    )
    return Table(task, task, columns, made)


@pytest.mark.parametrize(("own", "holds"), [(0.4, True), (0.9, False)])
def test_a_model_must_beat_every_rival(own: float, holds: bool) -> None:
    rivals = {key: {"epe": 0.6, "gradient": 0.05, "folds": 0.0} for key in paper_genlmm.RIVALS}
    tracked = _table("tracking", {paper_genlmm.ENCODED: {"epe": own, "gradient": 0.02,
                     "folds": 0.0}, **rivals})  # fmt: skip
    jitter = {"model, as encoded": {"jitter": 0.1},
              **{key: {"jitter": 0.2} for key in paper_genlmm.RIVALS[:2]}}  # fmt: skip
    found = list(paper_genlmm._tracking(tracked, _table("jitter", jitter)))
    assert [claim.holds for claim in found] == [holds, True, True, True]
    assert f"{own:.3f}" in found[0].ours


@pytest.mark.parametrize(
    ("share", "bend", "holds"),
    [(0.02, 1, False), (0.7, 1, True), (3.0, 1, False), (0.7, 3.5, False)],
)
def test_draws_must_move_and_bend_about_as_much_as_recordings(
    share: float, bend: float, holds: bool
) -> None:
    drawn = _table("simulation", {
        "recorded motions, encoded": {"amplitude": 2.0, "jitter": 0.1},
        "drawn, prior": {"amplitude": 2 * share, "jitter": 0.1 * bend},
        "drawn, learned": {"amplitude": 2.0, "jitter": 0.1},
    })  # fmt: skip
    assert paper_genlmm._drawing(drawn).holds is holds
