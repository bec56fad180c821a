"""A long random session, then undo and redo: every step is the same project file, to the byte."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from motionstudio.core.transfer import TransferMode
from motionstudio.document.project_file import write_project
from motionstudio.document.transfer_plan import Offer
from motionstudio.gui.main_window import MainWindow
from tests.gui.conftest import MakeWindow
from tests.stories.steps import LONG, active, do, open_clip, settle

STEPS = 24
ACTIONS = (
    "latent.neutral", "latent.mute", "latent.solo", "latent.unmute", "latent.reset_all",
    "key.add", "key.remove", "change.reverse", "edit.cut", "edit.paste", "crop.square",
    "crop.whole", "drop.every_2nd", "drop.restore", "drop.reference", "direction.save_edit",
)  # fmt: skip


def _one_step(window: MainWindow, chance: random.Random) -> None:
    """Something that changes the document, or nothing where it cannot be done now."""
    session, kind = window.session, chance.random()
    subjects = session.project.subjects
    length = len(active(window).clip)
    session.view.update(playhead=chance.randrange(length))
    if kind < 0.1:
        session.show(chance.choice(subjects).id)
    elif kind < 0.2:
        one, other = chance.sample(subjects, 2)
        mode = chance.choice((TransferMode.REPLACE, TransferMode.ADD))
        window.presenters.transfer.drop(Offer(one.id, other.id, mode))
    elif kind < 0.5:
        frames, dims = (chance.randrange(1, length),), (chance.randrange(8),)
        window.presenters.latent.type_value(frames, dims, chance.uniform(-2, 2))
    else:
        name = chance.choice(ACTIONS)
        window.refresh_actions()
        if window.actions_[name].isEnabled():
            window.actions_[name].trigger()


@pytest.mark.parametrize("seed", [1, 2])
def test_undo_and_redo_lead_through_the_same_files(
    qtbot: Any, make_window: MakeWindow, clip_path: Path, tmp_path: Path, seed: int
) -> None:
    window, chance = make_window(), random.Random(seed)
    for _ in range(2):
        open_clip(qtbot, window, clip_path)
    history = window.session.project.history
    history.reset()
    path = tmp_path / "now.motion"

    def written() -> bytes:
        settle(qtbot, window)
        write_project(window.session.project.state, path)
        return path.read_bytes()

    files = {0: written()}
    for _ in range(STEPS):
        _one_step(window, chance)
        bytes_now = written()
        for later in [position for position in files if position >= history.position]:
            del files[later]
        files[history.position] = bytes_now
    top = history.position
    assert top >= STEPS // 3, "hardly anything was done"
    for way, positions in (
        ("edit.undo", range(top - 1, -1, -1)), ("edit.redo", range(1, top + 1)),
    ):  # fmt: skip
        for position in positions:
            do(window, way)
            qtbot.waitUntil(lambda at=position: history.position == at, timeout=LONG)
            step = history.steps[position - 1] if position else "the start"
            assert written() == files[position], f"{way} to {step!r}"
