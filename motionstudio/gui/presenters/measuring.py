"""What regions come to: outlines over pictures, curves and words in the pane Measurements."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from motionstudio.core.labels import change_fraction
from motionstudio.core.region_series import Region, outlines_of
from motionstudio.core.strain import is_ring
from motionstudio.document.view import ViewState
from motionstudio.gui.items.layers import Stroke
from motionstudio.gui.items.read_out import Units
from motionstudio.gui.items.region_chart import Series
from motionstudio.gui.panes.measurements import AREA, Measurements
from motionstudio.gui.panes.viewport_grid import ViewportGrid
from motionstudio.gui.presenters.catalogue import missing_reason
from motionstudio.gui.presenters.label_source import LabelSet
from motionstudio.gui.presenters.marks import Marks
from motionstudio.gui.presenters.regions import RegionsPresenter
from motionstudio.gui.presenters.session import Session
from motionstudio.models.base import Capability

_WHO = "labels"
# With more labels than these only the one that is measured is outlined.
_FEW_LABELS = 4
HUES = ("#f2b366", "#6cb6f5", "#6fcf97", "#f28b82", "#c4a5ff", "#5fd3d3", "#f59ac8", "#d0d36a")


class MeasuringPresenter(QObject):
    """Regions -> strokes in the viewports, read-outs, and the pane Measurements."""

    def __init__(
        self,
        session: Session,
        grid: ViewportGrid,
        pane: Measurements,
        regions: RegionsPresenter,
        marks: Marks,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._grid, self._pane = session, grid, pane
        self._regions, self._marks = regions, marks
        self._label, self._quantity = 0, AREA
        self._reference_lines: tuple[object, dict[int, Stroke]] = (None, {})
        regions.changed.connect(self.refresh)
        pane.labelChanged.connect(self._choose_label)
        pane.quantityChanged.connect(self._choose_quantity)
        pane.frameChanged.connect(self._choose_frame)
        pane.copyRequested.connect(self.copy_table)
        session.view.changed.connect(self._on_view)
        session.media.factsReady.connect(self._on_facts)

    @property
    def label(self) -> int:
        """The label that is measured; 0: none."""
        return self._label

    def refresh(self) -> None:
        """Show what is known of the active subject's regions."""
        labels = self._regions.labels
        present = () if labels is None else labels.present
        if self._label not in present:
            self._label = present[0] if present else 0
        self._show_choices(labels, present)
        self._show_marks()
        self._show_series()

    def table_text(self) -> str:
        """Every label of every frame as tab-separated text with a header line."""
        labels, subject = self._regions.labels, self._session.active
        if labels is None or subject is None:
            return ""
        unit = "mm2" if subject.clip.spacing else "px"
        names = ("frame", "time_s", "label", f"area_{unit}", f"own_area_{unit}",
                 "strain_1", "strain_2", "dice")  # fmt: skip
        lines = ["\t".join(names)]
        for frame, measured in sorted(self._regions.measured.items()):
            for label, region in measured.regions.items():
                numbers = (region.area, region.true_area, region.first, region.second, region.dice)
                cells = [f"{v:.6g}" if np.isfinite(v) else "" for v in numbers]
                head = [str(frame), f"{subject.clip.times[frame]:.6g}", labels.name(label)]
                lines.append("\t".join(head + cells))
        return "\n".join(lines) + "\n"

    def copy_table(self) -> None:
        """Put the table on the clipboard."""
        text = self.table_text()
        if text:
            QGuiApplication.clipboard().setText(text)
            self._session.notices.say("The measurements are on the clipboard, one row per label.")

    def _choose_label(self, label: int) -> None:
        self._label = label
        self._show_marks()
        self._show_series()

    def _choose_quantity(self, quantity: str) -> None:
        self._quantity = quantity
        self._show_series()

    def _choose_frame(self, frame: int) -> None:
        subject, state = self._session.active, self._session.view.state
        if subject is not None:
            chosen = None if frame == subject.reference else frame
            settings = state.viewports.with_label_frame(subject.id, chosen)
            self._session.view.update(viewports=settings)

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.playhead != old.playhead:
            self._pane.set_current(self._session.playhead)
            self._show_marks()
        elif new.viewports.labels != old.viewports.labels:
            self._show_marks()

    def _on_facts(self, subject_id: str) -> None:
        if subject_id == self._session.view.state.active:
            self._show_marks()

    def _show_choices(self, labels: LabelSet | None, present: tuple[int, ...]) -> None:
        subject = self._session.active
        self._pane.axis.set_count(0 if subject is None else len(subject.clip))
        self._pane.load.set_reason("" if subject is not None else "Open a clip first.")
        if labels is None:
            self._pane.set_labels((), 0)
            self._pane.set_frames((), 0)
            return
        self._pane.set_labels(tuple((v, labels.name(v)) for v in present), self._label)
        self._pane.set_frames(labels.frames, self._regions.label_frame)
        self._pane.set_current(self._session.playhead)

    def _show_marks(self) -> None:
        frame, labels = self._session.playhead, self._regions.labels
        measured = self._regions.measured.get(frame)
        self._show_units(frame)
        if labels is None or not self._session.view.state.viewports.labels:
            self._marks.set(_WHO)
            return
        carried = {} if measured is None else dict(measured.outlines)
        own = tuple(
            Stroke(line, _hue(label), 1.0, 0.85)
            for label, line in self._regions.true_outlines(frame).items()
            if self._is_outlined(label)
        )
        moved = tuple(
            Stroke(line, _hue(label), 1.5)
            for label, line in carried.items()
            if self._is_outlined(label)
        )
        # Over the source frame its own labels say what is true; without them, the carried ones.
        self._marks.set(_WHO, own or moved, moved, self._on_reference())

    def _is_outlined(self, label: int) -> bool:
        """Whether a label is drawn: outlines of many would hide the picture they are about."""
        labels = self._regions.labels
        few = labels is None or len(labels.present) <= _FEW_LABELS
        return few or label == self._label

    def _on_reference(self) -> tuple[Stroke, ...]:
        reference = self._regions.reference
        if reference is None:
            return ()
        if self._reference_lines[0] is not reference:
            lines = outlines_of(reference)
            strokes = {label: Stroke(line, _hue(label), 1.2) for label, line in lines.items()}
            self._reference_lines = (reference, strokes)
        kept = self._reference_lines[1]
        return tuple(stroke for label, stroke in kept.items() if self._is_outlined(label))

    def _show_units(self, frame: int) -> None:
        subject, labels = self._session.active, self._regions.labels
        if subject is None:
            return
        facts = self._session.media.facts(subject)
        eight_bit = subject.clip.frames.dtype == np.uint8
        measured = self._regions.measured.get(frame)
        own = labels is not None and frame < len(labels.valid) and bool(labels.valid[frame])
        self._grid.set_units(
            Units(
                range=None if facts is None or eight_bit else facts.range,
                labels=labels.masks[frame] if own and labels is not None else None,
                carried=measured.labels if measured and measured.step == 1 else None,
                names={} if labels is None else labels.names,
            )
        )

    def _show_series(self) -> None:
        labels, subject = self._regions.labels, self._session.active
        self._pane.set_quantity(self._quantity)
        if labels is None or subject is None or not self._label:
            self._pane.set_message("")
            return
        if not self._regions.measured:
            card = self._session.card(subject)
            reason = missing_reason(card, Capability.DISPLACEMENT, "Carrying labels along")
            self._pane.set_message(reason or "The labels are measured once the motion is known.")
            return
        values = self._values(len(subject.clip))
        self._pane.copy.set_reason("")
        if self._quantity == AREA:
            self._show_area(values, "mm²" if subject.clip.spacing else "px")
        else:
            self._show_strain(values)

    def _show_area(self, values: NDArray[np.float64], unit: str) -> None:
        series = Series("carried", values[:, 0], values[:, 1], _hue(self._label))
        words = area_words(values, unit)
        self._pane.set_series((series,), unit, words, zero=True)

    def _show_strain(self, values: NDArray[np.float64]) -> None:
        reference, nothing = self._regions.reference, np.full(len(values), np.nan)
        ring = reference is not None and is_ring(reference == self._label)
        names = ("radial", "circumferential") if ring else ("larger", "smaller")
        one = Series(names[0], 100 * values[:, 2], nothing, _hue(self._label))
        two = Series(names[1], 100 * values[:, 3], nothing, _hue(self._label + 1))
        self._pane.set_series((one, two), "%", strain_words(values, names), zero=False)

    def _values(self, count: int) -> NDArray[np.float64]:
        """(T, 5): area, own area, first and second strain, Dice; NaN where unknown."""
        values = np.full((count, 5), np.nan)
        for frame, measured in self._regions.measured.items():
            region = measured.regions.get(self._label)
            if region is not None and frame < count:
                values[frame] = _numbers(region)
        return values


