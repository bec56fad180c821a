"""Windows of tests appear on no screen unless one is asked for, and leave nothing behind."""

from __future__ import annotations

import gc
import os
import threading
import weakref
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from motionstudio.engine.gallery import Gallery
from motionstudio.engine.runner import Runner
from motionstudio.gui.dialogs.unsaved import Answer, Questions
from motionstudio.gui.engine_bridge import EngineBridge
from motionstudio.gui.folders import Folders
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.presenters.catalogue import Catalogue
from motionstudio.gui.settings import SettingsStore
from motionstudio.gui.theme import apply as theme
from motionstudio.models.base import ModelCard
from motionstudio.models.device import DeviceChoice
from tests.gui.small_model import SmallModel, small_card

MakeWindow = Callable[..., MainWindow]


QUIET = Questions(unsaved=lambda *_: Answer.DISCARD, save_path=lambda *_: None)
"""Nobody is there to ask: changes are given up."""


def folders(root: Path) -> Folders:
    """Where the windows of a test keep versions and copies."""
    return Folders(root / "autosave", root / "shelf")


_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


@pytest.fixture
def small_models() -> dict[str, SmallModel]:
    """A grey and a colour model, by name."""
    cards = (small_card("heart", 1), small_card("figures", 3))
    return {card.name: SmallModel(card) for card in cards}


@pytest.fixture
def make_window(
    request: pytest.FixtureRequest,
    qtbot: Any,
    tmp_path: Path,
    small_models: dict[str, SmallModel],
) -> Iterator[MakeWindow]:
    """Makes windows with settings of their own; closes them and looks for what they left."""
    made: list[MainWindow] = []
    left: list[weakref.ref[MainWindow]] = []
    before = {thread.ident for thread in threading.enumerate()}

    def handler(gallery: Gallery) -> Runner:
        return Runner(
            load=lambda name, _device: small_models[name],
            device=DeviceChoice("cpu", "tests run on the CPU"),
            gallery=gallery,
        )

    def make(
        size: tuple[int, int] = (1280, 720),
        cards: tuple[ModelCard, ...] | None = None,
        **others: Any,
    ) -> MainWindow:
        chosen = cards or tuple(model.card for model in small_models.values())
        window = MainWindow(
            SettingsStore(tmp_path / "settings.json"),
            engine=EngineBridge(make_handler=handler),
            catalogue=Catalogue(lambda: chosen),
            **{"questions": QUIET, "folders": folders(tmp_path), **others},
        )
        made.append(window)
        left.append(weakref.ref(window))
        theme.apply(_app(), "dark")
        window.resize(*size)
        with qtbot.waitExposed(window):
            window.show()
        window.start()
        return window

    yield make
    while made:
        _put_away(made.pop())
    # Pytest itself still holds what fixtures and tests were given.
    request.node.funcargs.clear()
    if request.node.stash.get(_FAILED, False):
        return  # The traceback holds what the test held.
    gc.collect()
    running = [t.name for t in threading.enumerate() if t.ident not in before and t.is_alive()]
    assert running == [], f"threads outlived their window: {running}"
    alive = [reference for reference in left if reference() is not None]
    assert alive == [], "a closed window is still held by something"


def _put_away(window: MainWindow) -> None:
    from PySide6.QtCore import QCoreApplication, QEvent

    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _app() -> Any:
    from PySide6.QtWidgets import QApplication

    return QApplication.instance()
