"""What carrying a motion onto a subject would make of it: shown before, done on release."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from motionstudio.core.carrying import AS_IT_IS, Transfer
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.keypoints import KeypointTrack, keypoint_count, rest_of
from motionstudio.core.motion import Motion, RowKind
from motionstudio.core.transfer import CARRIED_ROWS, Timing, TransferMode, check_match
from motionstudio.document.carried import Carried
from motionstudio.document.carry_commands import CarryMotion, becomes_own, with_points
from motionstudio.document.change import Command
from motionstudio.document.subject import Subject
from motionstudio.document.transfer_commands import is_still

SAMPLE = "sample:"
"""Sources whose id begins like this are samples of the library, not subjects."""
TEMPLATE = "template:"
"""Sources whose id begins like this are files with a motion: the path follows."""
BLEND_FIRST = 0.5
"""The share that a blend starts with."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Which motion is carried where, and how.

    Attributes:
        source: id of a subject, ``sample:<file>`` or ``template:<path>``.
        target: id of the subject that is to move.
        mode: what happens to the target's own motion.
        strength: share of a blend, else amplitude; None: as the options for the next drag say.
    """

    source: str
    target: str
    mode: TransferMode = TransferMode.REPLACE
    strength: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Arriving:
    """A motion that is carried somewhere.

    Attributes:
        name: whose it is, for people.
        motion: with its edits.
        reference: row that it starts from.
        period: seconds of the closed cycle, where the times do not tell, or None.
        source: id of the subject whose motion it is, or empty.
    """

    name: str
    motion: Motion
    reference: int = 0
    period: float | None = None
    source: str = ""

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
        return cls(subject.name, motion, subject.reference, subject.clip.period, subject.id)


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """What would happen.

    Attributes:
        command: does it.
        motion: what the target would do then.
        label: the step's name for people.
        own: whether the motion becomes the target's own, so that there is nothing to blend.
    """

    command: Command
    motion: Motion
    label: str
    own: bool = False


def plan(
    target: Subject,
    arriving: Arriving,
    mode: TransferMode,
    strength: float | None = None,
    gesture: int = 0,
    *,
    how: Transfer | None = None,
    resting: KeypointTrack | None = None,
) -> Planned:
    """What carrying a motion onto ``target`` would do.

    Args:
        target: whose picture is to move.
        arriving: the motion.
        mode: replace, add or blend.
        strength: as in ``Offer``.
        gesture: see ``CarryMotion``.
        how: further options.
        resting: keypoints of the target at rest, where they are known otherwise than from its
            own encoding.

    Raises:
        MotionStudioError: the target has no motion yet, the two were made by different models,
            or the options need keypoints that are not known.
    """
    label = f"Move {arriving.name} onto {target.name}"
    carried = with_points(_carried(target, arriving, mode, strength, how, resting), target)
    command = CarryMotion(target.id, carried, gesture)
    if becomes_own(target, carried):
        _check_frames(target, arriving)
        made = replace(arriving.motion, mean=carried.arriving(), state={})
        return Planned(command, made, label, own=True)
    own = _own(target)
    check_match(arriving.motion, own, arriving.name, target.name)
    carried = replace(carried, own=None if mode is TransferMode.REPLACE else own.mean)
    moving = replace(own, cyclic=target.cyclic)
    here = Timing.of(moving, target.reference, target.clip.period)
    command = CarryMotion(target.id, carried, gesture)
    return Planned(command, replace(own, mean=carried.values(here)), label)


def _carried(
    target: Subject,
    arriving: Arriving,
    mode: TransferMode,
    strength: float | None,
    how: Transfer | None,
    resting: KeypointTrack | None,
) -> Carried:
    motion, how = arriving.motion, how or AS_IT_IS
    blend = mode is TransferMode.BLEND
    driving = rest_of(motion)
    count = keypoints_in(target) if driving is None else driving.value.shape[1]
    if strength is not None and not blend:
        how = replace(how, strength=strength)
    timing = Timing.of(motion, arriving.reference, arriving.period)
    return Carried(
        name=arriving.name,
        rows=np.array(motion.mean, np.float32),
        times=timing.times,
        count=count,
        reference=arriving.reference,
        cyclic=motion.cyclic,
        period=arriving.period,
        mode=mode,
        share=BLEND_FIRST if strength is None else strength if blend else 1.0,
        how=fitting(how, count),
        driving=driving,
        resting=resting,
        model_hash=motion.model_hash,
        source=arriving.source,
        frame_times=motion.times if motion.rows is RowKind.PAIR else None,
    )


def keypoints_in(subject: Subject) -> int:
    """K of a subject whose dimensions are keypoints, 0 of any other."""
    rest = None if subject.track is None else rest_of(subject.track.base)
    return keypoint_count(subject.dim_names) if rest is None else rest.value.shape[1]


def fitting(how: Transfer, count: int) -> Transfer:
    """``how`` without weights that are for another number of keypoints."""
    if how.weights and len(how.weights) != count:
        how = replace(how, weights=())
    off = tuple(k for k in how.off if k < count)
    still = how.still if how.still is not None and how.still < count else None
    return replace(how, off=off, still=still)


def _own(target: Subject) -> Motion:
    """What the target does now; what has no motion yet cannot be given another one."""
    if target.track is None or not target.has_motion:
        raise MotionStudioError(
            f"The motion of {target.name} is not known yet.", "Wait until it has been found."
        )
    return target.track.motion()


def _check_frames(target: Subject, arriving: Arriving) -> None:
    """A picture only moves by rows of its own model, frames or the steps between them."""
    motion = arriving.motion
    if motion.rows not in CARRIED_ROWS or motion.model != target.model:
        check_match(motion, replace(motion, model=target.model), arriving.name, target.name)


def caption(target: Subject, name: str, mode: TransferMode) -> str:
    """``Drop to replace the motion of heart by that of walk``."""
    if is_still(target) and not target.held:
        return f"Drop to animate {target.name} with the motion of {name}"
    return {
        TransferMode.REPLACE: f"Drop to replace the motion of {target.name} by that of {name}",
        TransferMode.ADD: f"Drop to add the motion of {name} to that of {target.name}",
        TransferMode.BLEND: f"Drop to blend the motion of {target.name} with that of {name}",
    }[mode]
