"""What is closed, is given back: clips, motions and pictures of documents that were left."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.document.commands import EditLatent
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.stories.conftest import blob_frames
from tests.stories.steps import LONG, active, do, open_clip, settle

FRAMES = 12
ROUNDS = 3


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """A clip with a label that moves along."""
    frames = blob_frames(FRAMES, 32)
    masks = (frames[..., 0] > 128).astype(np.uint8)
    path = tmp_path / "labelled.npz"
    clip = Clip(frames, uniform_times(FRAMES, 20), masks=masks, name="labelled")
    write_clip(clip, path)
    return path


def _work(qtbot: Any, window: MainWindow) -> None:
    """Everything that a clip is used for, so that whoever remembers anything does."""
    subject = active(window)
    block = np.full((FRAMES, 1), 0.2, np.float32)
    window.session.push(EditLatent(subject.id, tuple(range(FRAMES)), (0,), block))
    for pane in window.bench.docks:
        window.bench.show_pane(pane)
        settle(qtbot, window)
    for name in ("view.onion", "view.arrows", "drop.every_2nd"):
        do(window, name)
        settle(qtbot, window)


def _leave(qtbot: Any, window: MainWindow) -> None:
    window.projects.may_leave = lambda then: then() or True  # type: ignore[method-assign]
    window.actions_["file.new"].trigger()
    qtbot.waitUntil(lambda: not window.session.project.subjects, timeout=LONG)
    for _ in range(5):
        QApplication.processEvents()


def test_documents_that_were_left_hold_no_clip_and_no_motion(
    qtbot: Any, make_window: MakeWindow, labelled: Path
) -> None:
    window = make_window()
    clips: list[weakref.ref[Any]] = []
    tracks: list[weakref.ref[Any]] = []
    for _ in range(ROUNDS):
        open_clip(qtbot, window, labelled)
        _work(qtbot, window)
        clip, track = active(window).clip, active(window).track
        assert clip.masks is not None
        assert track is not None
        clips.append(weakref.ref(clip.masks))
        tracks.append(weakref.ref(track.offset))
        del clip, track
        _leave(qtbot, window)

    def given_back() -> bool:
        gc.collect()
        # What was on screen last may stay at hand until something else is shown.
        return not any(one() is not None for one in (*clips[:-1], *tracks[:-1]))

    # What the engine was at when the document was left, it ends first.
    qtbot.waitUntil(given_back, timeout=LONG)
