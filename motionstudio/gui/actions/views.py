"""The View menu: what is shown and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from motionstudio.gui.actions.spec import ActionSpec, Behaviour
from motionstudio.gui.availability import Availability
from motionstudio.gui.items.layers import Content
from motionstudio.gui.theme import apply as theme
from motionstudio.models.base import Capability

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("view.layout_1", "One viewport", "View/Viewports", "Show one picture", ("1",),
               "layout-1"),
    ActionSpec("view.layout_2", "Two viewports", "View/Viewports", "Show two pictures side by side",
               ("2",), "layout-2"),
    ActionSpec("view.layout_4", "Four viewports", "View/Viewports", "Show four pictures", ("3",),
               "layout-4"),
    ActionSpec("view.grid", "Warped grid", "View", "Show the motion as a bent grid", ("G",),
               "grid"),
    ActionSpec("view.arrows", "Arrows", "View", "Show the motion as arrows", ("V",), "arrows"),
    ActionSpec("view.difference", "Difference to the truth", "View", "Show generated minus true "
               "picture", ("X",), "difference"),
    ActionSpec("view.curves", "Curves", "View", "Show the selected dimensions as curves under the "
               "matrix", ("C",), "curve"),
    ActionSpec("view.fit", "Fit pictures", "View", "Show the whole of every picture", ("Z",),
               "fit"),
    ActionSpec("view.theme_dark", "Dark", "View/Theme", "Dark surroundings", (), "moon",
               checkable=True),
    ActionSpec("view.theme_light", "Light", "View/Theme", "Light surroundings", (), "sun",
               checkable=True),
    ActionSpec("view.theme_system", "As the system", "View/Theme", "Follow the desktop", (),
               checkable=True),
    ActionSpec("view.reset_layout", "Reset layout", "View", "Put all panes back where they were",
               (), separated=True),
    ActionSpec("view.next_pane", "Next pane", "View", "Move the keyboard to the next pane",
               ("F6",)),
)  # fmt: skip


class ViewActions:
    """What the actions of the View menu do in one window, and why they cannot at times.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._can = Availability(window)

    def no_inverse(self) -> str:
        """The model must say where material goes."""
        return self._can.no_field(Capability.INVERSE, "This view")

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action of the menu, by name."""
        grid, clip = self._window.bench.viewports, self._can.no_clip
        return {
            "view.layout_1": Behaviour(lambda: self.set_layout("1")),
            "view.layout_2": Behaviour(lambda: self.set_layout("1|2")),
            "view.layout_4": Behaviour(lambda: self.set_layout("2x2")),
            "view.grid": Behaviour(lambda: self.show_content(Content.GRID), self.no_inverse),
            "view.arrows": Behaviour(lambda: self.show_content(Content.ARROWS), self.no_inverse),
            "view.difference": Behaviour(lambda: self.show_content(Content.DIFFERENCE), clip),
            "view.curves": Behaviour(self.toggle_curves),
            "view.fit": Behaviour(grid.fit, clip),
            "view.theme_dark": Behaviour(lambda: self.set_theme("dark")),
            "view.theme_light": Behaviour(lambda: self.set_theme("light")),
            "view.theme_system": Behaviour(lambda: self.set_theme("system")),
            "view.reset_layout": Behaviour(self._window.bench.reset),
            "view.next_pane": Behaviour(self.next_pane),
        }

    def show_content(self, content: Content) -> None:
        """Show a content in the viewport that was clicked last; again: what was there before."""
        self._window.presenters.overlays.arrangement.show_content(content)

    def set_layout(self, layout: str) -> None:
        """Another arrangement of the viewports."""
        self._window.presenters.overlays.arrangement.set_layout(layout)

    def toggle_curves(self) -> None:
        """Show or hide the curves."""
        self._window.bench.show_curves(not self._window.bench.time.curves.isVisible())

    def set_theme(self, mode: theme.Mode) -> None:
        """Dark, light or as the desktop."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, mode)
        self._window.session.settings.update(theme=mode)
        self._window.refresh_actions()

    def next_pane(self) -> None:
        """Move the keyboard to the next pane."""
        from motionstudio.gui.main_window import pane_widgets

        panes = [pane for pane in pane_widgets(self._window) if pane.isVisible()]
        focus = self._window.focusWidget()
        inside = [i for i, pane in enumerate(panes) if _holds(pane, focus)]
        here = inside[-1] if inside else -1
        if panes:
            pane = panes[(here + 1) % len(panes)]
            # One in which nothing can be done now takes the keyboard itself: it says why.
            (first_control(pane) or pane).setFocus(Qt.FocusReason.TabFocusReason)


def first_control(pane: QWidget) -> QWidget | None:
    """The pane itself or the first control in it that takes the keyboard."""
    for widget in (pane, *pane.findChildren(QWidget)):
        usable = widget.isVisible() and widget.isEnabled()
        if usable and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            return widget
    return None


def _holds(pane: QWidget, focus: QWidget | None) -> bool:
    return focus is not None and (focus is pane or pane.isAncestorOf(focus))
