"""An engine elsewhere in the window: chosen in the preferences, shown in the status bar."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, Qt

from motionstudio.engine.gallery import Gallery
from motionstudio.engine.remote_link import LinkLost, Reach, RemoteState
from motionstudio.engine.remote_source import source_key
from motionstudio.gui.dialogs.preferences import PreferencesDialog
from motionstudio.gui.dialogs.remote_check import sentence
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.notifications import Notice
from motionstudio.gui.remote_engine import RemoteEngine
from motionstudio.gui.settings import SettingsStore
from tests.gui.conftest import MakeWindow

CONNECTED = RemoteState(Reach.CONNECTED, "gpu-box:10001", "cuda", "NVIDIA H200", 12.4)
LOST = RemoteState(Reach.LOST, "gpu-box:10001", problem="its process ended")


class Local:
    """Serves here."""

    device = ("cpu", "there is no GPU")


class FakeLink:
    """An engine that only greets."""

    problem = ""

    def call(self, method: str, *_values: Any) -> Any:
        if self.problem:
            raise LinkLost(self.problem)
        if method == "hello":
            return {"source": source_key(), "device": "cuda", "reason": "NVIDIA H200"}
        return True

    def close(self) -> None:
        return


@pytest.fixture
def settings(tmp_path: Path) -> SettingsStore:
    return SettingsStore(tmp_path / "settings.json")


@pytest.fixture
def remote(settings: SettingsStore) -> Iterator[RemoteEngine]:
    made = RemoteEngine(settings, lambda _gallery: Local(), lambda _address: FakeLink())  # type: ignore[arg-type, return-value]
    yield made
    made.stop()


def recent(window: MainWindow) -> tuple[Notice, ...]:
    """What was told, once it has arrived."""
    QCoreApplication.processEvents()
    return window.session.notices.recent


def test_it_follows_the_setting_at_once(
    qtbot: Any, settings: SettingsStore, remote: RemoteEngine
) -> None:
    remote.make_handler(Gallery())
    assert remote.state.reach is Reach.OFF
    connected = lambda state: state.reach is Reach.CONNECTED  # noqa: E731
    with qtbot.waitSignal(remote.stateChanged, timeout=20_000, check_params_cb=connected):
        settings.update(engine_address="gpu-box")
    assert remote.state.device == "cuda"
    off = lambda state: state.reach is Reach.OFF  # noqa: E731
    with qtbot.waitSignal(remote.stateChanged, timeout=20_000, check_params_cb=off):
        settings.update(engine_address="")


def test_only_the_first_bridge_goes_elsewhere(remote: RemoteEngine) -> None:
    assert not isinstance(remote.make_handler(Gallery()), Local)
    assert isinstance(remote.make_handler(Gallery()), Local), "the camera cannot wait"


def test_the_status_bar_says_where_and_how_far(make_window: MakeWindow, qtbot: Any) -> None:
    window = make_window()
    device = window.status.device
    qtbot.waitUntil(lambda: device.text() == "CPU", timeout=20_000)
    window.where.show_remote(CONNECTED)
    assert device.text() == "CUDA on gpu-box · 12 ms"
    assert "NVIDIA H200" in device.toolTip()
    assert "gpu-box computes" in recent(window)[-1].text
    window.where.show_remote(LOST)
    assert device.text() == "CPU, not gpu-box"
    assert "its process ended" in device.toolTip()
    said = recent(window)[-1]
    assert said.text == "gpu-box does not compute: its process ended."
    assert said.hint == "Models run on this machine until it does."
    count = len(recent(window))
    window.where.show_remote(RemoteState(Reach.LOST, LOST.address, problem="still nothing"))
    assert len(recent(window)) == count, "every further attempt is not told"
    window.where.show_remote(CONNECTED)
    assert "computes again" in recent(window)[-1].text
    window.where.show_remote(RemoteState())
    assert device.text() == "CPU"


def test_the_address_is_typed_in_the_preferences(make_window: MakeWindow, qtbot: Any) -> None:
    window = make_window()
    settings = window.session.settings
    dialog = PreferencesDialog(settings, window.actions_, window)
    qtbot.addWidget(dialog)
    dialog.show()
    row = dialog.rows["engine_address"]
    assert not dialog.check.button.isEnabled()
    assert "Enter an address first" in dialog.check.button.toolTip()
    qtbot.keyClicks(row.editor, " gpu-box ")
    assert settings.value.engine_address == "", "not before it is finished"
    qtbot.keyClick(row.editor, Qt.Key.Key_Return)
    assert settings.value.engine_address == "gpu-box"
    assert dialog.check.button.isEnabled()
    assert not dialog.check.running, "Return tests nothing"
    row.reset.click()
    assert settings.value.engine_address == ""
    dialog.filter("elsewhere")
    assert row.editor.isVisibleTo(dialog)
    assert dialog.check.isVisibleTo(dialog)
    dialog.filter("theme")
    assert not dialog.check.isVisibleTo(dialog)
    dialog.close()


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        (
            json.dumps({"device": "cuda", "reason": "NVIDIA H200", "latency": 3.21}),
            "It computes on CUDA (NVIDIA H200); 3 ms there and back.",
        ),
        (json.dumps({"problem": "nobody is there"}), "No engine answers: nobody is there."),
        ("", "The test ended without a result; try again."),
    ],
)
def test_what_a_test_found_is_said(printed: str, said: str) -> None:
    assert sentence(printed) == said
