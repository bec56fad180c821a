from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.document.change import ProjectState
from motionstudio.document.commands import EditLatent, SetKept, SetModel
from motionstudio.document.project import Project
from motionstudio.document.schema import from_plain, parse_manifest, to_plain
from motionstudio.document.subject import Framing, MediaRef
from tests.document.builders import FRAMES, clip, encode, everything, subject


def open_media(_media: MediaRef) -> Clip:
    return clip()


def edited_project() -> Project:
    media = MediaRef("folder/heart.npz", 3, 1, 13, 2, 12.5, "ab" * 32)
    one = subject(
        "a",
        media=media,
        framing=Framing("crop", (1, 2, 4, 4)),
        cyclic=True,
        dim_names=("contraction",),
        notes=("A note.",),
    )
    project = Project(ProjectState((one, subject("b", model=""))))
    project.set_encoding("a", encode(project.subject("a")), project.subject("a").kept)
    return project


@given(
    dropped=st.sets(st.integers(1, FRAMES - 1)),
    value=st.floats(-10, 10, width=32),
    encoded=st.booleans(),
)
@settings(max_examples=30, deadline=None)
def test_a_project_survives_json_bit_for_bit(
    dropped: set[int], value: float, encoded: bool
) -> None:
    project = edited_project()
    block = np.full((2, 1), value, np.float32)
    project.push(EditLatent("a", (1, 2), (3,), block))
    project.push(SetKept("a", tuple(dropped), False))
    one = project.subject("a")
    if encoded:
        project.set_encoding("a", encode(one), one.kept)
    manifest, arrays = to_plain(project.state)
    text = json.dumps(manifest.model_dump(mode="json"))
    read = from_plain(parse_manifest(json.loads(text)), arrays, open_media)
    assert everything(read) == everything(project.state)
    assert [s.notes for s in read.subjects] == [s.notes for s in project.subjects]
    assert read.subjects[0].needs_encoding == one.needs_encoding or encoded
    again, _ = to_plain(read)
    assert json.dumps(again.model_dump(mode="json")) == text


def test_everything_about_the_encoding_survives() -> None:
    project = edited_project()
    manifest, arrays = to_plain(project.state)
    track = from_plain(manifest, arrays, open_media).subjects[0].track
    before = project.subject("a").track
    assert track is not None
    assert before is not None
    for name in ("mean", "std", "kept", "times", "row_times", "filled"):
        assert np.array_equal(getattr(track.base, name), getattr(before.base, name))
    for name in ("rows", "cyclic", "model", "model_hash"):
        assert getattr(track.base, name) == getattr(before.base, name)


def test_an_empty_project_is_plain_too() -> None:
    manifest, arrays = to_plain(ProjectState())
    assert arrays == {}
    assert from_plain(manifest, arrays, open_media).subjects == ()


def test_a_newer_format_is_named() -> None:
    with pytest.raises(MotionStudioError, match=r"newer version.*format 2"):
        parse_manifest({"version": 2})


@pytest.mark.parametrize("data", [None, [], {"subjects": 3}, {"subjects": [{"id": "a"}]}])
def test_a_damaged_manifest_is_one_sentence(data: object) -> None:
    with pytest.raises(MotionStudioError, match="damaged at"):
        parse_manifest(data)


def test_missing_values_are_named() -> None:
    manifest, arrays = to_plain(edited_project().state)
    del arrays["a/offset"]
    with pytest.raises(MotionStudioError, match="'offset' of 'subject a'"):
        from_plain(manifest, arrays, open_media)


def test_values_of_a_wrong_shape_are_named() -> None:
    manifest, arrays = to_plain(edited_project().state)
    arrays["a/offset"] = arrays["a/offset"][:3]
    with pytest.raises(MotionStudioError, match="about 'subject a' is damaged"):
        from_plain(manifest, arrays, open_media)


def test_media_that_changed_are_named() -> None:
    manifest, arrays = to_plain(edited_project().state)
    with pytest.raises(MotionStudioError, match=r"had 6 frames.*gives 9 now"):
        from_plain(manifest, arrays, lambda _media: clip(9))


def test_fields_of_a_newer_program_are_kept_by_the_manifest() -> None:
    manifest = parse_manifest({"version": 1, "colour": "teal"})
    assert manifest.model_dump(mode="json")["colour"] == "teal"


def test_a_project_without_its_model_still_has_its_motion() -> None:
    project = edited_project()
    project.push(SetModel("b", "unknown"))
    manifest, arrays = to_plain(project.state)
    read = from_plain(manifest, arrays, open_media)
    assert read.subjects[1].model == "unknown"
    assert read.subjects[0].track is not None
