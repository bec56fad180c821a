"""Whose motion a subject has: the clip that drives it, its frames beside the result, its sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip
from motionstudio.core.transfer import Timing, nearest_rows
from motionstudio.document.subject import MediaRef, Subject
from motionstudio.export.kinds import ExportKind
from motionstudio.export.options import ExportOptions
from motionstudio.io import read_clip
from motionstudio.io.sound import Sound

WITH_SOUND = (ExportKind.MP4, ExportKind.WEBM)
_STEP = 0.5
"""Share of a frame by which pictures may run ahead of the sound, or behind it."""


@dataclass(frozen=True, slots=True, eq=False)
class Driver:
    """The clip that drives a subject.

    Attributes:
        name: for people.
        clip: its frames and times. ``media``: where they come from.
        rows: (T,) for each frame of the subject the driver's frame that it follows.
    """

    name: str
    clip: Clip
    media: MediaRef
    rows: NDArray[np.intp]


def driver_of(subject: Subject, subjects: Sequence[Subject]) -> Driver | None:
    """The clip that drives ``subject``: its own, or another one of ``subjects``.

    None where the motion came from elsewhere: from a sample, a file, a draw, or a subject that is
    not in the project any more.
    """
    if subject.carried is None:
        if subject.held or len(subject.clip) == 1:
            return None
        own = np.arange(len(subject.clip))
        return Driver(subject.name, subject.clip, subject.media, own)
    carried = subject.carried
    found = next((one for one in subjects if carried.source and one.id == carried.source), None)
    if found is None or found.media_problem or len(found.clip) != len(carried.times):
        return None
    here = Timing(subject.clip.times, subject.reference, subject.cyclic, subject.clip.period)
    rows = np.arange(len(found.clip))
    if len(subject.clip) != len(rows) or not np.allclose(subject.clip.times, found.clip.times):
        rows = nearest_rows(carried.timing, here)
    return Driver(found.name, found.clip, found.media, rows)


def no_driver(subject: Subject) -> str:
    """Why there is no driving clip, one sentence."""
    if subject.carried is None:
        return f"The motion of {subject.name} was not taken from a clip."
    return f"{subject.carried.name}, whose motion it is, is no clip of this project."


def why_silent(
    subject: Subject,
    driver: Driver | None,
    options: ExportOptions,
    audible: bool | None = None,
) -> str:
    """Why a film of ``subject`` has no sound, one sentence; empty where it has.

    ``audible``: whether the driver's file has sound; None: look.
    """
    if options.kind not in WITH_SOUND:
        return "Only MP4 and WebM hold sound."
    if driver is None:
        return no_driver(subject)
    if audible is None:
        audible = is_audible(driver)
    if not audible:
        return f"{driver.name} has no sound."
    if options.ping_pong:
        return "Forth and back, sound would have to run backwards."
    if options.fps is not None or driver.media.fps is not None:
        return "At another rate than the film's own, sound would not keep step."
    if not _in_step(subject, driver):
        return f"{subject.name} does not keep the time of {driver.name}."
    return ""


def is_audible(driver: Driver | None) -> bool:
    """Whether the driver's file has sound; opens it."""
    if driver is None or not driver.media.path:
        return False
    # Codecs come after the window is up.
    from motionstudio.io.sound_track import has_sound

    return has_sound(driver.media.path)


def sound_of(
    subject: Subject, driver: Driver | None, options: ExportOptions, lasts: float
) -> Sound | None:
    """The driver's sound for a film of ``subject``; None where it has none or none is wanted.

    Args:
        subject: with a motion.
        driver: see ``driver_of``.
        options: what a person chose.
        lasts: seconds that one play of the film takes.
    """
    if not options.sound or driver is None or why_silent(subject, driver, options):
        return None
    first = options.frames(len(subject.clip)).start
    at = driver.clip.times[driver.rows[first]] - driver.clip.times[0]
    start = _file_start(driver.media) + float(at)
    return Sound(Path(driver.media.path), start, lasts, max(options.plays, 1))


def _in_step(subject: Subject, driver: Driver) -> bool:
    """Whether every frame comes when its driver's frame does, but for half a frame."""
    there = driver.clip.times[driver.rows]
    drift = (there - there[0]) - (subject.clip.times - subject.clip.times[0])
    step = float(np.median(np.diff(driver.clip.times))) if len(driver.clip) > 1 else 0.04
    return bool(np.abs(drift).max() <= _STEP * step)


def _file_start(media: MediaRef) -> float:
    """When the first frame in use is shown, seconds after the file's first one."""
    return 0.0 if not media.start else float(read_clip(media.path).times[media.start])
