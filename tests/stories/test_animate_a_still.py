"""Drop a picture, drag a motion, play, export: on pictures of the samples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from motionstudio.core.locations import resources_dir
from motionstudio.core.picture import as_shown
from motionstudio.export import ExportKind, ExportOptions
from motionstudio.gui.items.layers import Content
from motionstudio.io import read_clip
from tests.gui.conftest import MakeWindow
from tests.gui.motion_drops import MotionDrag
from tests.stories.steps import LONG, active, generated, key, open_clip, settle

PAIRS = {"figures": ("figure_wave", "figure_walk"), "heart": ("heart_b", "heart_a")}


@pytest.mark.parametrize("kind", list(PAIRS))
def test_a_still_is_animated_played_and_exported(
    qtbot: Any, make_window: MakeWindow, tmp_path: Path, kind: str
) -> None:
    window = make_window()
    session, presenters = window.session, window.presenters
    still, moving = PAIRS[kind]
    samples = resources_dir() / "samples"
    picture = as_shown(np.asarray(read_clip(samples / f"{still}.npz").frames[0]), (0.0, 1.0))
    path = tmp_path / "still.png"
    Image.fromarray(picture.squeeze()).save(path)
    source = open_clip(qtbot, window, samples / f"{moving}.npz")

    window.open_paths([path], ask=False)
    qtbot.waitUntil(lambda: active(window).name == "still", timeout=LONG)
    facts = session.media.facts
    qtbot.waitUntil(lambda: facts(active(window)) is not None, timeout=LONG)
    assert active(window).model == kind
    assert "Drag one onto it" in window.bench.viewports.viewports[1].inputs.awaited

    MotionDrag(source.id).drop(window.bench.viewports.shown[0].canvas)
    assert session.view.state.playing, "what was still moves at once"
    qtbot.waitUntil(lambda: session.playhead > 0, timeout=LONG)
    key(window, "Space")
    presenters.playback.start()
    settle(qtbot, window)
    assert session.project.history.undo_label == f"Move {moving} onto still"
    assert len(active(window).clip) == len(source.clip)
    assert window.bench.viewports.viewports[1].inputs.awaited == ""
    at_rest = generated(window)
    assert np.array_equal(at_rest, picture.reshape(at_rest.shape))

    key(window, "Space")
    assert session.view.state.playing
    qtbot.waitUntil(lambda: session.playhead > 3, timeout=LONG)
    key(window, "Space")
    settle(qtbot, window)
    assert not np.array_equal(generated(window), at_rest)

    window.bench.viewports.viewports[0].set_content(Content.PLAIN_COPY)
    presenters.plain_copy.refresh()
    inputs = window.bench.viewports.viewports[0]
    qtbot.waitUntil(lambda: inputs._inputs.plain_copy is not None, timeout=LONG)
    assert moving in inputs._inputs.plain_copy_words

    out = tmp_path / f"animated{ExportKind.GIF.suffix}"
    finished: list[Path] = []
    presenters.exporting.finished.connect(finished.append)
    presenters.exporting.start(active(window), ExportOptions(ExportKind.GIF, out))
    qtbot.waitUntil(lambda: bool(finished) and out.exists(), timeout=LONG)
    assert len(read_clip(out)) == len(source.clip)

    session.project.history.undo()
    assert len(active(window).clip) == 1
