"""The claims of DRAW: measured on digits that are at hand, said to be untried elsewhere."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from motionstudio.core.locations import CHECKPOINTS_VARIABLE
from motionstudio.datasets import mnist
from motionstudio.evaluation import paper_draw
from motionstudio.evaluation.paper import PaperRun
from motionstudio.models.checkpoint import write_checkpoint
from motionstudio.models.draw_model import card_of
from tests.models import tiny_draw


@pytest.fixture
def data(tmp_path: Path) -> Path:
    pictures = np.zeros((mnist.HELD_OUT + 1, 28, 28), np.uint8)
    pictures[:, 6:22, 12:16] = 255
    path = tmp_path / "data" / mnist.IMAGES
    path.parent.mkdir(parents=True)
    head = bytes([0, 0, 8, 3]) + np.array(pictures.shape, ">u4").tobytes()
    path.write_bytes(gzip.compress(head + pictures.tobytes()))
    return tmp_path / "data"


@pytest.fixture
def checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "checkpoints"
    configs = {paper_draw.WITH: tiny_draw.CONFIG, paper_draw.WITHOUT: tiny_draw.PLAIN}
    for name, small in configs.items():
        config = replace(small, size=28)
        state = tiny_draw.network(config).state_dict()
        weights = {key: value.numpy() for key, value in state.items()}
        write_checkpoint(folder / name, card_of(name, config, steps=7), weights)
    monkeypatch.setenv(CHECKPOINTS_VARIABLE, str(folder))
    return folder


@pytest.mark.usefixtures("checkpoints")
def test_both_models_are_measured_on_the_same_digits(data: Path) -> None:
    found = paper_draw.claims(PaperRun(data, 6))
    (table,) = found.tables
    bounds = {row.name: row.figures["bound"] for row in table.rows}
    assert set(bounds) == {paper_draw.WITH, paper_draw.WITHOUT}
    assert all(figure.count == 6 for figure in bounds.values())
    first = found.claims[0]
    assert first.recalled
    assert "80.97" in first.paper
    assert first.holds is (bounds[paper_draw.WITH].mean < bounds[paper_draw.WITHOUT].mean)
    assert f"{bounds[paper_draw.WITH].mean:.1f} nats with attention" in first.ours
    assert "7 steps" in first.note
    for row in table.rows:
        assert row.figures["weighted"].mean <= row.figures["bound"].mean
        assert 0.25 <= row.figures["dearest"].mean <= 1


@pytest.mark.usefixtures("checkpoints")
def test_without_digits_nothing_is_claimed(tmp_path: Path) -> None:
    for data in (None, tmp_path):
        (claim,) = paper_draw.claims(PaperRun(data, 6)).claims
        assert claim.holds is None
        assert mnist.IMAGES in claim.ours
