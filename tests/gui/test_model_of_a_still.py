"""Another model for an animated picture: what moved it were numbers of the former one."""

from __future__ import annotations

from motionstudio.document.change import ProjectState
from motionstudio.document.glimpse_commands import FoldStill
from motionstudio.document.subject import Subject
from motionstudio.document.transfer_commands import AnimateStill
from motionstudio.gui.presenters.model_choice import lost_motion, model_command
from tests.document.builders import clip, encode, subject
from tests.gui.small_model import small_card

OTHER = small_card("other")


def animated() -> Subject:
    still = subject(clip=clip(1), kept=subject().kept[:1])
    command = AnimateStill("a", encode(subject()), 0, "walk")
    return command.apply(ProjectState((still,))).state.subject("a")


def test_an_animated_picture_is_a_still_again_for_another_model() -> None:
    moved = animated()
    outcome = model_command(moved, None, OTHER).apply(ProjectState((moved,)))
    still = outcome.state.subject("a")
    assert (len(still.clip), still.held, still.model) == (1, False, "other")
    assert still.track is None
    assert still.carried is None
    back = outcome.inverse.apply(outcome.state).state.subject("a")
    assert back.track is moved.track
    assert back.clip is moved.clip
    assert back.model == moved.model


def test_it_is_said_where_the_motion_went() -> None:
    said = lost_motion(animated(), OTHER)
    assert said is not None
    assert "heart" in said.text
    assert said.actions == ("edit.undo",)


def test_neither_its_own_model_nor_a_clip_loses_anything() -> None:
    own = small_card("heart")
    for one, card in ((animated(), own), (subject(), OTHER)):
        assert lost_motion(one, card) is None
        assert not isinstance(model_command(one, None, card), FoldStill)
