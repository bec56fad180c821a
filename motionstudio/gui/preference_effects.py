"""Makes a changed preference act at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from motionstudio.core.playback import Loop, Pace
from motionstudio.gui.settings import Settings
from motionstudio.gui.theme import apply as theme

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

_MEGA = 2**20
_LOOKS = {"theme", "contrast", "ui_scale"}
_EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
)


def dress(settings: Settings) -> None:
    """Give the application the theme, size and motion that were set."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        theme.apply(app, settings.theme, scale=settings.ui_scale, contrast=settings.contrast)
        for effect in _EFFECTS:
            QApplication.setEffectEnabled(effect, not settings.reduced_motion)


class PreferenceEffects(QObject):
    """Listens to the settings of one window.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        value = window.session.settings.value
        window.actions_.set_keys(value.keys)
        window.session.project.history.set_limit(value.undo_megabytes * _MEGA)
        window.status.set_still(value.reduced_motion)
        window.presenters.saving.set_interval(value.autosave_seconds)
        window.session.settings.changed.connect(self._on_changed)

    def stop(self) -> None:
        """Listen no longer."""
        self._window.session.settings.changed.disconnect(self._on_changed)

    def _on_changed(self, names: frozenset[str]) -> None:
        window, value = self._window, self._window.session.settings.value
        if names & _LOOKS or "reduced_motion" in names:
            dress(value)
        if "ui_scale" in names:
            window.bench.size_panes()
            # Some parts learn their new heights only when they are laid out.
            QTimer.singleShot(0, window, window.bench.size_panes)
        if "reduced_motion" in names:
            window.status.set_still(value.reduced_motion)
        if "keys" in names:
            window.actions_.set_keys(value.keys)
        if "undo_megabytes" in names:
            window.session.project.history.set_limit(value.undo_megabytes * _MEGA)
        if "autosave_seconds" in names:
            window.presenters.saving.set_interval(value.autosave_seconds)
        if "at_the_end" in names:
            window.session.view.update(loop=Loop(value.at_the_end))
        if "real_time" in names:
            pace = Pace.REAL_TIME if value.real_time else Pace.EVERY_FRAME
            window.session.view.update(pace=pace)
        window.refresh_actions()
