"""A still unfolds into a drawing and folds again; every step has its exact way back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from motionstudio.core.glimpses import as_drawing
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Motion, RowKind
from motionstudio.document.change import ProjectState
from motionstudio.document.glimpse_commands import FoldStill, UnfoldStill, is_drawn, still_of
from motionstudio.document.subject import Subject
from tests.document.builders import clip, subject

G = 4


def _still(**fields: Any) -> Subject:
    return subject(clip=clip(1), kept=np.ones(1, np.bool_), **fields)


def _drawn(of: Subject) -> Subject:
    values = np.ones((G, 3), np.float32)
    motion = Motion(
        values, values, np.ones(1, bool), np.zeros(1), RowKind.GLIMPSE, np.zeros((G, 2)),
        np.zeros(G, bool),
    )  # fmt: skip
    track = LatentTrack.unedited(as_drawing(motion, of.clip.times))
    return replace(of, track=track, encoded_with=of.encoding_key)


def _same(one: Subject, other: Subject) -> bool:
    names = ("clip", "held", "model", "track", "encoded_with", "reference", "cyclic", "dim_names")
    same = all(getattr(one, name) is getattr(other, name) for name in names)
    return same and np.array_equal(one.kept, other.kept)


def test_unfolding_holds_the_picture_for_each_glimpse_and_can_be_undone() -> None:
    still = _still(cyclic=True)
    state = ProjectState((still,))
    outcome = UnfoldStill("a", "draw", G).apply(state)
    made = outcome.state.subject("a")
    assert (len(made.clip), made.held, made.model, made.track) == (G, True, "draw", None)
    assert made.needs_encoding
    assert not made.cyclic
    np.testing.assert_array_equal(made.clip.frames[G - 1], still.clip.frames[0])
    assert {"subjects", "model"} <= outcome.change.kinds
    back = outcome.inverse.apply(outcome.state)
    assert _same(back.state.subject("a"), still)


def test_folding_leaves_one_picture_for_the_other_model() -> None:
    unfolded = UnfoldStill("a", "draw", G).apply(ProjectState((_still(),)))
    drawn = _drawn(unfolded.state.subject("a"))
    assert is_drawn(drawn)
    outcome = FoldStill("a", "heart").apply(ProjectState((drawn,)))
    made = outcome.state.subject("a")
    assert (len(made.clip), made.held, made.model, made.track) == (1, False, "heart", None)
    assert not is_drawn(made)
    assert _same(outcome.inverse.apply(outcome.state).state.subject("a"), drawn)


def test_frames_that_were_observed_do_not_unfold() -> None:
    state = ProjectState((subject(),))
    with pytest.raises(ValueError, match="6 true frames"):
        UnfoldStill("a", "draw", G).apply(state)
    with pytest.raises(ValueError, match="not held"):
        FoldStill("a", "heart").apply(state)


def test_a_frame_of_a_clip_becomes_a_subject_that_can_be_read_again() -> None:
    whole = subject()
    whole = replace(whole, media=replace(whole.media, start=3, stride=2))
    one = still_of(whole, 2, "b")
    np.testing.assert_array_equal(one.clip.frames[0], whole.clip.frames[2])
    assert (one.media.start, one.media.stop, one.media.stride) == (7, 8, 1)
    assert len(one.clip) == 1
    assert one.name == "subject a, frame 2"


def test_the_picture_of_a_drawing_is_taken_whole() -> None:
    unfolded = UnfoldStill("a", "draw", G).apply(ProjectState((_still(),)))
    one = still_of(unfolded.state.subject("a"), 3, "b")
    assert len(one.clip) == 1
    assert not one.held
