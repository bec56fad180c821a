"""A clip, a folder of checkpoints with one fresh model, and a way to run command lines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from motionstudio.cli import run
from motionstudio.models.checkpoint import write_checkpoint
from tests.models import tiny

COUNT = 8


class Outcome(NamedTuple):
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Outcome]


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("MOTIONSTUDIO_DEVICE", "cpu")

    def call(*words: object) -> Outcome:
        capfd.readouterr()
        code = run([str(word) for word in words])
        out, err = capfd.readouterr()
        return Outcome(code, out, err)

    return call


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of checkpoints that holds the model "fresh"."""
    folder = tmp_path_factory.mktemp("checkpoints")
    write_checkpoint(folder / "fresh", tiny.card(), tiny.weights())
    return folder


@pytest.fixture
def fresh(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the model "fresh", which commands find by that name."""
    monkeypatch.setenv("MOTIONSTUDIO_CHECKPOINTS", str(shelf))
    return shelf / "fresh"


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An .npz of COUNT grey frames, 40 x 56, at 20 frames per second."""
    y, x = np.mgrid[:40, :56]
    radius = 8 + 4 * np.sin(2 * np.pi * np.arange(COUNT) / COUNT)[:, None, None]
    frames = (np.hypot(y - 20, x - 28) < radius) * 180 + 3 * (x % 7) + 20
    path = tmp_path_factory.mktemp("clips") / "disc.npz"
    np.savez(path, frames=frames.astype(np.uint8), times=np.arange(COUNT) / 20)
    return path