def area_words(values: NDArray[np.float64], unit: str) -> str:
    """What areas over time come to.

    Args:
        values: (T, 5): area, own area, two strains, Dice; NaN where unknown.
        unit: of areas.
    """
    parts: list[str] = []
    area = values[:, 0]
    if np.isfinite(area).any():
        low, high = int(np.nanargmin(area)), int(np.nanargmax(area))
        parts.append(
            f"Area {area[high]:.4g} {unit} at frame {high}, {area[low]:.4g} {unit} at frame {low}"
        )
        share = 100 * change_fraction(area)
        parts.append(f"Change of area {share:.0f} % of the largest (area-based, one slice)")
    both = np.isfinite(values[:, 1]) & np.isfinite(area)
    if both.any():
        error = np.abs(area[both] - values[both, 1])
        parts.append(
            f"Against {int(both.sum())} labelled frames (dots): area differs by "
            f"{error.mean():.3g} {unit} on average, {error.max():.3g} at most"
        )
        overlap = values[both, 4]
        parts.append(f"Dice {overlap.mean():.3f} on average, {overlap.min():.3f} at least")
    return "\n".join(parts)


def strain_words(values: NDArray[np.float64], names: tuple[str, str]) -> str:
    """What mean strains over time come to, with the formula."""
    parts: list[str] = []
    for column, name, pick in ((2, names[0], np.nanargmax), (3, names[1], np.nanargmin)):
        strain = values[:, column]
        if np.isfinite(strain).any():
            frame = int(pick(strain))
            percent = f"{100 * strain[frame]:.1f}".replace("-", "−")
            parts.append(f"Peak {name} strain {percent} % at frame {frame}")
    if not parts:
        return "This model gives no inverse field, which strain needs."
    parts.append("Mean over the label of E = ½ (FᵀF − I), F the gradient of where material goes")
    return "\n".join(parts)


def _numbers(region: Region) -> tuple[float, ...]:
    return region.area, region.true_area, region.first, region.second, region.dice


def _hue(label: int) -> str:
    return HUES[(label - 1) % len(HUES)]
