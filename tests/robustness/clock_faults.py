"""Clocks that are set while something runs, and processes that are asked for nothing any more.

The clock of the wall is replaced (``time.time``) by one that jumps at every look, or, where a part
of the program is given a clock, that clock; the monotonic one, which nobody can set, is left.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest
import torch

from motionstudio.core.playback import Loop, PlaybackClock
from motionstudio.document.autosave import Autosave
from motionstudio.io import write_clip
from motionstudio.io.atomic import whole_file
from motionstudio.training import loop
from tests.batch.conftest import Desk
from tests.document.builders import HandClock
from tests.io.test_exports import clip_of as film_of
from tests.robustness.lines import line_recipe, opening
from tests.training.line_task import LineTask

DAY = 86_400.0
JUMPS = {"forward a day": DAY, "back a day": -DAY}


@contextmanager
def wall_that_jumps(jump: float) -> Iterator[list[float]]:
    """Every second look at the wall's clock it is set by so much; yields what it told."""
    whole, told, now = time.time, list[float](), [time.time()]
    by = cycle((0.0, jump))

    def jumping() -> float:
        now[0] += 0.01 + next(by)
        told.append(now[0])
        return now[0]

    time.time = jumping
    try:
        yield told
    finally:
        time.time = whole


def playing(jump: float, _folder: Path) -> str:
    """The clock that playback is given is set; frames stay in the range and go on."""
    for way in Loop:
        clock = HandClock()
        playback = PlaybackClock(np.arange(7) / 10, now=clock)
        playback.loop = way
        playback.play()
        clock.time += jump
        playback.tick()
        assert 0 <= playback.frame < 7
        playback.play()
        seen = set()
        for _ in range(20):
            clock.time += 0.1
            playback.tick()
            seen.add(playback.frame)
        assert len(seen) > 1, f"it stands still ({way})"
    return "(shows a frame of its range and plays on)"


def training(jump: float, folder: Path) -> str:
    """The wall's clock is set during a run; the losses are those of a run without."""
    weights = []
    for name, by in (("calm", 0.0), ("jumping", jump)):
        task, place = LineTask(), folder / name
        place.mkdir()
        with wall_that_jumps(by), opening(task):
            loop.train(line_recipe(place), place / "work", place / "out", tell=lambda _: None,
                       pace=loop.Pace(save_every=-1.0, tell_every=0.0))  # fmt: skip
        assert task.exported is not None
        weights.append(task.exported[0])
    for key, value in weights[0].items():
        assert torch.equal(value, weights[1][key]), key
    return "(the same weights as without, every state saved)"


def autosaving(jump: float, folder: Path) -> str:
    """The clock that autosave is given is set between versions; the newest stays the newest."""
    clock = HandClock(1e9)
    autosave = Autosave(folder / "autosave", clock)
    for number in range(3):
        clock.time += 30 + (jump if number == 1 else 0)
        autosave.write(partial(_write, f"version {number}"), None, "heart")
    texts = [each.path.read_text(encoding="utf-8") for each in autosave.versions()]
    assert texts == ["version 2", "version 1", "version 0"], texts
    autosave.clear()
    return "(all versions are whole, the newest first)"


def _write(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")


def exporting(jump: float, folder: Path) -> str:
    """The clock is set during an export, beside what a killed process left at another time."""
    with wall_that_jumps(jump):
        write_clip(film_of(3), folder / "a.mp4")
    left = folder / ".writing-old"
    left.mkdir()
    (left / ".motionstudio-lock").write_text("", encoding="utf-8")
    then = time.time() + jump
    os.utime(left, (then, then))
    with whole_file(folder / "b.txt") as part:
        part.write_text("b", encoding="utf-8")
    assert sorted(path.name for path in folder.iterdir()) == ["a.mp4", "b.txt"], "leftovers stay"
    return "(whole, and what a killed process left is removed)"


def batch(jump: float, folder: Path) -> str:
    """The wall's clock is set while a study runs; everything is done once, nothing again."""
    with desk(folder) as study, wall_that_jumps(jump):
        entries = study.run()
        assert all(each.outcome is not None and each.attempts == 1 for each in entries)
        assert [each.attempts for each in study.run()] == [0] * 4
    return "(every clip is done once, and none again)"


@contextmanager
def desk(folder: Path) -> Iterator[Desk]:
    """A study of four clips with fake workers, as the tests of batches have it."""
    from motionstudio.models.checkpoint import write_checkpoint
    from tests.models import tiny

    with pytest.MonkeyPatch.context() as environment:
        write_checkpoint(folder / "checkpoints" / "fresh", tiny.card(), tiny.weights())
        environment.setenv("MOTIONSTUDIO_CHECKPOINTS", str(folder / "checkpoints"))
        environment.setenv("MOTIONSTUDIO_DEVICE", "cpu")
        made = Desk(folder)
        for seed, name in enumerate("abcd"):
            made.write_clip(name, seed)
        made.write_study()
        made.fate({})
        yield made


_PARTS = {
    "playing": playing, "training": training, "autosave": autosaving, "an export": exporting,
    "a batch": batch,
}  # fmt: skip

CLOCKS: Mapping[str, Callable[[Path], str]] = {
    f"clock set {how} during {what}": partial(fault, by)
    for what, fault in _PARTS.items()
    for how, by in JUMPS.items()
}
"""By the name under which they are counted."""
