"""Figures, screenshots, pictures dragged out of viewports, and label files: dialogs in front."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Qt, QUrl
from PySide6.QtGui import QDrag, QImage, QPixmap
from PySide6.QtWidgets import QFileDialog

from motionstudio.core.errors import MotionStudioError
from motionstudio.gui.items.figure import FigureOptions, Panel, figure_image, write_svg
from motionstudio.gui.panes.viewport import Viewport
from motionstudio.gui.theme.apply import tokens_for
from motionstudio.io.atomic import whole_file

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

_THUMB = 160


class FigureCommands(QObject):
    """What people do with the pictures in the viewports of one window.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._dragged: tempfile.TemporaryDirectory[str] | None = None
        window.bench.viewports.draggedOut.connect(self.drag_out)
        window.closed.connect(self._tidy)

    def export_figure(self) -> None:
        """Ask for a place and a manner, then write a figure."""
        from motionstudio.gui.dialogs.figure_options import ask_figure_options

        folder = self._window.session.settings.value.export_folder
        place = Path(folder) / f"{self._stem()}_figure.png"
        shown = len(self._window.bench.viewports.shown)
        chosen = ask_figure_options(place, shown, self._window)
        if chosen is not None:
            self.write_figure(chosen.path, chosen.options, every=chosen.every)

    def write_figure(self, path: Path, options: FigureOptions, *, every: bool) -> None:
        """Write one viewport or all that are shown as PNG or SVG, by the suffix of ``path``."""
        from dataclasses import replace

        session, subject = self._window.session, self._window.session.active
        with session.reported():
            panels = self.panels(every=every)
            if not panels or subject is None:
                raise MotionStudioError("The viewports show no picture that could be written.")
            frame = f"frame {session.playhead}" if options.frame else ""
            full = replace(options, spacing=subject.clip.spacing, frame=frame)
            tokens = tokens_for(self._window.palette())
            with whole_file(path) as temporary:
                if path.suffix.lower() == ".svg":
                    write_svg(temporary, panels, full, tokens)
                else:
                    save_image(figure_image(panels, full, tokens), temporary)
            session.settings.update(export_folder=str(path.parent))
            session.notices.say(f"The figure was written to {path.name}.")

    def panels(self, *, every: bool) -> tuple[Panel, ...]:
        """What the active viewport shows, or all that are shown, at full size."""
        grid = self._window.bench.viewports
        chosen = grid.shown if every else (grid.viewports[grid.active],)
        found = (_panel(viewport) for viewport in chosen)
        return tuple(panel for panel in found if panel is not None)

    def screenshot(self) -> None:
        """Write a picture of the whole window."""
        picture = self._window.grab().toImage()
        folder = self._window.session.settings.value.export_folder
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Screenshot of the window",
            str(Path(folder) / f"{self._stem()}_window.png"), "PNG (*.png)",
        )  # fmt: skip
        if name:
            self.write_screenshot(picture, Path(name))

    def write_screenshot(self, picture: QImage, path: Path) -> None:
        """Write a picture as PNG."""
        session = self._window.session
        with session.reported():
            with whole_file(path) as temporary:
                save_image(picture, temporary)
            session.notices.say(f"The screenshot was written to {path.name}.")

    def load_labels(self) -> None:
        """Ask for a label file for the active subject."""
        subject, session = self._window.session.active, self._window.session
        if subject is None:
            return
        folder = session.settings.value.open_folder
        name, _ = QFileDialog.getOpenFileName(
            self._window, f"Labels for {subject.name}", folder,
            "Labels (*.nii *.nii.gz *.npz *.npy *.png *.tif *.tiff);;All files (*)",
        )  # fmt: skip
        if name:
            self._window.presenters.overlays.labels.load(subject, Path(name))

    def drag_out(self, place: int) -> None:
        """Let a viewport's picture be dropped elsewhere as a PNG."""
        image = self.dragged_image(place)
        if image is None:
            return
        self._tidy()
        self._dragged = tempfile.TemporaryDirectory(prefix="motionstudio-")
        path = Path(self._dragged.name) / f"{self._stem()}_{self._window.session.playhead:04d}.png"
        save_image(image, path)
        data = QMimeData()
        data.setImageData(image)
        data.setUrls([QUrl.fromLocalFile(str(path))])
        drag = QDrag(self._window)
        drag.setMimeData(data)
        aspect, smooth = Qt.AspectRatioMode, Qt.TransformationMode.SmoothTransformation
        small = image.scaled(_THUMB, _THUMB, aspect.KeepAspectRatio, smooth)
        drag.setPixmap(QPixmap.fromImage(small))
        drag.exec(Qt.DropAction.CopyAction)

    def dragged_image(self, place: int) -> QImage | None:
        """The picture that a drag out of a viewport carries: its own pixels, with overlays."""
        panel = _panel(self._window.bench.viewports.viewports[place])
        if panel is None:
            return None
        plain = FigureOptions(scale=1, scale_bar=False, legend=False, titles=False)
        return figure_image((panel,), plain, tokens_for(self._window.palette()))

    def _stem(self) -> str:
        subject = self._window.session.active
        return "motionstudio" if subject is None else subject.name.replace(" ", "_")

    def _tidy(self) -> None:
        if self._dragged is not None:
            self._dragged.cleanup()
            self._dragged = None


def save_image(image: QImage, path: Path) -> None:
    """Write an image.

    Raises:
        MotionStudioError: it cannot be written.
    """
    if not image.save(str(path)):
        raise MotionStudioError(
            f"{path.name} could not be written.", "Choose another folder, or .png as suffix."
        )


def _panel(viewport: Viewport) -> Panel | None:
    layers = viewport.layers_of(viewport.content, whole=True)
    if layers.picture is None:
        return None
    right = None if viewport.wipe is None else viewport.layers_of(viewport.wipe, whole=True)
    if right is not None and right.picture is None:
        right = None
    divider = viewport.canvas.divider or 0.5
    return Panel(layers, viewport.content.label, right, divider)
