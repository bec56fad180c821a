"""True frames are read ahead around the playhead, one at a time, a bounded number of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.engine.planner import within_reach
from motionstudio.gui.presenters import prefetch
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, open_clip, settle


def test_reach_lies_around_the_playhead_and_mostly_ahead_while_playing() -> None:
    assert within_reach(100, 50, 20) == range(40, 60)
    assert within_reach(100, 50, 20, ahead=1) == range(45, 65)
    assert within_reach(100, 50, 20, ahead=-1) == range(35, 55)
    assert within_reach(100, 2, 20) == range(20)
    assert within_reach(100, 99, 20) == range(80, 100)
    assert within_reach(10, 4, 512) == range(10)


def test_frames_around_the_playhead_are_read_and_no_more(
    qtbot: Any, make_window: MakeWindow, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(prefetch, "_MOST", 10)
    path = tmp_path / "long.npz"
    write_clip(Clip(blob_frames(60, 24), uniform_times(60, 20)), path)
    window = make_window()
    open_clip(qtbot, window, path)
    media, subject = window.session.media, active(window)
    window.presenters.playback.go(40)
    settle(qtbot, window)
    waiting = window.presenters.prefetch
    qtbot.waitUntil(lambda: not waiting._queue and waiting._awaited is None, timeout=20_000)
    held = {frame for name, frame in media._frames if name == subject.id}
    assert set(range(36, 45)) <= held
    assert len(held) <= 10 + 10 + 4
    assert np.array_equal(media.frame(subject, 41), subject.clip.frames[41])
