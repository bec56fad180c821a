"""Operations on the selected values: gain, smooth, steady, shift, stretch, reverse, seam."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QWidget

from motionstudio.core.editing import gain, smooth
from motionstudio.core.motion import Float
from motionstudio.core.motion_ops import loop_seam, reverse, time_shift, time_stretch
from motionstudio.core.steadying import Steadying, steadied
from motionstudio.document.latent_commands import SetValues
from motionstudio.document.subject import Subject
from motionstudio.gui.items.amount_popover import AmountPopover, AmountSpec
from motionstudio.gui.presenters.latent import LatentPresenter
from motionstudio.gui.presenters.latent_words import label_of
from motionstudio.gui.presenters.session import Session

Rows = Sequence[int]
Run = Callable[[Float, Rows, Rows, float, bool, bool, float], Float]
"""Values (R, D), rows, dims, amount, option, cyclic, second amount -> new values (R, D)."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be done to values, with an amount.

    Attributes:
        verb: first word of the undo step.
        ask: what the popover asks.
        run: does it.
        release: whether keys become plain values, as they must where time is changed.
        over_time: whether a single frame has nothing that it could change.
    """

    verb: str
    ask: AmountSpec
    run: Run
    release: bool = False
    over_time: bool = False


OPERATIONS: dict[str, Operation] = {
    "gain": Operation(
        "Gain",
        AmountSpec("Gain", 0.0, 3.0, 1.0, 0.01, prefix="× ", option="About each one's mean"),
        lambda v, rows, dims, amount, mean, *_: gain(v, rows, dims, amount, about_mean=mean),
    ),
    "smooth": Operation(
        "Smooth",
        AmountSpec("Smooth", 0.0, 10.0, 1.0, 0.1, 1, suffix=" frames"),
        lambda v, rows, dims, amount, _, cyclic, _2: (
            smooth(v, rows, dims, amount, cyclic=cyclic) if amount > 0 else v
        ),
    ),
    "steady": Operation(
        "Steady",
        AmountSpec("One-euro filter", 0.5, 20.0, 3.0, 0.1, 1, prefix="over ", suffix=" frames",
                   option="Both ways, no delay", on=True, label="At rest",
                   second=AmountSpec("Follow motion", 0.0, 10.0, 1.0, 0.05)),
        lambda v, rows, dims, amount, both, cyclic, follow: steadied(
            v, rows, dims, Steadying(amount, follow, both), cyclic=cyclic
        ),
    ),
    "shift": Operation(
        "Shift in time",
        AmountSpec("Shift in time", -64, 64, 0.0, 0.25, suffix=" frames", option="Whole frames",
                   on=True),
        lambda v, rows, dims, amount, whole, cyclic, _: time_shift(
            v, rows, dims, float(round(amount)) if whole else amount, cyclic=cyclic
        ),
        release=True, over_time=True,
    ),
    "stretch": Operation(
        "Stretch in time",
        AmountSpec("Stretch in time", 0.25, 4.0, 1.0, 0.05, prefix="× "),
        lambda v, rows, dims, amount, _, cyclic, _2: time_stretch(
            v, rows, dims, amount, cyclic=cyclic
        ),
        release=True, over_time=True,
    ),
    "seam": Operation(
        "Close the loop",
        AmountSpec("Close the loop", 1, 64, 8, 1, 0, prefix="over ", suffix=" frames"),
        lambda v, rows, dims, amount, *_: loop_seam(v, rows, dims, round(amount)),
        over_time=True,
    ),
}  # fmt: skip


class OperationPresenter(QObject):
    """Opens the popover, previews within one transaction, and keeps or takes back the result.

    Args:
        session: shared parts.
        latent: owns the gesture.
        anchor: the popover floats above the top of this pane, at its right.
        window: its parent.
    """

    def __init__(
        self,
        session: Session,
        latent: LatentPresenter,
        anchor: QWidget,
        window: QWidget,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._latent, self._anchor = session, latent, anchor
        self.popover = AmountPopover(window)
        self._operation = OPERATIONS["gain"]
        self._cells: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
        self.popover.changed.connect(self._preview)
        self.popover.applied.connect(self._apply)
        self.popover.cancelled.connect(self._cancel)

    def open(self, name: str) -> None:
        """Ask for the amount of an operation on the selected values, or on all."""
        subject = self._session.active
        if subject is None or subject.track is None or not self._latent.begin():
            return
        self._operation = OPERATIONS[name]
        self._cells = rows, dims = self.cells(subject, over_time=self._operation.over_time)
        spec = self._fitted(self._operation.ask, len(rows))
        what = subject.dim_name(dims[0]) if len(dims) == 1 else f"{len(dims)} dimensions"
        words = f"{what} × {len(rows)} frame{'s' if len(rows) > 1 else ''}"
        corner = self._anchor.mapTo(self._anchor.window(), QPoint(self._anchor.width(), 0))
        self.popover.ask(spec, words, corner)
        self._preview(spec.start, spec.on, spec.second.start if spec.second else 0.0)

    def close(self) -> bool:
        """Take the operation that is being asked about back; tells whether there was one."""
        return self.popover.dismiss()

    def reverse(self) -> None:
        """Play the selected values backwards, or all."""
        subject = self._session.active
        if subject is None or subject.track is None:
            return
        rows, dims = self.cells(subject, over_time=True)
        cyclic = self._is_cyclic(subject, rows)
        if not cyclic:
            rows = tuple(row for row in rows if row != subject.track.locked_row)
        values = reverse(subject.track.values, rows, dims, cyclic=cyclic)
        self._push(subject, values, rows, dims, "Reverse", release=True)

    def cells(
        self, subject: Subject, *, over_time: bool = False
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The selected rows and dimensions of a subject; all of them without a selection.

        Args:
            subject: whose.
            over_time: a single selected frame stands for the whole of its dimensions.
        """
        chosen, track = self._session.selection, subject.track
        if track is None:
            return chosen.rows, chosen.dims
        rows, dims = (tuple(range(count)) for count in track.offset.shape)
        if chosen.is_empty:
            return rows, dims
        return (rows if over_time and len(chosen.rows) == 1 else chosen.rows), chosen.dims

    def _preview(self, amount: float, option: bool, second: float) -> None:
        before, subject = self._latent.before, self._latent.gesture_subject
        if before is None or subject is None:
            return
        (rows, dims), operation = self._cells, self._operation
        cyclic = self._is_cyclic(subject, rows)
        values = operation.run(before.values, rows, dims, amount, option, cyclic, second)
        block = values[np.ix_(rows, dims)]
        verb = operation.verb
        command = SetValues(subject.id, rows, dims, block, verb, operation.release)
        self._latent.change(command, label_of(subject, rows, dims, verb))

    def _apply(self) -> None:
        before, subject = self._latent.before, self._latent.gesture_subject
        self._latent.finish()
        if before is None or subject is None or not self._operation.release:
            return
        dims = [dim for dim in self._cells[1] if before.keys.of(dim)]
        self._tell_released(subject, dims)

    def _cancel(self) -> None:
        self._latent.cancel()

    def _push(
        self,
        subject: Subject,
        values: Float,
        rows: tuple[int, ...],
        dims: tuple[int, ...],
        verb: str,
        *,
        release: bool,
    ) -> None:
        if not rows:
            return
        keyed = [] if subject.track is None else [d for d in dims if subject.track.keys.of(d)]
        command = SetValues(subject.id, rows, dims, values[np.ix_(rows, dims)], verb, release)
        self._session.push(command, label_of(subject, rows, dims, verb))
        if release:
            self._tell_released(subject, keyed)

    def _tell_released(self, subject: Subject, dims: Sequence[int]) -> None:
        if dims:
            names = ", ".join(subject.dim_name(dim) for dim in dims[:4])
            self._session.notices.say(
                f"The keys of {names} became plain values, because their time changed. "
                "Undo brings them back."
            )

    def _fitted(self, spec: AmountSpec, rows: int) -> AmountSpec:
        """The range of an amount in frames, fitted to the frames there are."""
        if spec.title == "Shift in time":
            return replace(spec, low=-float(rows), high=float(rows))
        if spec.title == "Close the loop":
            most = max(1.0, rows - 1.0)
            return replace(spec, high=most, start=min(spec.start, max(1.0, rows // 4)))
        return spec

    def _is_cyclic(self, subject: Subject, rows: Sequence[int]) -> bool:
        """Only the whole of a closed cycle has no ends."""
        return (
            subject.cyclic and subject.track is not None and len(rows) == len(subject.track.offset)
        )
