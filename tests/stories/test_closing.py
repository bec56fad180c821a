"""A closed window leaves nothing behind, whatever it was doing."""

from __future__ import annotations

import gc
import multiprocessing
import tempfile
import threading
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget

from motionstudio.document.commands import EditLatent
from motionstudio.export import ExportKind, ExportOptions
from motionstudio.gui.main_window import MainWindow
from tests.gui.conftest import MakeWindow
from tests.gui.small_model import SmallModel
from tests.gui.survivors import Survivors, watched
from tests.stories.steps import active, key, open_clip


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Any:
    with watched(monkeypatch) as survivors:
        yield survivors


def assert_nothing_runs(survivors: Survivors) -> None:
    gc.collect()
    assert survivors.still_there() == []
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("doing", ["decoding", "exporting", "playing", "opening"])
def test_statement_05_closing_while_busy_leaves_no_thread_process_timer_or_file(
    qtbot: Any,
    started: Survivors,
    make_window: MakeWindow,
    clip_path: Path,
    tmp_path: Path,
    small_models: dict[str, SmallModel],
    monkeypatch: pytest.MonkeyPatch,
    doing: str,
) -> None:
    scratch, out = tmp_path / "scratch", tmp_path / "out"
    scratch.mkdir()
    out.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    window = make_window()
    open_clip(qtbot, window, clip_path)
    before = set(scratch.rglob("*"))
    gate = small_models["heart"].gate
    if doing in ("decoding", "exporting"):
        gate.clear()
        block = np.full((12, 1), 0.3, np.float32)
        window.session.push(EditLatent(active(window).id, tuple(range(12)), (0,), block))
    if doing == "exporting":
        options = ExportOptions(ExportKind.GIF, out / "film.gif")
        window.presenters.exporting.start(active(window), options)
    elif doing == "playing":
        key(window, "Space")
    elif doing == "opening":
        window.open_paths([clip_path], ask=False)
    releasing = threading.Timer(0.1, gate.set)
    releasing.daemon = True
    releasing.start()
    window.projects.may_leave = lambda _then: True  # type: ignore[method-assign]
    window.close()
    releasing.join()
    assert_nothing_runs(started)
    assert list(out.iterdir()) == []
    assert set(scratch.rglob("*")) <= before


@pytest.mark.slow
def test_twenty_windows_leave_none_of_our_objects(
    qtbot: Any, make_window: MakeWindow, clip_path: Path
) -> None:
    left: list[weakref.ref[Any]] = []
    for _ in range(20):
        window: MainWindow | None = make_window()
        assert window is not None
        left.append(weakref.ref(window))
        left += [weakref.ref(widget) for widget in own_widgets(window)]
        left += [weakref.ref(window.presenters), weakref.ref(window.session.project)]
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        window = None
    _forget(make_window)
    gc.collect()
    alive = [type(thing).__name__ for reference in left if (thing := reference()) is not None]
    assert alive == []


def own_widgets(window: MainWindow) -> list[QWidget]:
    """Widgets of our own classes."""
    every = window.findChildren(QWidget)
    return [w for w in every if type(w).__module__.startswith("motionstudio")]


def _forget(make_window: MakeWindow) -> None:
    """Empty the list in which the fixture keeps the windows that it must close."""
    for cell in make_window.__closure__ or ():
        if isinstance(cell.cell_contents, list):
            kept = [thing for thing in cell.cell_contents if not isinstance(thing, MainWindow)]
            cell.cell_contents[:] = kept
