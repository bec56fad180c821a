"""Viewport: one content (source, generated, displacement, difference) of the current frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QMenu, QStackedLayout, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from motionstudio.gui.items.heat_map import latent_table
from motionstudio.gui.items.layers import Content, Field, Inputs, Layers, Picture, make_layers
from motionstudio.gui.items.pane_header import PaneHeader
from motionstudio.gui.items.picture_canvas import PictureCanvas
from motionstudio.gui.items.picture_view import PictureView
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.panes.empty_state import EmptyState
from motionstudio.gui.theme.apply import tokens_for
from motionstudio.gui.theme.icons import set_icon
from motionstudio.gui.theme.tokens import CONTROL_HEIGHT

__all__ = ["Content", "Viewport"]

_STALE_AFTER_MS = 150


class Viewport(QWidget):
    """A picture with its own content menu; zoom and place are shared through ``PictureView``.

    Signals:
        contentChanged: a ``Content`` was chosen from the menu.
        hovered: read-out of the pixel under the pointer.
        activated: the viewport was clicked.
        actionRequested: the button of the empty viewport.
    """

    contentChanged = Signal(str)
    hovered = Signal(str)
    activated = Signal()
    actionRequested = Signal()

    def __init__(self, view: PictureView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = Content.GENERATED
        self._inputs = Inputs()
        self._preview, self._stale_frame = "", -1
        self._flicker = False
        self._dirty = False
        self.canvas = PictureCanvas(view)
        self.header = PaneHeader("")
        self.menu_button = QToolButton()
        self.menu = QMenu(self)
        self._actions: dict[Content, QAction] = {}
        self.smooth_action = QAction("Smooth between pixels", self)
        self.empty = EmptyState("image", "Nothing open", "Open a clip to see it here.")
        self._stale_timer = QTimer(self)
        self._stale_timer.setSingleShot(True)
        self._stale_timer.setInterval(_STALE_AFTER_MS)
        self._stale_timer.timeout.connect(self._refresh_badges)
        self.fit = ToolButton("fit", "Fit the picture (Z, double-click)")
        self.fit.clicked.connect(view.fit)
        self._build_menu()
        self._lay_out()
        self._connect()
        self.set_content(Content.GENERATED)

    @property
    def content(self) -> Content:
        """What is shown."""
        return self._content

    def set_content(self, content: Content) -> None:
        """Show another content."""
        self._content = Content(content)
        with QSignalBlocker(self._actions[self._content]):
            self._actions[self._content].setChecked(True)
        self.menu_button.setText(self._content.label + "  ▾")
        self.menu_button.setAccessibleName(f"Content: {self._content.label}")
        self.canvas.setAccessibleName(self._content.label)
        self._refresh(fresh=True)

    def set_available(self, content: Content, reason: str) -> None:
        """Allow a content (empty reason) or disable it and say why."""
        action = self._actions[content]
        action.setEnabled(not reason)
        action.setToolTip(reason)
        action.setText(content.label if not reason else f"{content.label} — {reason}")

    def set_source(self, picture: Picture | None, frame: int = 0) -> None:
        """(H, W, 1|3) uint8: the frame as it was read, and its index."""
        self._inputs = replace(self._inputs, source=picture, source_frame=frame)
        if self._flicker or self._content in (Content.SOURCE, Content.DIFFERENCE):
            self._refresh()

    def set_generated(self, picture: Picture | None, frame: int = 0) -> None:
        """(H, W, 1|3) uint8: the frame as the model makes it, and its index."""
        self._inputs = replace(self._inputs, generated=picture, generated_frame=frame)
        if self._content not in (Content.SOURCE, Content.MAGNITUDE, Content.JACOBIAN):
            self._refresh()

    def set_field(self, displacement: Field | None, inverse: Field | None) -> None:
        """(2, H, W) float32 displacement and its inverse, in pixels, or None."""
        self._inputs = replace(self._inputs, displacement=displacement, inverse=inverse)
        if self._content not in (Content.SOURCE, Content.GENERATED, Content.DIFFERENCE):
            self._refresh()

    def set_frame(
        self,
        source: Picture | None,
        generated: Picture | None,
        displacement: Field | None = None,
        inverse: Field | None = None,
    ) -> None:
        """Everything about a frame at once; cheaper than one after the other."""
        self._inputs = replace(
            self._inputs,
            source=source,
            generated=generated,
            source_frame=0,
            generated_frame=0,
            displacement=displacement,
            inverse=inverse,
        )
        self._refresh()

    def set_spacing(self, spacing: tuple[float, float] | None) -> None:
        """(row, column) mm of a pixel, or None."""
        self._inputs = replace(self._inputs, spacing=spacing)

    def set_limits(self, magnitude: float, difference: float) -> None:
        """Fixed ends of the scales: pixels of displacement, grey levels of difference."""
        self._inputs = replace(self._inputs, magnitude_limit=magnitude, difference_limit=difference)
        self._refresh()

    def set_stale(self, frame: int | None) -> None:
        """The picture is as of another frame; the badge comes 150 ms later, or goes with None."""
        if frame is None:
            self._stale_frame = -1
            self._stale_timer.stop()
            self._refresh_badges()
        else:
            fresh, self._stale_frame = self._stale_frame < 0, frame
            if fresh:
                self._stale_timer.start()
            elif not self._stale_timer.isActive():
                self._refresh_badges()

    def set_preview(self, words: str) -> None:
        """``1/2`` while the picture is a preview of less than full quality, else empty."""
        self._preview = words
        self._refresh_badges()

    def set_smooth(self, on: bool) -> None:
        """Smooth between pixels, or show squares."""
        with QSignalBlocker(self.smooth_action):
            self.smooth_action.setChecked(on)
        self.canvas.set_smooth(on)

    def set_flicker(self, on: bool) -> None:
        """While on, show the source frame instead of the content."""
        if on != self._flicker:
            self._flicker = on
            self._refresh()

    def set_message(self, title: str, text: str = "", action: str = "") -> None:
        """Say something instead of showing pictures, until ``clear_message``."""
        self.empty.set_words(title, text, action)
        self._stack.setCurrentIndex(1)

    def clear_message(self) -> None:
        """Show pictures again."""
        self._stack.setCurrentIndex(0)

    def clear(self) -> None:
        """Forget all pictures of the subject."""
        self._inputs = replace(
            self._inputs, source=None, generated=None, displacement=None, inverse=None
        )
        self.set_stale(None)
        self._refresh(fresh=True)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._dirty:
            self._refresh(fresh=True)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._refresh()

    def _build_menu(self) -> None:
        for content in Content:
            action = self.menu.addAction(content.label)
            set_icon(action, content.icon, tokens_for(self.palette()))
            action.setCheckable(True)
            action.setData(content.value)
            action.triggered.connect(self._choose)
            self._actions[content] = action
        self.menu.addSeparator()
        self.menu.addAction(self.smooth_action)
        self.smooth_action.setCheckable(True)
        self.smooth_action.setChecked(True)
        self.smooth_action.toggled.connect(self.canvas.set_smooth)
        self.menu.setToolTipsVisible(True)

    def _lay_out(self) -> None:
        self.menu_button.setAutoRaise(True)
        self.menu_button.setMenu(self.menu)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu_button.setFixedHeight(CONTROL_HEIGHT)
        self.menu_button.setToolTip("Choose what this viewport shows")
        self.header.set_leading(self.menu_button)
        self.header.add_tool(self.fit)
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(self.empty)
        self._stack.setCurrentIndex(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(body, 1)

    def _connect(self) -> None:
        self.canvas.pixelHovered.connect(self._read_out)
        self.canvas.flickerChanged.connect(self.set_flicker)
        self.canvas.activated.connect(self.activated)
        self.empty.actionRequested.connect(self.actionRequested)

    def _choose(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.set_content(Content(action.data()))
            self.contentChanged.emit(self._content.value)

    def _refresh(self, *, fresh: bool = False) -> None:
        if self.isHidden() and self.parentWidget() is not None:
            self._dirty = True
            return
        self._dirty = False
        for content, action in self._actions.items():
            action.setChecked(content is self._content)
        shown = Content.SOURCE if self._flicker else self._content
        layers = make_layers(shown, self._inputs, self._table())
        if fresh and layers.picture is None:
            self.canvas.clear(layers.missing)
        else:
            self.canvas.set_layers(layers)
        self._show_detail(layers)
        self._refresh_badges()

    def _show_detail(self, layers: Layers) -> None:
        size = "" if layers.picture is None else "{1} × {0}".format(*layers.picture.shape)
        self.header.set_detail(size)

    def _refresh_badges(self) -> None:
        badges: tuple[str, ...] = ("source",) if self._flicker else ()
        if self._preview:
            badges += (self._preview,)
        stale = self._stale_frame >= 0 and not self._stale_timer.isActive()
        if stale:
            badges += (f"as of frame {self._stale_frame}",)
        self.canvas.set_badges(badges, stale=stale)

    def _table(self) -> NDArray[np.uint8]:
        return latent_table(tokens_for(self.palette()))

    def _read_out(self, x: int, y: int) -> None:
        if x < 0:
            self.hovered.emit("")
            return
        parts = [f"x {x}, y {y}"]
        for name, picture in (
            ("generated", self._inputs.generated),
            ("source", self._inputs.source),
        ):
            if picture is not None and y < picture.shape[0] and x < picture.shape[1]:
                values = ", ".join(str(int(v)) for v in picture[y, x])
                parts.append(f"{name} {values}")
        parts += self._field_words(x, y)
        self.hovered.emit(" · ".join(parts))

    def _field_words(self, x: int, y: int) -> list[str]:
        inverse = self._inputs.inverse
        if inverse is None or y >= inverse.shape[1] or x >= inverse.shape[2]:
            return []
        dx, dy = (float(v) for v in inverse[:, y, x])
        words = f"moves {np.hypot(dx, dy):.2f} px ({dx:+.2f}, {dy:+.2f})"
        if self._inputs.spacing is not None:
            rows, columns = self._inputs.spacing
            words += f" = {np.hypot(dx * columns, dy * rows):.2f} mm"
        return [words.replace("-", "−")]
