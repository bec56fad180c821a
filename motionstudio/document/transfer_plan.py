"""What carrying a motion onto a subject would make of it: shown before, done on release."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Motion, RowKind
from motionstudio.core.transfer import Timing, TransferMode, check_match, combined, resampled
from motionstudio.document.change import Command
from motionstudio.document.subject import Subject
from motionstudio.document.transfer_commands import AnimateStill, TransferMotion, is_still

SAMPLE = "sample:"
"""Sources whose id begins like this are samples of the library, not subjects."""
BLEND_FIRST = 0.5
"""The share that a blend starts with."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Which motion is carried where, and how.

    Attributes:
        source: id of a subject, or ``sample:<file>``.
        target: id of the subject that is to move.
        mode, strength: see ``core.transfer.combined``.
    """

    source: str
    target: str
    mode: TransferMode = TransferMode.REPLACE
    strength: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Arriving:
    """A motion that is carried somewhere.

    Attributes:
        name: whose it is, for people.
        motion: with its edits.
        reference: row that it starts from.
        period: seconds of the closed cycle, where the times do not tell, or None.
    """

    name: str
    motion: Motion
    reference: int = 0
    period: float | None = None

    @classmethod
    def of(cls, subject: Subject) -> Self:
        """The motion of a subject.

        Raises:
            MotionStudioError: it is not known yet.
        """
        if subject.track is None or not subject.has_motion:
            raise MotionStudioError(
                f"The motion of {subject.name} is not known yet.",
                "Wait until it has been found.",
            )
        motion = replace(subject.track.motion(), cyclic=subject.cyclic)
        return cls(subject.name, motion, subject.reference, subject.clip.period)


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """What would happen.

    Attributes:
        command: does it.
        motion: what the target would do then.
        label: the step's name for people.
    """

    command: Command
    motion: Motion
    label: str


def plan(
    target: Subject, arriving: Arriving, mode: TransferMode, strength: float, gesture: int = 0
) -> Planned:
    """What carrying a motion onto ``target`` would do.

    Args:
        target: whose picture is to move.
        arriving: the motion.
        mode: replace, add or blend.
        strength: see ``core.transfer.combined``.
        gesture: see ``TransferMotion``.

    Raises:
        MotionStudioError: the target has no motion yet, or the two were made by different models.
    """
    label = f"Move {arriving.name} onto {target.name}"
    if is_still(target) and (mode is TransferMode.REPLACE or target.track is None):
        return _animated(target, arriving, strength, label)
    own = _own(target)
    check_match(arriving.motion, own, arriving.name, target.name)
    there = Timing.of(arriving.motion, arriving.reference, arriving.period)
    here = Timing(own.times, target.reference, target.cyclic, target.clip.period)
    values = combined(own.mean, resampled(arriving.motion.mean, there, here), mode, strength)
    values[target.reference] = 0
    command = TransferMotion(target.id, values, arriving.name, gesture)
    return Planned(command, replace(own, mean=values), label)


def _own(target: Subject) -> Motion:
    """What the target does now; what has no motion yet cannot be given another one."""
    if target.track is None or not target.has_motion:
        raise MotionStudioError(
            f"The motion of {target.name} is not known yet.", "Wait until it has been found."
        )
    return target.track.motion()


def _animated(target: Subject, arriving: Arriving, strength: float, label: str) -> Planned:
    motion = arriving.motion
    if motion.rows is not RowKind.FRAME or motion.model != target.model:
        check_match(motion, replace(motion, model=target.model), arriving.name, target.name)
    values = combined(np.zeros_like(motion.mean), motion.mean, TransferMode.REPLACE, strength)
    still = replace(motion, mean=np.array(values, np.float32), state={})
    still.mean[arriving.reference] = 0
    command = AnimateStill(target.id, still, arriving.reference, arriving.name, arriving.period)
    return Planned(command, still, label)


def caption(target: Subject, name: str, mode: TransferMode) -> str:
    """``Drop to replace the motion of heart by that of walk``."""
    if is_still(target) and not target.held:
        return f"Drop to animate {target.name} with the motion of {name}"
    return {
        TransferMode.REPLACE: f"Drop to replace the motion of {target.name} by that of {name}",
        TransferMode.ADD: f"Drop to add the motion of {name} to that of {target.name}",
        TransferMode.BLEND: f"Drop to blend the motion of {target.name} with that of {name}",
    }[mode]
