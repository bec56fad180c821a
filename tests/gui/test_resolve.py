"""What the engine is asked for, as pure functions of the document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from motionstudio.document.change import Command, ProjectState
from motionstudio.document.commands import (
    SetCyclic,
    SetFraming,
    SetKept,
    SetModel,
    SetReference,
)
from motionstudio.document.opening import OpenSettings, subject_from_clip
from motionstudio.document.project import Project
from motionstudio.document.subject import Framing
from motionstudio.engine.keys import content_key
from motionstudio.engine.requests import Lane, Picture
from motionstudio.gui.presenters.media_store import MediaFacts
from motionstudio.gui.presenters.resolve import (
    compare_request,
    decode_request,
    encode_request,
    refine_request,
)
from tests.document.builders import clip, encode, subject
from tests.gui.small_model import small_card

CARD = small_card("heart")


@pytest.fixture
def project() -> Project:
    made = Project(ProjectState((subject(),)))
    made.set_encoding("a", encode(made.subject("a")), made.subject("a").kept)
    return made


def requests(project: Project) -> list[object]:
    of = project.subject("a")
    frame = np.asarray(of.clip.frames[of.reference])
    facts = MediaFacts((0.0, 1.0), "clip", Picture(content_key(frame), frame), of.reference)
    decode = decode_request(of, facts, CARD, project.revision, lane=Lane.SCRUB, frames=(1,))
    compare = compare_request(of, facts, CARD, project.revision, (1,))
    return [decode, compare, refine_request(of, facts, CARD, project.revision, 3)]


@pytest.mark.parametrize(
    "command",
    [
        SetReference("a", 3),
        SetFraming("a", Framing("crop", (0, 0, 8, 8))),
        SetModel("a", "figures"),
    ],
)
def test_a_motion_of_another_picture_is_never_shown(project: Project, command: Command) -> None:
    assert None not in requests(project)
    project.push(command)
    assert requests(project) == [None, None, None]
    project.history.undo()
    assert None not in requests(project)


@pytest.mark.parametrize(
    "command", [lambda: SetKept("a", (2,), False), lambda: SetCyclic("a", True)]
)
def test_dropping_frames_keeps_the_motion_on_screen_until_the_next(
    project: Project, command: Callable[[], Command]
) -> None:
    project.push(command())
    assert None not in requests(project)


def test_a_stride_does_not_change_how_long_the_cycle_is() -> None:
    strided = subject_from_clip(clip(cyclic=True), OpenSettings(stride=4), "heart")
    frame = np.asarray(strided.clip.frames[0])
    facts = MediaFacts((0.0, 1.0), "clip", Picture(content_key(frame), frame), 0)
    assert strided.clip.times.tolist() == pytest.approx([0, 0.4])
    assert encode_request(strided, facts, CARD, 0).period == pytest.approx(0.6)
    opened = replace(strided, cyclic=False)
    assert encode_request(opened, facts, CARD, 0).period is None
