"""The first minutes: the welcome page, the offer of a tour, what a start opens."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from motionstudio.gui.notifications import Notice
from motionstudio.gui.panes.welcome import RecentFile

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow


class Onboarding(QObject):
    """Welcome page and offers of one window.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        welcome, session = window.bench.welcome, window.session
        welcome.actionRequested.connect(self._do)
        welcome.recentChosen.connect(self._open)
        welcome.set_actions(tuple(window.actions_.all))
        self._first = 0
        window.presenters.loading.loaded.connect(self._on_loaded)
        window.presenters.loading.failed.connect(self._on_failed)
        session.project.changed.connect(self._on_document)
        session.settings.changed.connect(self._on_settings)
        self._on_document()
        self._on_settings(frozenset(("recent", "tips")))

    def stop(self) -> None:
        """Listen no longer."""
        self._window.session.settings.changed.disconnect(self._on_settings)

    def begin(self, paths: list[Path]) -> None:
        """Open what the program was started with, else the sample the first time, else as set.

        Args:
            paths: files and folders to open; empty: as in Preferences › General.
        """
        window, settings = self._window, self._window.session.settings.value
        there = [Path(name) for name in settings.recent if os.path.exists(name)]
        if paths:
            window.open_paths(paths)
        elif settings.start_with == "sample" or not settings.toured:
            # The very first start shows what the program is for, not a form: something moves.
            before = window.presenters.loading.newest
            window.actions_["file.sample_project"].trigger()
            # Nothing was asked for where the sample is not even there.
            asked = window.presenters.loading.newest
            self._first = asked if asked > before and not settings.toured else 0
        elif settings.start_with == "last" and there:
            window.open_paths(there[:1])
        if not settings.toured:
            self.offer_tour()

    def offer_tour(self) -> None:
        """Offer the tour, once."""
        self._window.session.settings.update(toured=True)
        self._window.session.notices.post(
            Notice("New here? Six steps show where things are.", actions=("help.tour",))
        )

    def _on_loaded(self, _opened: object) -> None:
        """Say what can be done with a project, as with a clip; let the first one of all play."""
        window, subject = self._window, self._window.session.active
        first = self._first == window.presenters.loading.newest > 0
        self._first = 0
        if subject is None or len(subject.clip) < 2:
            return
        window.status.set_read_out(window.tips.first())
        if first and not window.session.settings.value.reduced_motion:
            window.presenters.playback.toggle(True)

    def _on_failed(self) -> None:
        """What is opened next was chosen by somebody: it does not play by itself."""
        self._first = 0

    def _on_document(self, _change: object = None) -> None:
        self._window.bench.show_pictures(bool(self._window.session.project.subjects))

    def _on_settings(self, names: frozenset[str]) -> None:
        welcome, value = self._window.bench.welcome, self._window.session.settings.value
        if "recent" in names:
            paths = [Path(name) for name in value.recent]
            welcome.set_recent(
                [RecentFile(p.name, _short(p.parent), str(p)) for p in paths if os.path.exists(p)]
            )
        if names & {"tips", "keys"}:
            tip = self._window.tips.filled("{help.commands} finds every command by name.")
            welcome.set_tip(tip if value.tips else "")

    def _do(self, name: str) -> None:
        self._window.actions_[name].trigger()

    def _open(self, path: str) -> None:
        self._window.open_paths([Path(path)])


def _short(folder: Path) -> str:
    """A folder for people: under the home folder with a tilde, else its last two parts."""
    try:
        return str(Path("~") / folder.relative_to(Path.home()))
    except ValueError:
        return str(Path(*folder.parts[-2:]))
