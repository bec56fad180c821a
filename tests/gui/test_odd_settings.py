"""Whatever the settings say of its panes, the window opens and can be worked with."""

from __future__ import annotations

import base64
import random
from pathlib import Path
from typing import Any

import pytest

from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.settings import SettingsStore
from tests.gui.conftest import MakeWindow

NOISE = base64.b64encode(random.Random(0).randbytes(400)).decode()
ODD = {
    "no base64": ("?? nothing of it ??", (1, 2, 3)),
    "noise": (NOISE, (-5, 10**9, 0)),
    "a head alone": (base64.b64encode(b"\0\0\0\xff\0\0\0\2\xfd").decode(), ()),
}


def is_usable(window: MainWindow) -> bool:
    docks, time = window.bench.docks, window.bench.time
    shown = not docks["library"].isHidden() and not docks["time"].isHidden()
    return shown and window.bench.centre.height() > 200 and 60 < time.height() < window.height()


@pytest.mark.parametrize(("text", "parts"), ODD.values(), ids=ODD)
def test_damaged_places_of_panes_give_the_first_arrangement(
    make_window: MakeWindow, tmp_path: Path, qtbot: Any, text: str, parts: tuple[int, ...]
) -> None:
    SettingsStore(tmp_path / "settings.json").update(docks=text, geometry=text, parts=parts)
    window = make_window()
    qtbot.waitUntil(lambda: is_usable(window))
    before = {name: dock.isHidden() for name, dock in window.bench.docks.items()}
    assert not window.bench.restore(text, (1, 2, 3))
    assert {name: dock.isHidden() for name, dock in window.bench.docks.items()} == before


@pytest.mark.parametrize("parts", [(10**12, -1, 10**12), (0, 0, 0)])
def test_impossible_heights_leave_room_for_all(
    make_window: MakeWindow, tmp_path: Path, qtbot: Any, parts: tuple[int, ...]
) -> None:
    docks = make_window().bench.state()
    SettingsStore(tmp_path / "settings.json").update(docks=docks, parts=parts)
    window = make_window()
    qtbot.waitUntil(lambda: is_usable(window))
    assert window.bench.time.timeline.height() > 0


def test_recent_files_in_a_forbidden_folder_do_not_stop_the_start(
    make_window: MakeWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    SettingsStore(tmp_path / "settings.json").update(recent=("/forbidden/a.mp4",), toured=True)
    monkeypatch.setattr(Path, "exists", forbidden)
    window = make_window()
    window.onboarding.begin([])
    window.behaviours.files.commands.fill_recent()
    assert window.isVisible()
