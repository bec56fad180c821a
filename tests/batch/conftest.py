"""A study of small clips with the smallest model, and workers that die as told."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from motionstudio.batch import events
from motionstudio.batch.local import LocalCrew
from motionstudio.batch.planning import Planned, plan
from motionstudio.batch.running import run
from motionstudio.batch.scheduler import Entry
from motionstudio.batch.study import Study, read_study
from motionstudio.models.checkpoint import write_checkpoint
from tests.models import tiny

FAKE = Path(__file__).with_name("fake_worker.py")
COUNT = 6


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A folder with a checkpoint "fresh", four clips and a study of them."""
    shelf = tmp_path / "checkpoints"
    write_checkpoint(shelf / "fresh", tiny.card(), tiny.weights())
    monkeypatch.setenv("MOTIONSTUDIO_CHECKPOINTS", str(shelf))
    monkeypatch.setenv("MOTIONSTUDIO_DEVICE", "cpu")
    made = Desk(tmp_path)
    for seed, name in enumerate("abcd"):
        made.write_clip(name, seed)
    made.write_study()
    made.fate({})
    return made


@dataclass
class Desk:
    """Where a study is written and run."""

    folder: Path
    events: list[events.Event] = field(default_factory=list)

    @property
    def output(self) -> Path:
        return self.folder / "results"

    def write_clip(self, name: str, seed: int, size: int = 32) -> Path:
        frames = tiny.pictures(COUNT, size=size, seed=seed)
        path = self.folder / "clips" / f"{name}.npz"
        path.parent.mkdir(exist_ok=True)
        grey = np.moveaxis((frames * 255).astype(np.uint8), 1, -1)[..., 0]
        masks = (grey > 128).astype(np.uint8)
        np.savez(path, frames=grey, times=np.arange(COUNT) / 10, masks=masks)
        return path

    def write_study(self, extra: str = "", clips: str = 'files = ["clips/*.npz"]') -> Path:
        path = self.folder / "study.toml"
        path.write_text(f'models = ["fresh"]\n{extra}\n[[clips]]\n{clips}\n', encoding="utf-8")
        return path

    def fate(self, ends: dict[str, list[str]]) -> None:
        (self.folder / "fate.json").write_text(json.dumps(ends), encoding="utf-8")

    def study(self, **overrides: str) -> Study:
        return read_study(self.folder / "study.toml", overrides)

    def plan(self, **overrides: str) -> list[Planned]:
        return plan(self.study(**overrides), self.output, [self.folder])

    def run(
        self, workers: int = 2, cancelled: Callable[[], bool] = lambda: False, **overrides: str
    ) -> list[Entry]:
        """Run the study with fake workers."""
        self.events = []
        start = [sys.executable, str(FAKE), str(self.output)]
        return run(
            self.study(**overrides),
            self.plan(**overrides),
            self.output,
            lambda _left: LocalCrew(workers, start),
            where="in a test",
            tell=self.events.append,
            cancelled=cancelled,
        )

    def lines(self, name: str) -> list[str]:
        path = self.folder / name
        return sorted(path.read_text(encoding="utf-8").split("\n")[:-1]) if path.exists() else []

    def heard(self, kind: type[events.Event]) -> list[events.Event]:
        return [event for event in self.events if isinstance(event, kind)]
