"""Walks over the controls of a window: which there are, what they say, what they change."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QMenuBar,
    QScrollBar,
    QSplitterHandle,
    QTabBar,
    QWidget,
)

# Parts that Qt makes inside its own controls; the control itself counts.
_INNER = ("qt_", "ExtensionButton")


def is_inner(widget: QWidget) -> bool:
    """Whether a widget is only a part of another control."""
    parent = widget.parentWidget()
    if widget.objectName().startswith(_INNER):
        return True
    if isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget:
        return True
    if isinstance(widget, QLineEdit) and isinstance(parent, QAbstractSpinBox | QComboBox):
        return True
    return isinstance(widget, QScrollBar | QSplitterHandle)


def controls(root: QWidget) -> Iterator[QWidget]:
    """Visible widgets that take the keyboard by Tab, those of ``root`` and below."""
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or widget.window() is not root.window() or is_inner(widget):
            continue
        if isinstance(widget, QMenuBar | QMainWindow) or not _on_screen(widget):
            continue
        plain_area = isinstance(widget, QAbstractScrollArea) and not isinstance(
            widget, QAbstractItemView
        )
        if plain_area and widget.focusPolicy() is Qt.FocusPolicy.StrongFocus and _is_frame(widget):
            continue
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield widget


def reached_by_tab(window: QWidget, most: int = 600) -> list[QWidget]:
    """The widgets that real Tab presses visit, until they come round."""
    seen: list[QWidget] = []
    for _ in range(most):
        focus = window.focusWidget() or window
        QTest.keyClick(focus, Qt.Key.Key_Tab)
        now = window.focusWidget()
        if now is None:
            continue
        if seen and now is seen[0]:
            break
        if now in seen[-3:]:
            continue
        seen.append(now)
    return seen


def name_of(widget: QWidget) -> str:
    """What a screen reader says."""
    text = widget.text() if isinstance(widget, QAbstractButton | QLabel) else ""
    return widget.accessibleName() or text or widget.toolTip()


def described(widget: QWidget) -> str:
    """A line that finds the widget again in the code."""
    chain: list[str] = []
    part: QWidget | None = widget
    while part is not None and len(chain) < 4:
        chain.append(type(part).__name__)
        part = part.parentWidget()
    return f"{name_of(widget) or widget.objectName() or '?'} ({' < '.join(chain)})"


def cut_texts(root: QWidget) -> list[str]:
    """Labels, buttons and tabs whose words do not fit into them."""
    found = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or not widget.width() or not _on_screen(widget):
            continue
        if isinstance(widget, QLabel) and widget.text() and widget.pixmap().isNull():
            found += _cut_label(widget)
        elif isinstance(widget, QAbstractButton) and widget.text() and not _icon_only(widget):
            found += _cut_button(widget)
        elif isinstance(widget, QTabBar):
            found += [
                f"{described(widget)}: tab {widget.tabText(i)}"
                for i in range(widget.count())
                if widget.tabRect(i).height() < widget.fontMetrics().height()
            ]
    return found


def every_action(menu: QMenu | QMenuBar) -> Iterator[str]:
    """Names of all actions in a menu and below it."""
    for action in menu.actions():
        below = action.menu()
        if isinstance(below, QMenu):
            yield from every_action(below)
        elif action.objectName():
            yield action.objectName()


def _cut_label(label: QLabel) -> list[str]:
    metrics = label.fontMetrics()
    room = label.contentsRect()
    if label.wordWrap():
        needed = label.heightForWidth(label.width())
        return [f"{described(label)}: {label.text()!r}"] if needed > label.height() + 1 else []
    wide = metrics.size(0, label.text()).width() if "<" not in label.text() else 0
    # What may be cut off has its whole text in the tooltip.
    told = label.text() in label.toolTip()
    tall = metrics.height() > room.height() + 2
    if (wide > room.width() + 1 and not told) or tall:
        return [f"{described(label)}: {label.text()!r} {wide}x{metrics.height()} in {room}"]
    return []


def _cut_button(button: QAbstractButton) -> list[str]:
    metrics = button.fontMetrics()
    wide = metrics.size(Qt.TextFlag.TextShowMnemonic, button.text()).width()
    if wide > button.width() or metrics.height() > button.height() + 1:
        return [f"{described(button)}: {button.text()!r} {wide} in {button.size()}"]
    return []


def _icon_only(button: QAbstractButton) -> bool:
    style = getattr(button, "toolButtonStyle", None)
    return style is not None and style() is Qt.ToolButtonStyle.ToolButtonIconOnly


def _is_frame(area: QAbstractScrollArea) -> bool:
    return area.frameWidth() == 0 and type(area).__name__ == "QScrollArea"


def _on_screen(widget: QWidget) -> bool:
    """Whether any of it can be seen, scrolled or not."""
    return not widget.visibleRegion().isEmpty() or isinstance(widget, QAbstractSlider)


def settle_events() -> None:
    """Let everything that is due happen."""
    for _ in range(3):
        QApplication.processEvents()
