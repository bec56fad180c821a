"""Clip settings after opening: other frames, framing, cycle or model, as one undo step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from motionstudio.core.clip import Clip
from motionstudio.document.change import Command
from motionstudio.document.commands import (
    AddSubjects,
    RemoveSubject,
    SetCyclic,
    SetFraming,
    SetModel,
)
from motionstudio.document.opening import OpenSettings, subject_from_clip
from motionstudio.document.subject import Framing, Subject
from motionstudio.gui.presenters.model_choice import model_command
from motionstudio.gui.presenters.session import Session


@dataclass(frozen=True, slots=True)
class ClipChanges:
    """What a person wants of a clip that is open.

    Attributes:
        settings: range, stride, framing, slice, cycle and rate.
        model: name of the checkpoint.
    """

    settings: OpenSettings
    model: str


def reopen(session: Session, subject: Subject, changes: ClipChanges) -> None:
    """Apply changes; other frames mean that the clip is read again and encoded anew."""
    if same_frames(subject, changes.settings):
        _change_in_place(session, subject, changes)
        return
    wanted = changes.settings

    def work() -> Clip:
        from motionstudio.io import read_clip

        return read_clip(Path(subject.media.path), slice_index=wanted.slice_index)

    def deliver(clip: Clip | Exception) -> None:
        if isinstance(clip, Exception):
            session.notices.report(clip)
            return
        if session.find(subject.id) is None:
            session.notices.say(f"{subject.name} was removed before it was read again.")
            return
        with session.reported():
            names = session.catalogue.dim_names(changes.model)
            # An aligned crop may leave the picture, which one that is chosen on opening may not.
            plain = replace(wanted, crop=None)
            made = subject_from_clip(clip, plain, changes.model, dim_names=names)
            made = replace(made, name=subject.name, framing=_framing(wanted))
            with session.project.transaction("Change clip settings"):
                session.project.push(RemoveSubject(subject.id))
                session.project.push(AddSubjects((made,)))
            session.show(made.id)

    session.media.submit(work, lambda clip: session.after_gesture(partial(deliver, clip)))


def same_frames(subject: Subject, settings: OpenSettings) -> bool:
    """Whether the settings use the very frames that are open."""
    media = subject.media
    return (media.start, media.stop, media.stride, media.slice_index, media.fps) == (
        settings.start,
        settings.stop,
        settings.stride or media.stride,
        settings.slice_index,
        settings.fps,
    )


def _change_in_place(session: Session, subject: Subject, changes: ClipChanges) -> None:
    settings = changes.settings
    commands: list[Command] = []
    framing = _framing(settings)
    if framing != subject.framing:
        commands.append(SetFraming(subject.id, framing))
    if settings.cyclic is not None and settings.cyclic != subject.cyclic:
        commands.append(SetCyclic(subject.id, settings.cyclic))
    if changes.model != subject.model:
        card = session.catalogue.card(changes.model)
        if card is None:
            commands.append(SetModel(subject.id, changes.model))
        else:
            commands.append(model_command(subject, session.card(subject), card))
    if not commands:
        return
    with session.reported(), session.project.transaction("Change clip settings"):
        for command in commands:
            session.project.push(command)


def _framing(settings: OpenSettings) -> Framing:
    return Framing(settings.mode, settings.crop, settings.angle)
