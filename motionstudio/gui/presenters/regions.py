"""Labels carried along by the motion: outlines over pictures, areas and strains over time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from motionstudio.core import labels as maps
from motionstudio.core.region_series import FrameRegions, measure, outlines_of
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.engine.responses import FrameReady
from motionstudio.gui.presenters.fields import FieldStore
from motionstudio.gui.presenters.label_source import LabelSet, LabelSource
from motionstudio.gui.presenters.session import Session

_WHO = "regions"
_BATCH = 6
Labels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """Frames to measure: index, displacement, inverse; all belong to generation ``number``."""

    number: int
    frames: tuple[tuple[int, NDArray[np.float32], NDArray[np.float32] | None], ...]


class RegionsPresenter(QObject):
    """Fields and labels -> measured regions of every frame, in the background.

    Signals:
        changed: other regions, labels or outlines.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        source: LabelSource,
        fields: FieldStore,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._source, self._fields = session, source, fields
        self._labels: LabelSet | None = None
        self._reference: Labels | None = None
        self._measured: dict[int, FrameRegions] = {}
        self._truth: dict[int, dict[int, NDArray[np.float32]]] = {}
        self._waiting: dict[int, FrameReady] = {}
        self._number, self._busy = 0, False
        self._outgrown: set[int] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._send)
        fields.fieldReady.connect(self._on_field)
        fields.outdated.connect(self._on_outdated)
        source.changed.connect(self._on_labels)
        session.view.changed.connect(self._on_view)

    @property
    def labels(self) -> LabelSet | None:
        """The labels of the active subject, or None."""
        return self._labels

    @property
    def measured(self) -> dict[int, FrameRegions]:
        """What is known by frame."""
        return self._measured

    @property
    def reference(self) -> Labels | None:
        """(H, W) labels of the reference frame that motion carries along, or None."""
        return self._reference

    @property
    def label_frame(self) -> int:
        """The frame whose labels are carried along; -1: there is none."""
        subject = self._session.active
        if subject is None or self._labels is None or not self._labels.frames:
            return -1
        frames = self._labels.frames
        chosen = self._session.view.state.viewports.label_frame(subject.id)
        if chosen in frames:
            return int(chosen)
        return subject.reference if subject.reference in frames else frames[0]

    def true_outlines(self, frame: int) -> dict[int, NDArray[np.float32]]:
        """The outlines of a frame's own labels by label; made once."""
        if self._labels is None or frame >= len(self._labels.valid):
            return {}
        if not self._labels.valid[frame]:
            return {}
        if frame not in self._truth:
            self._truth[frame] = outlines_of(self._labels.masks[frame])
        return self._truth[frame]

    def refresh(self) -> None:
        """Begin anew with the active subject's labels."""
        subject = self._session.active
        self._labels = None if subject is None else self._source.of(subject)
        self._truth.clear()
        self._restart()
        self._fields.want(_WHO, self._labels is not None)
        self.changed.emit()

    def stop(self) -> None:
        """Measure nothing any more."""
        self._timer.stop()
        self._waiting.clear()

    def _restart(self) -> None:
        self._number += 1
        self._measured, self._waiting = {}, {}
        self._reference = None
        subject, frame = self._session.active, self.label_frame
        if subject is not None and self._labels is not None and frame == subject.reference:
            self._reference = self._labels.masks[frame]

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self.refresh()
        elif new.viewports.label_frames != old.viewports.label_frames:
            self._restart()
            self._fields.again()
            self.changed.emit()

    def _on_labels(self, subject_id: str) -> None:
        if subject_id == self._session.view.state.active:
            self.refresh()
            self._fields.again()

    def _on_outdated(self, frames: tuple[int, ...] | None) -> None:
        if frames is None:
            subject = self._session.active
            labels = None if subject is None else self._source.of(subject)
            if labels is not self._labels:
                self.refresh()
                return
            self._restart()
        elif self.label_frame in frames and self._reference is not None and self._is_carried():
            self._fields.again()
            return
        else:
            self._outgrown |= set(frames)
            for frame in frames:
                self._measured.pop(frame, None)
                self._waiting.pop(frame, None)
        self.changed.emit()

    def _is_carried(self) -> bool:
        """Whether the labels are another frame's than the reference's."""
        subject = self._session.active
        return subject is not None and self.label_frame != subject.reference

    def _on_field(self, frame: int, ready: FrameReady) -> None:
        if self._labels is None or ready.displacement is None:
            return
        self._waiting[frame] = ready
        if not self._timer.isActive():
            self._timer.start(0)

    def _send(self) -> None:
        subject, labels = self._session.active, self._labels
        if self._busy or subject is None or labels is None or not self._waiting:
            return
        if self._reference is None and not self._bring_back(labels):
            return
        if self._reference is None:
            return
        chosen = sorted(self._waiting)[:_BATCH]
        job = _Job(self._number, tuple(_fields(t, self._waiting.pop(t)) for t in chosen))
        self._busy = True
        self._outgrown.clear()
        work = partial(_measure, job, self._reference, labels, subject)
        self._session.media.submit(work, partial(self._take, job.number))

    def _bring_back(self, labels: LabelSet) -> bool:
        """Carry another frame's labels to the reference, once its field is there."""
        ready = self._waiting.get(self.label_frame)
        if ready is None or ready.inverse is None:
            return False
        brought = maps.brought_back(labels.masks[self.label_frame], ready.inverse)
        self._reference = brought.astype(np.uint8)
        return True

    def _take(self, number: int, result: object) -> None:
        self._busy = False
        if number == self._number and isinstance(result, dict):
            fresh = {t: made for t, made in result.items() if t not in self._outgrown}
            self._measured.update(fresh)
            self.changed.emit()
        if self._waiting:
            self._timer.start(0)


def _fields(
    frame: int, ready: FrameReady
) -> tuple[int, NDArray[np.float32], NDArray[np.float32] | None]:
    if ready.displacement is None:
        raise ValueError("FrameReady: expected a displacement")
    return frame, ready.displacement, ready.inverse


def _measure(
    job: _Job, reference: Labels, labels: LabelSet, subject: Subject
) -> dict[int, FrameRegions]:
    """In the background."""
    return {
        frame: measure(
            reference,
            displacement,
            inverse,
            labels.masks[frame] if labels.valid[frame] else None,
            subject.clip.spacing,
        )
        for frame, displacement, inverse in job.frames
    }
