"""Menus and tool bar, filled from the table of actions."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QMenu,
    QMenuBar,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QWidget,
)

from motionstudio.gui.actions.spec import ActionSpec
from motionstudio.gui.actions.table import ActionTable
from motionstudio.gui.layouts import Layouts

_MENUS = ("File", "Edit", "View", "Motion", "Frames", "Latent", "Model", "Help")
_LAST = ("file.quit", "help.about")
_DROPS = ("drop.every_2nd", "drop.every_3rd", "drop.every_4th", "drop.every_8th",
          "drop.outside", "drop.restore")  # fmt: skip
_RESETS = ("latent.reset", "latent.reset_all", "latent.neutral")


def fill_menus(bar: QMenuBar, actions: ActionTable, recent: QMenu, layouts: Layouts) -> None:
    """One menu for each group of the table; recent files under File, saved layouts under View."""
    menus = {title: bar.addMenu(title) for title in _MENUS}
    for spec in sorted(actions.specs, key=_is_last):
        top, _, below = spec.menu.partition("/")
        menu = menus[top]
        if below:
            if spec.menu not in menus:
                menus[spec.menu] = menus[top].addMenu(below)
            menu = menus[spec.menu]
        if spec.separated:
            menu.addSeparator()
        menu.addAction(actions[spec.name])
        menu.setToolTipsVisible(True)
    menus["File"].insertMenu(actions["file.sample"], recent)
    arranged = menus["View/Layouts"]
    arranged.aboutToShow.connect(partial(layouts.fill, arranged, arranged.addMenu("Remove")))


def _is_last(spec: ActionSpec) -> bool:
    return spec.name in _LAST


def fill_tool_bar(bar: QToolBar, actions: ActionTable) -> None:
    """Words for what newcomers need; the rest is in the menus and the palette."""
    bar.addAction(actions["file.open"])
    bar.addAction(actions["file.save"])
    _icon_only(bar, actions["file.save"])
    bar.addSeparator()
    for name in ("edit.undo", "edit.redo"):
        bar.addAction(actions[name])
    bar.addSeparator()
    bar.addWidget(_menu_button(bar, "Drop frames", actions["drop.toggle"],
                               [actions[name] for name in _DROPS]))  # fmt: skip
    bar.addWidget(_menu_button(bar, "Reset", actions["latent.reset"],
                               [actions[name] for name in _RESETS]))  # fmt: skip
    bar.addAction(actions["model.refine"])
    gap = QWidget()
    gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(gap)
    for name in ("view.layout_1", "view.layout_2", "view.layout_4", "view.layout_1_3"):
        bar.addAction(actions[name])
        _icon_only(bar, actions[name])
    bar.addSeparator()
    bar.addAction(actions["help.commands"])
    _icon_only(bar, actions["help.commands"])
    bar.addAction(actions["file.export"])
    for button in bar.findChildren(QToolButton):
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)


def _menu_button(bar: QToolBar, text: str, icon: QAction, actions: list[QAction]) -> QToolButton:
    button = QToolButton(bar)
    button.setText(f"{text}  ▾")
    button.setAccessibleName(text)
    button.setToolTip(f"{text}: choose how")
    button.setIcon(icon.icon())
    button.setProperty("iconName", icon.property("iconName"))
    button.setToolButtonStyle(bar.toolButtonStyle())
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    menu = QMenu(button)
    menu.setToolTipsVisible(True)
    menu.addActions(actions)
    button.setMenu(menu)
    return button


def _icon_only(bar: QToolBar, action: QAction) -> None:
    button = bar.widgetForAction(action)
    if isinstance(button, QToolButton):
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setAccessibleName(action.text())
