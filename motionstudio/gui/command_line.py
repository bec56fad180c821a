"""The command line that makes what the window shows."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.kept import describe
from motionstudio.document.subject import Subject
from motionstudio.gui.presenters.session import Session

_SAVE = "Save the project first: a command can only tell what a file has."


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A line for a shell.

    Attributes:
        words: of each command, in order; they are joined by ``&&``.
        remark: what to know about it, or empty.
    """

    words: tuple[tuple[str, ...], ...]
    remark: str = ""

    @property
    def text(self) -> str:
        """The line to paste."""
        return " && ".join(shlex.join(words) for words in self.words)


def command_for(session: Session) -> CommandLine:
    """What makes the pictures of the active subject again, in a shell.

    A saved project is rendered as it is; else an unedited clip is encoded and rendered.

    Raises:
        MotionStudioError: only a saved project could tell it, and it is not saved.
    """
    subject = session.active
    if subject is None:
        raise MotionStudioError("Nothing is open.", "Open a clip first.")
    path = _saved_in(session)
    if path is not None:
        return _for_project(session, subject, path)
    if reason := why_no_command(session):
        raise MotionStudioError(reason)
    return _for_clip(subject)


def why_no_command(session: Session) -> str:
    """Why there is no such command now, or empty."""
    subject = session.active
    if subject is None:
        return "Open a clip first."
    if _saved_in(session) is not None or _is_plain(subject):
        return ""
    return _SAVE


def _saved_in(session: Session) -> Path | None:
    project = session.project
    return project.path if project.path is not None and project.history.clean else None


def _is_plain(subject: Subject) -> bool:
    """Whether clip, dropped frames and model say everything about the pictures."""
    track, media, framing = subject.track, subject.media, subject.framing
    return (
        track is not None
        and not track.is_edited
        and not track.muted
        and not track.keys.curves
        and not track.base.state
        and not subject.held
        and not subject.draws
        and not subject.needs_encoding
        and framing.crop is None
        and framing.angle == 0
        and media.fps is None
        and media.path is not None
    )


def _for_project(session: Session, subject: Subject, path: Path) -> CommandLine:
    words = ["motionstudio", "render", str(path)]
    if len(session.project.subjects) > 1:
        words += ["--subject", subject.name]
    words += ["--out", f"{_plain_name(subject)}.mp4"]
    return CommandLine((tuple(words),))


def _for_clip(subject: Subject) -> CommandLine:
    media, name = subject.media, _plain_name(subject)
    motion = f"{name}.motion.npz"
    encode = ["motionstudio", "encode", str(media.path), "--model", subject.model]
    if (media.start, media.stop, media.stride) != (0, None, 1):
        stop = "" if media.stop is None else str(media.stop)
        encode += ["--range", f"{media.start}:{stop}:{media.stride}"]
    if not subject.kept.all():
        encode += ["--drop", describe(subject.kept)]
    if subject.reference:
        encode += ["--reference", str(subject.reference)]
    encode += ["--cyclic" if subject.cyclic else "--open"]
    render = ["motionstudio", "render", motion, "--source", str(media.path)]
    render += ["--frame", str(media.start + subject.reference * media.stride)]
    for words in (encode, render):
        if media.slice_index is not None:
            words += ["--slice", str(media.slice_index)]
        words += ["--fit", subject.framing.mode]
    encode += ["--out", motion]
    render += ["--out", f"{name}.mp4"]
    return CommandLine((tuple(encode), tuple(render)))


def _plain_name(subject: Subject) -> str:
    kept = "".join(c if c.isalnum() or c in "-_" else "-" for c in subject.name).strip("-")
    return kept or "motion"
