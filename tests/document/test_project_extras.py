"""What others keep in the document is in the file as well: keys, muted dimensions, turned crops."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from motionstudio.core.held import hold
from motionstudio.core.keys import Easing, Key
from motionstudio.core.latent_track import LatentTrack
from motionstudio.document.change import ProjectState
from motionstudio.document.direction import Direction
from motionstudio.document.opening import OpenSettings, subject_from_clip
from motionstudio.document.plain import PlainReader, PlainWriter
from motionstudio.document.project_file import read_project, write_project
from motionstudio.document.subject import Framing
from motionstudio.io import read_clip
from tests.document.builders import encode, subject
from tests.document.test_project_file import media_file


def test_keys_and_muted_dimensions_survive() -> None:
    track = LatentTrack.unedited(encode(subject()))
    keys = (Key(1, 0.5), Key(3, -0.25, Easing.LINEAR, 0.0), Key(5, 1.0))
    keyed = replace(track.with_keys({2: keys}), muted=(1, 3))
    writer = PlainWriter()
    plain = json.loads(json.dumps(writer.plain(keyed, LatentTrack, "track"), allow_nan=False))
    read = PlainReader(writer.arrays).value(plain, LatentTrack, "track")
    assert read.keys == keyed.keys
    assert read.muted == keyed.muted
    assert read.offset.tobytes() == keyed.offset.tobytes()


def test_turned_crops_directions_and_held_stills_are_in_the_file(tmp_path: Path) -> None:
    still = read_clip(media_file(tmp_path, "still.npz"))
    one = subject_from_clip(still, OpenSettings(stop=1), "heart", "s")
    times = np.arange(5) / 10.0
    held = replace(
        one,
        clip=hold(one.clip, times, cyclic=True),
        kept=np.ones(5, np.bool_),
        framing=Framing("crop", (1, 1, 5, 5), angle=30.0),
        held=True,
    )
    state = ProjectState((held,), (Direction("smile", "heart", "ab", (1.0, -0.5)),))
    path = tmp_path / "p.motion"
    write_project(state, path)
    read = read_project(path, shelf=tmp_path / "shelf").state
    (found,) = read.subjects
    assert found.framing == held.framing
    assert found.held
    assert not found.media_problem
    assert len(found.clip) == 5
    assert np.array_equal(found.clip.times, times)
    assert np.array_equal(found.clip.frames[4], still.frames[0])
    assert read.directions == state.directions
    Path(tmp_path / "still.npz").unlink()
    gone = read_project(path, shelf=tmp_path / "shelf").state.subjects[0]
    assert gone.media_problem
    assert len(gone.clip) == 5
    write_project(ProjectState((gone,)), tmp_path / "q.motion")
    assert (
        read_project(tmp_path / "q.motion", shelf=tmp_path / "shelf")
        .state.subjects[0]
        .media_problem
    )


def test_a_held_still_knows_nothing_that_changes_over_time(tmp_path: Path) -> None:
    clip = read_clip(media_file(tmp_path, "still.npz"))
    count = len(clip)
    labels = np.ones((count, *clip.size), np.uint8)
    known = replace(clip, factors={"phase": np.arange(float(count))}, masks=labels)
    one = subject_from_clip(known, OpenSettings(stop=1), "heart", "s")
    held = hold(one.clip, np.arange(5) / 10.0)
    assert held.factors == {}
    assert held.masks is None
