"""Points, parameters and the plot itself as files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QRect, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QGraphicsView

from motionstudio.core.counting import counted
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.latent_track import frames_of_rows
from motionstudio.core.projection import used_rows
from motionstudio.document.subject import Subject
from motionstudio.gui.panes.projection import Projection as ProjectionPane
from motionstudio.gui.presenters.component_fit import ComponentFit, Members
from motionstudio.gui.presenters.mapping import MapMaker
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.reports import own_version
from motionstudio.io.atomic import whole_file
from motionstudio.io.projection_write import ProjectedMotion, write_projection

_POINTS = "Table and parameters (*.csv);;NumPy archive (*.npz);;JSON (*.json)"
_PLOT = "Picture (*.png);;Drawing (*.svg)"
_SHARP = 2


class ProjectionExport(QObject):
    """Writes what the projection pane shows.

    Args:
        session: shared parts.
        pane: the plot.
        fit: the components.
        maps: the map, where one is shown.
        parent: Qt parent.
    """

    def __init__(
        self,
        session: Session,
        pane: ProjectionPane,
        fit: ComponentFit,
        maps: MapMaker,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._pane, self._fit, self._maps = session, pane, fit, maps
        pane.exportRequested.connect(self.ask_points)

    def why_no_points(self) -> str:
        """Why no points can be written; empty where they can."""
        if self._fit.projection is None:
            return self._fit.problem or "Show the pane Projection first."
        return ""

    def why_no_plot(self) -> str:
        """Why no picture of the plot can be written; empty where it can."""
        return self.why_no_points() if self._pane.plot else "Show the pane Projection first."

    def ask_points(self) -> None:
        """Ask where to, then write points and parameters."""
        self._ask("Export points", "projection.csv", _POINTS, self.write_points)

    def ask_plot(self) -> None:
        """Ask where to, then write the plot."""
        self._ask("Export the plot", "projection.png", _PLOT, self.write_plot)

    def write_points(self, path: Path) -> None:
        """Points of all subjects that are shown, with all parameters."""
        projection, members = self._fit.projection, self._fit.members
        if projection is None or members is None:
            return
        peers = self._fit.peers()
        model_hash = peers[0].track.base.model_hash if peers and peers[0].track else ""
        mapped = self._maps.embedding
        motions = [
            replace(
                projected(subject, members),
                rows=self._fit.rows_of(subject),
                mapped=self._maps.points(subject.id),
            )
            for subject in peers
        ]
        with self._session.reported():
            write_projection(
                path,
                projection,
                motions,
                model=members.model,
                model_hash=model_hash,
                software=f"MotionStudio {own_version()}",
                embedding=mapped,
            )
            self._session.notices.say(
                f"Wrote {counted(len(motions), 'trajectory')} to {path.name}."
            )

    def write_plot(self, path: Path) -> None:
        """The plot as it is seen: pixels (twice as many as on screen) or lines."""
        plot = self._pane.plot
        if plot is None:
            return
        with self._session.reported(), whole_file(path) as temporary:
            if path.suffix.lower() == ".svg":
                _write_svg(plot, temporary)
            elif path.suffix.lower() == ".png":
                _write_png(plot, temporary)
            else:
                raise MotionStudioError(f"{path.name} has the unknown suffix {path.suffix}.",
                                        "Choose .png or .svg.")  # fmt: skip
        self._session.notices.say(f"Wrote the plot to {path.name}.")

    def _ask(self, title: str, name: str, kinds: str, write: object) -> None:
        chosen, kind = QFileDialog.getSaveFileName(self._pane.window(), title, name, kinds)
        if chosen and callable(write):
            path = Path(chosen)
            suffix = kind.partition("*")[2].rstrip(")")
            write(path if path.suffix else path.with_suffix(suffix))


def projected(subject: Subject, members: Members) -> ProjectedMotion:
    """What is written of one subject."""
    track = subject.track
    assert track is not None  # peers have one
    count = len(track.offset)
    frames = [frames_of_rows(track.base, (row,)) for row in range(count)]
    fitted = np.zeros(count, np.bool_)
    if subject.id in members.tracks and members.options.scope != "dataset":
        chosen = members.rows if members.options.scope == "rows" else None
        rows = used_rows(
            count, track.locked_row, with_reference=members.options.reference, chosen=chosen
        )
        fitted[rows[rows < count]] = True
    return ProjectedMotion(
        name=subject.name,
        frames=np.array([f[-1] if f else -1 for f in frames], np.intp),
        times=track.base.row_times[:, 1].astype(np.float64),
        rows=track.values,
        fitted=fitted,
    )


def _write_png(plot: QGraphicsView, path: Path) -> None:
    size = plot.size()
    image = QImage(size * _SHARP, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SHARP)
    painter = QPainter(image)
    plot.render(painter)
    painter.end()
    if not image.save(str(path)):
        raise MotionStudioError(f"{path.name} could not be written.", "Choose another place.")


def _write_svg(plot: QGraphicsView, path: Path) -> None:
    size: QSize = plot.size()
    drawing = QSvgGenerator()
    drawing.setFileName(str(path))
    drawing.setSize(size)
    drawing.setViewBox(QRect(0, 0, size.width(), size.height()))
    drawing.setTitle("Projection of the motion")
    painter = QPainter(drawing)
    plot.render(painter)
    painter.end()
