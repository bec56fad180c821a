"""Figures about the active subject's dimensions, and the factors that its clip knows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog

from motionstudio.core.counting import counted
from motionstudio.core.picture_rows import rows_of_frames
from motionstudio.core.statistics import (
    correlations,
    label_areas,
    statistics,
    time_factors,
)
from motionstudio.document.change import Change
from motionstudio.document.subject import Subject
from motionstudio.document.view import Selection, ViewState
from motionstudio.gui.items.statistic_table import TableData, sign_of
from motionstudio.gui.panes.statistics import Statistics
from motionstudio.gui.presenters.path_words import path_words
from motionstudio.gui.presenters.session import Session
from motionstudio.io.table_write import write_table

_PAUSE_MS = 80
_LABELS = 3
_KINDS = {"subjects", "latent", "encoding", "model", "reference", "cyclic", "name"}


class StatisticsPresenter(QObject):
    """Document -> table, computed beside the window; a line that is clicked -> selection."""

    def __init__(self, session: Session, pane: Statistics, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._pane = session, pane
        self._visible = False
        self._count = 0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_PAUSE_MS)
        self._later.timeout.connect(self.refresh)
        pane.appeared.connect(self._appear)
        pane.disappeared.connect(self._disappear)
        pane.dimensionChosen.connect(self._choose)
        pane.exportRequested.connect(self.ask_export)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)

    def refresh(self) -> None:
        """Compute the figures of the active subject anew."""
        active = self._session.active
        if not self._visible:
            return
        if active is None or active.track is None:
            words = "Open a clip: here is what each dimension does."
            self._pane.set_message("No motion yet", words)
            return
        self._count += 1
        mine = self._count
        self._session.media.submit(
            lambda: table_of(active), lambda made: self._take(mine, active.id, made)
        )

    def export_file(self, path: Path) -> None:
        """Write the table as CSV."""
        data = self._pane.table.data
        with self._session.reported():
            write_table(path, *as_lines(data))
            self._session.notices.say(f"Wrote the statistics to {path.name}.")

    def _take(self, count: int, subject_id: str, made: object) -> None:
        subject = self._session.active
        if count != self._count or subject is None or subject.id != subject_id:
            return
        if isinstance(made, TableData) and subject.track is not None:
            frames = len(subject.track.offset) - (subject.track.locked_row is not None)
            words = (
                f"{int(made.active.sum())} of {len(made.names)} dimensions active · "
                f"{counted(frames, 'frame')} of {subject.name}"
            )
            if made.factors:
                listed = ", ".join(f"{sign_of(i)} {name}" for i, name in enumerate(made.factors))
                words += f" · correlation with {listed}"
            if path := path_words(subject):
                words += f" · {path}"
            self._pane.set_table(made, words)
            self._pane.table.set_chosen(self._session.selection.dims)
        else:
            self._pane.set_message("No statistics", str(made))

    def _appear(self) -> None:
        self._visible = True
        self.refresh()

    def _disappear(self) -> None:
        self._visible = False
        self._later.stop()

    def _choose(self, dim: int) -> None:
        active = self._session.active
        if active is not None and active.track is not None:
            rows = tuple(range(len(active.track.offset)))
            self._session.view.update(selection=Selection(rows, (dim,)))

    def why_no_table(self) -> str:
        """Why there is nothing to write; empty where there is."""
        return "" if self._pane.table.data.names else "Show the pane Statistics first."

    def ask_export(self) -> None:
        """Ask where to, then write the table."""
        name, _ = QFileDialog.getSaveFileName(
            self._pane.window(), "Export statistics", "statistics.csv", "Table (*.csv)"
        )
        if name:
            self.export_file(Path(name))

    def _on_change(self, change: Change) -> None:
        active = self._session.active
        if not self._visible or not change.kinds & _KINDS:
            return
        if active is None or change.subject_id in (None, active.id):
            self._later.start()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if self._visible and new.active != old.active:
            self.refresh()
        elif self._visible and new.selection != old.selection:
            self._pane.table.set_chosen(self._session.selection.dims)


def table_of(subject: Subject) -> TableData:
    """The figures of an encoded subject, edits included; for any thread."""
    track = subject.track
    assert track is not None  # asked for before
    made = statistics(track.values, track.base.std, track.locked_row)
    factors, names = known_factors(subject)
    rows = rows_of_frames(track.base)
    found = correlations(track.values[rows], factors)
    dims = track.base.dims
    return TableData(
        names=tuple(subject.dim_name(dim) for dim in range(dims)),
        variance=made.variance,
        divergence=made.divergence,
        active=made.active,
        factors=names,
        correlation=found,
    )


def known_factors(subject: Subject) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """(T, k) what is known of each frame of a clip: factors, areas of labels, time or phase."""
    clip = subject.clip
    columns, names = [], []
    for name, values in clip.factors.items():
        columns.append(np.asarray(values, np.float64))
        names.append(name)
    if clip.masks is not None:
        words = clip.provenance.get("label_names", "").split(", ")
        labels = [int(label) for label in np.unique(clip.masks) if label]
        for label in labels[:_LABELS]:
            columns.append(label_areas(clip.masks, clip.mask_valid, label))
            known = label < len(words) and words[label]
            names.append(f"{words[label]} area" if known else f"area of label {label}")
    times, kinds = time_factors(clip.times, cyclic=subject.cyclic, period=clip.period)
    columns += list(times.T)
    names += list(kinds)
    return np.stack(columns, axis=1), tuple(names)


def as_lines(data: TableData) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Head and lines of the table, dimensions in their own order."""
    head = ("dimension", "name", "variance", "active", "kl_nats", *data.factors)
    lines: list[tuple[object, ...]] = []
    for dim, name in enumerate(data.names):
        kl = "" if data.divergence is None else float(data.divergence[dim])
        correlation = [float(value) for value in data.correlation[dim]]
        active = int(data.active[dim])
        lines.append((dim, name, float(data.variance[dim]), active, kl, *correlation))
    return head, lines
