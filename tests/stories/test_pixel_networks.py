"""A model that says what every pixel costs, through the whole window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from motionstudio.core.clip import FLOOR, Clip, uniform_times
from motionstudio.core.keypoint_maps import surprising
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.notifications import Notice
from motionstudio.gui.panes.error_strip import FLOOR_MARK
from motionstudio.io import write_clip
from motionstudio.models.vpn_model import SURPRISE, VPNModel
from tests.gui.conftest import MakeWindow
from tests.models import tiny_vpn
from tests.stories.steps import active, do, is_encoded

FRAMES = 6


def _frames() -> np.ndarray[Any, np.dtype[np.uint8]]:
    levels = np.random.default_rng(5).integers(0, 4, (FRAMES, 8, 8, 1))
    return (levels * 85).astype(np.uint8)


def _named(model: VPNModel, name: str, **facts: Any) -> VPNModel:
    weights = {key: value.numpy() for key, value in model.network.state_dict().items()}
    facts = {"name": name, "hash": name, **facts}
    return VPNModel(model.card.model_copy(update=facts), weights)


@pytest.fixture
def model() -> VPNModel:
    return _named(tiny_vpn.fresh(), "heart", baseline="plain")


@pytest.fixture
def window(
    qtbot: Any,
    make_window: MakeWindow,
    tmp_path: Path,
    small_models: dict[str, Any],
    model: VPNModel,
) -> MainWindow:
    plain = _named(tiny_vpn.fresh(tiny_vpn.BASELINE), "plain")
    small_models["heart"], small_models["plain"] = model, plain
    made = make_window(cards=(model.card, plain.card))
    path = tmp_path / "steps.npz"
    write_clip(Clip(_frames(), uniform_times(FRAMES, 15)), path)
    made.open_paths([path], ask=False)
    qtbot.waitUntil(lambda: is_encoded(made) and made.actions_up_to_date, timeout=20_000)
    strip = made.bench.time.errors
    qtbot.waitUntil(lambda: "baseline" in strip.describe(2), timeout=20_000)
    return made


def _seen() -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.asarray(np.moveaxis(_frames(), -1, 1) / 255, np.float32)


def test_what_frames_cost_stands_under_the_timeline_beside_the_baseline(
    window: MainWindow, model: VPNModel, small_models: dict[str, Any]
) -> None:
    strip = window.bench.time.errors
    own, plain = model.score(_seen()), small_models["plain"].score(_seen())
    for frame in (1, 4):
        words = strip.describe(frame)
        assert f"−log p {-own.bound[frame]:.2f} nats" in words
        assert f"baseline {-plain.bound[frame]:.2f}" in words
        assert f"{FLOOR_MARK} 0.00" in words
        assert strip.bar_rect(frame).height() > 0
    assert strip.bar_rect(0).height() == 0, "nothing tells the first frame"
    assert "not known" in strip.describe(0)


def test_the_odd_frame_is_gone_to_and_told(qtbot: Any, window: MainWindow, model: VPNModel) -> None:
    saved = model.score(_seen()).saved
    assert saved is not None
    said: list[str] = []

    def note(notice: Notice) -> None:
        said.append(notice.text)

    window.session.notices.posted.connect(note)
    qtbot.waitUntil(window.actions_["statistics.odd"].isEnabled)
    do(window, "statistics.odd")
    odd = 1 + int(np.argmax(saved[1:]))
    assert window.session.playhead == odd
    qtbot.waitUntil(lambda: bool(said))
    assert f"Frame {odd} belongs least" in said[-1]
    assert f"{saved[odd]:.0f} nats less" in said[-1]


def test_the_surprise_map_lies_over_the_frame_that_is_shown(qtbot: Any, window: MainWindow) -> None:
    viewport = window.bench.viewports.viewports[0]
    viewport.menu.mapChosen.emit("surprise")
    track = active(window).track
    assert track is not None
    nats = np.asarray(track.base.state[SURPRISE], np.float32)

    def shows(frame: int) -> bool:
        veil = viewport.canvas.layers.veil
        return veil is not None and np.array_equal(veil.picture, surprising(nats[frame]))

    qtbot.waitUntil(lambda: shows(0), timeout=20_000)
    window.presenters.playback.go(3)
    qtbot.waitUntil(lambda: shows(3), timeout=20_000)


def test_a_dropped_frame_is_scored_as_it_is_and_said_so(qtbot: Any, window: MainWindow) -> None:
    strip = window.bench.time.errors
    cost = strip.describe(3)
    window.presenters.playback.go(3)
    do(window, "drop.toggle")
    qtbot.waitUntil(lambda: "withheld" in strip.describe(3), timeout=20_000)
    assert strip.describe(3).startswith(cost)


def test_models_of_pictures_do_not_find_odd_frames_unasked(
    qtbot: Any, make_window: MakeWindow, clip_path: Path
) -> None:
    window = make_window()
    window.open_paths([clip_path], ask=False)
    qtbot.waitUntil(lambda: is_encoded(window) and window.actions_up_to_date, timeout=20_000)
    assert not window.actions_["statistics.odd"].isEnabled()
    assert "does not say how likely" in window.actions_["statistics.odd"].toolTip()


def test_the_floor_of_a_clip_that_knows_it_is_its_own(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "known.npz"
    floor = np.array([0, 2.0, 0, 0, 1.5, 0])
    clip = Clip(_frames(), uniform_times(FRAMES, 15), factors={FLOOR: floor})
    write_clip(clip, path)
    window.open_paths([path], ask=False)
    qtbot.waitUntil(lambda: active(window).name == "known", timeout=20_000)
    strip = window.bench.time.errors
    known = active(window).clip.factors.get(FLOOR)
    assert known is not None
    qtbot.waitUntil(lambda: "floor 1.50" in strip.describe(4), timeout=20_000)
