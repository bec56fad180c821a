"""Viewport: one content (source, generated, displacement, difference) of the current frame."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QToolButton, QWidget
from typing_extensions import override

from motionstudio.gui.items.content_menu import ContentMenu
from motionstudio.gui.items.cross_hair import CrossHair
from motionstudio.gui.items.heat_map import latent_table
from motionstudio.gui.items.layer_maker import MARKS, make_layers, marks_of, matters
from motionstudio.gui.items.layers import Content, Field, Inputs, Layers, Picture, Stroke
from motionstudio.gui.items.pane_header import PaneHeader
from motionstudio.gui.items.pane_layout import either, under_header
from motionstudio.gui.items.picture_canvas import PictureCanvas
from motionstudio.gui.items.picture_parts import LARGE, Part, Reducer
from motionstudio.gui.items.picture_view import PictureView
from motionstudio.gui.items.read_out import Units, read_out
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.panes.empty_state import EmptyState
from motionstudio.gui.theme.apply import tokens_for
from motionstudio.gui.theme.scale import fix_size
from motionstudio.gui.theme.tokens import CONTROL_HEIGHT

__all__ = ["Content", "Viewport"]

_STALE_AFTER_MS = 150
_HEADER_TOOLS = 72


class Viewport(QWidget):
    """A picture with its own content menu; zoom and place are shared through ``PictureView``.

    Signals:
        contentChanged: a ``Content`` was chosen from the menu.
        wipeChanged: a ``Content`` for the right of the divider was chosen, or empty for none.
        mapChanged: a map of the model for over the picture was chosen, or empty for none.
        hovered: read-out of the pixel under the pointer.
        activated: the viewport was clicked.
        actionRequested: the button of the empty viewport.
    """

    contentChanged = Signal(str)
    wipeChanged = Signal(str)
    mapChanged = Signal(str)
    hovered = Signal(str)
    activated = Signal()
    actionRequested = Signal()

    def __init__(
        self,
        view: PictureView,
        cross_hair: CrossHair | None = None,
        reducer: Reducer | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._content = Content.GENERATED
        self._wipe: Content | None = None
        self._divider = 0.5
        self._inputs = Inputs()
        self._units = Units()
        self._reducer = reducer or Reducer()
        self._preview, self._stale_frame = "", -1
        self._flicker = False
        self._dirty = False
        self.canvas = PictureCanvas(view, cross_hair)
        self.header = PaneHeader("")
        self.menu_button = QToolButton()
        self.menu = ContentMenu(self)
        self.empty = EmptyState("image", "Nothing open", "Open a clip to see it here.")
        self._stale_timer = QTimer(self)
        self._stale_timer.setSingleShot(True)
        self._stale_timer.setInterval(_STALE_AFTER_MS)
        self._stale_timer.timeout.connect(self._refresh_badges)
        self.fit = ToolButton("fit", "Fit the picture (Z, double-click)")
        self._lay_out()
        self._connect()
        self.set_content(Content.GENERATED)

    @property
    def content(self) -> Content:
        """What is shown."""
        return self._content

    @property
    def wipe(self) -> Content | None:
        """What is shown to the right of the divider, or None."""
        return self._wipe

    @property
    def inputs(self) -> Inputs:
        """What is known of the frame that is shown."""
        return self._inputs

    @property
    def smooth_action(self) -> QAction:
        """Smooth between pixels or not."""
        return self.menu.smooth

    def set_content(self, content: Content) -> None:
        """Show another content."""
        self._content = Content(content)
        self._name()
        self._refresh(fresh=True)

    def set_wipe(self, content: Content | None, divider: float = 0.5) -> None:
        """Show a second content to the right of a divider; None: no wipe."""
        self._wipe = None if content is None else Content(content)
        self._divider = divider
        self._name()
        self._refresh()

    def set_available(self, content: Content, reason: str) -> None:
        """Allow a content (empty reason) or disable it and say why."""
        self.menu.set_available(content, reason)

    def set_source(self, picture: Picture | None, frame: int = 0) -> None:
        """(H, W, 1|3) uint8: the frame as it was read, and its index."""
        self._inputs = replace(self._inputs, source=picture, source_frame=frame)
        stands_in = bool(self._inputs.undrawn)
        if self._flicker or stands_in or self._shows(Content.SOURCE, Content.DIFFERENCE):
            self._refresh()

    def set_generated(self, picture: Picture | None, frame: int = 0) -> None:
        """(H, W, 1|3) uint8: the frame as the model makes it, and its index."""
        self._inputs = replace(self._inputs, generated=picture, generated_frame=frame)
        if self._shows_else(Content.SOURCE, Content.MAGNITUDE, Content.JACOBIAN):
            self._refresh()

    def set_field(self, displacement: Field | None, inverse: Field | None) -> None:
        """(2, H, W) float32 displacement and its inverse, in pixels, or None."""
        self._inputs = replace(self._inputs, displacement=displacement, inverse=inverse)
        if self._shows_else(Content.SOURCE, Content.GENERATED, Content.DIFFERENCE):
            self._refresh()

    def set_frame(
        self,
        source: Picture | None,
        generated: Picture | None,
        displacement: Field | None = None,
        inverse: Field | None = None,
    ) -> None:
        """Everything about a frame at once; cheaper than one after the other."""
        self.set_inputs(
            source=source,
            generated=generated,
            source_frame=0,
            generated_frame=0,
            displacement=displacement,
            inverse=inverse,
        )

    def set_inputs(self, **values: Any) -> None:
        """Fields of ``Inputs`` by name, all at once; nothing is made when nothing changed."""
        old = self._inputs
        changed = {name for name, value in values.items() if getattr(old, name) is not value}
        if not changed:
            return
        self._inputs = replace(old, **values)
        contents = {self._content, Content.SOURCE if self._flicker else self._wipe}
        if any(matters(content, changed) for content in contents if content is not None):
            self._refresh()
        elif changed & MARKS and not (self._dirty or self.canvas.waits):
            self.canvas.set_strokes(*(self._strokes(c) for c in (self._shown(), self._wipe)))

    def set_spacing(self, spacing: tuple[float, float] | None) -> None:
        """(row, column) mm of a pixel, or None."""
        self._inputs = replace(self._inputs, spacing=spacing)

    def set_units(self, units: Units) -> None:
        """How levels and labels under the pointer are told."""
        self._units = units

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
        """``½ preview`` while the picture is of less than full quality, else empty."""
        self._preview = words
        self._refresh_badges()

    def set_smooth(self, on: bool) -> None:
        """Smooth between pixels, or show squares."""
        with QSignalBlocker(self.menu.smooth):
            self.menu.smooth.setChecked(on)
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
        self._inputs = Inputs(
            spacing=self._inputs.spacing,
            magnitude_limit=self._inputs.magnitude_limit,
            difference_limit=self._inputs.difference_limit,
            density=self._inputs.density,
            arrow_scale=self._inputs.arrow_scale,
        )
        self._units = Units()
        self._reducer.clear()
        self.set_stale(None)
        self._refresh(fresh=True)

    def layers_of(self, content: Content, *, whole: bool = False) -> Layers:
        """What a content shows now.

        Args:
            content: which one.
            whole: every pixel of the picture instead of those that the screen can show.
        """
        window = Part.whole if whole else self._part
        return make_layers(content, self._inputs, self._table(), window, self._reducer)

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

    def _shown(self) -> Content:
        return Content.SOURCE if self._flicker else self._content

    def _strokes(self, content: Content | None) -> tuple[Stroke, ...]:
        return () if content is None else marks_of(content, self._inputs)

    def _shows(self, *contents: Content) -> bool:
        return self._content in contents or self._wipe in contents

    def _shows_else(self, *contents: Content) -> bool:
        """Whether anything but ``contents`` is shown."""
        return self._content not in contents or self._wipe not in (None, *contents)

    def _lay_out(self) -> None:
        self.menu_button.setAutoRaise(True)
        self.menu_button.setMenu(self.menu)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        fix_size(self.menu_button, height=CONTROL_HEIGHT)
        self.menu_button.setToolTip("Choose what this viewport shows")
        self.header.set_leading(self.menu_button)
        self.header.add_tool(self.fit)
        body, self._stack = either(self.canvas, self.empty)
        under_header(self, self.header, body)

    def _connect(self) -> None:
        self.menu.contentChosen.connect(self._choose)
        self.menu.wipeChosen.connect(self.wipeChanged)
        self.menu.mapChosen.connect(self.mapChanged)
        self.menu.smooth.toggled.connect(self.canvas.set_smooth)
        self.canvas.pixelHovered.connect(self._read_out)
        self.canvas.flickerChanged.connect(self.set_flicker)
        self.canvas.activated.connect(self.activated)
        self.canvas.viewMoved.connect(self._on_view)
        self.canvas.dividerMoved.connect(self._on_divider)
        self.fit.clicked.connect(self.canvas.fit)
        self.empty.actionRequested.connect(self.actionRequested)

    def _choose(self, content: str) -> None:
        self.set_content(Content(content))
        self.contentChanged.emit(content)

    def _name(self) -> None:
        words = self._content.label
        if self._wipe is not None:
            words += f"  |  {self._wipe.label}"
        self.menu.set_chosen(self._content, self._wipe)
        self.menu_button.setText(words + "  ▾")
        self.menu_button.setAccessibleName(f"Content: {words}")
        self.canvas.setAccessibleName(words)

    def _on_divider(self, share: float) -> None:
        self._divider = share

    def _on_view(self) -> None:
        """Another part of a large picture must be made; small ones are there already."""
        height, width = self._inputs.native
        if height * width > LARGE:
            self._refresh()

    def _refresh(self, *, fresh: bool = False) -> None:
        if self.isHidden() and self.parentWidget() is not None:
            self._dirty = True
            return
        self._dirty = False
        self._refresh_badges()
        if fresh:
            self._make_layers(fresh=True)
        else:
            # A new frame brings its pictures, fields, ghosts and marks one after the other.
            self.canvas.later(self._make_layers)

    def _make_layers(self, *, fresh: bool = False) -> None:
        layers = self.layers_of(self._shown())
        if fresh and layers.picture is None:
            self.canvas.clear(layers.missing)
        else:
            self.canvas.set_layers(layers)
        second = None if self._flicker or self._wipe is None else self.layers_of(self._wipe)
        if second is not None or self.canvas.divider is not None:
            self.canvas.set_wipe(second, self._divider)
        self._show_detail(layers)

    def _part(self, size: tuple[int, int]) -> Part:
        return self.canvas.part_of(size, self._inputs.native)

    def _show_detail(self, layers: Layers) -> None:
        size = "" if layers.picture is None else "{1} × {0}".format(*layers.native)
        wanted = self.menu_button.sizeHint().width() + self.fontMetrics().horizontalAdvance(size)
        # Half a number would be worse than none.
        self.header.set_detail(size if wanted + _HEADER_TOOLS < self.width() else "")

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
        self.hovered.emit("" if x < 0 else read_out(self._inputs, self._units, x, y))
