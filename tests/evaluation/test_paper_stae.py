"""The claims of the spatio-temporal autoencoder: measured where it is at hand, else untried."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from motionstudio.core.locations import CHECKPOINTS_VARIABLE
from motionstudio.evaluation import paper_stae
from motionstudio.evaluation.paper import PaperRun
from motionstudio.evaluation.paper_stae import AHEAD, COPY, FLOW, MODEL_NAME, Shown
from motionstudio.models.checkpoint import write_checkpoint
from motionstudio.models.stae_model import card_of
from tests.models import tiny_stae


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CHECKPOINTS_VARIABLE, str(tmp_path))
    return tmp_path


def test_without_the_checkpoint_nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper_stae, "MODEL", "nowhere")
    (claim,) = paper_stae.claims(PaperRun(None, 3)).claims
    assert claim.holds is None
    assert "not at hand" in claim.ours


def test_digits_are_measured_beside_rivals_and_absent_recordings_are_said(folder: Path) -> None:
    model = tiny_stae.fresh()
    weights = {k: v.numpy() for k, v in model.network.state_dict().items()}
    weights |= model.space.arrays()
    write_checkpoint(
        folder / paper_stae.MODEL, card_of(paper_stae.MODEL, tiny_stae.CONFIG), weights
    )
    found = paper_stae.claims(PaperRun(None, 2))
    near, far = found.tables
    assert [row.name for row in near.rows] == [MODEL_NAME, COPY, FLOW]
    late = {row.name: row.figures["late"].mean for row in near.rows}
    assert found.claims[0].holds is (late[MODEL_NAME] < min(late[COPY], late[FLOW]))
    assert f"copying {late[COPY]:.2f}" in found.claims[0].ours
    assert len(far.columns) == AHEAD
    untried = [claim for claim in found.claims if claim.holds is None]
    assert [claim.claim for claim in untried] == [title for title, _ in paper_stae.REAL]


def test_copying_a_still_is_perfect_and_constant_flow_follows_a_drift() -> None:
    model, rng = tiny_stae.fresh(), np.random.default_rng(0)
    still = np.repeat(rng.random((1, 1, 16, 16), np.float32), 16, 0)
    table = paper_stae.next_table("still", model, [Shown(still)])
    assert table.row(COPY).figures["late"].mean == 0
    blob = np.exp(-((np.arange(16) - 7.5) ** 2) / 12)
    picture = np.outer(blob, blob).astype(np.float32)
    drift = np.stack([np.roll(picture, t // 2, 1) for t in range(0, 32, 2)])[:, None]
    flowing = paper_stae.next_table("drift", model, [Shown(drift[:9])])
    assert flowing.row(FLOW).figures["first"].mean < flowing.row(COPY).figures["first"].mean
