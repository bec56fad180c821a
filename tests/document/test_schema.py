"""What a project is made of survives plain data bit for bit, whoever added the last field."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Motion
from motionstudio.document.change import ProjectState
from motionstudio.document.commands import EditLatent, SetKept, SetModel
from motionstudio.document.missing import ClipFacts
from motionstudio.document.plain import PlainReader, PlainWriter, fields_of
from motionstudio.document.project import Project
from motionstudio.document.schema import (
    MIGRATIONS,
    VERSION,
    from_plain,
    parse_manifest,
    to_plain,
    view_from_plain,
    with_media,
)
from motionstudio.document.subject import EncodingKey, Framing, MediaRef, Subject
from motionstudio.document.view import Selection, ViewState
from tests.document.builders import FRAMES, clip, encode, everything, subject


def open_media(_media: MediaRef, _facts: ClipFacts) -> Clip:
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


def through_json(state: ProjectState, view: ViewState | None = None) -> tuple[str, ProjectState]:
    manifest, arrays = to_plain(state, view)
    text = json.dumps(manifest, allow_nan=False)
    return text, from_plain(parse_manifest(json.loads(text)), arrays, open_media)


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
    text, read = through_json(project.state)
    assert everything(read) == everything(project.state)
    assert [s.notes for s in read.subjects] == [s.notes for s in project.subjects]
    assert read.subjects[0].needs_encoding == project.subject("a").needs_encoding
    assert through_json(read)[0] == text


def test_everything_about_the_encoding_survives() -> None:
    project = edited_project()
    track = through_json(project.state)[1].subjects[0].track
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


@pytest.mark.parametrize(
    "kind", [ProjectState, Subject, MediaRef, Framing, EncodingKey, Motion, LatentTrack, ViewState]
)
def test_every_field_is_stored(kind: type) -> None:
    """Fails when somebody adds a field that a project would lose."""
    project = edited_project()
    manifest, _ = to_plain(project.state, ViewState())
    held = manifest["subjects"][0]
    stored = {
        ProjectState: manifest,
        Subject: held,
        MediaRef: held["media"],
        Framing: held["framing"],
        EncodingKey: held["encoded_with"],
        LatentTrack: held["track"],
        Motion: held["track"]["base"],
        ViewState: manifest["view"],
    }[kind]
    marked = {f.name for f in dataclasses.fields(kind) if not f.metadata.get("stored", True)}
    assert marked <= {"unknown"}, f"{kind.__name__} has fields that are not stored: {marked}"
    missing = {f.name for f in dataclasses.fields(kind)} - marked - set(stored)
    assert not missing, f"{kind.__name__} loses {missing} in a project file"


@pytest.mark.parametrize("kind", [ProjectState, Subject, MediaRef, Framing, ViewState])
def test_every_field_that_came_later_has_a_default(kind: type) -> None:
    """Fails when a new field would keep older projects closed."""
    first = {
        ProjectState: set(),
        Subject: {"id", "name", "clip", "media", "framing", "kept"},
        MediaRef: set(),
        Framing: set(),
        ViewState: set(),
    }[kind]
    absent = dataclasses.MISSING
    needed = {
        f.name
        for f in dataclasses.fields(kind)
        if f.default is absent and f.default_factory is absent
    }
    assert needed == first


@pytest.mark.parametrize("kind", [ProjectState, Subject, MediaRef, Framing, ViewState])
def test_values_of_every_field_survive(kind: type) -> None:
    """Each field gets a value that differs from its default, made from its type."""
    skipped = {"clip", "subjects", "kept", "track", "encoded_with", "reference"}
    made = MADE[kind]()
    for name, hint in fields_of(kind).items():
        if name in skipped:
            continue
        value = getattr(made, name)
        writer = PlainWriter()
        plain = json.loads(json.dumps(writer.plain(value, hint, name), allow_nan=False))
        read = PlainReader(writer.arrays).value(plain, hint, name)
        again = PlainWriter()
        assert again.plain(read, hint, name) == plain, f"{kind.__name__}.{name}"
        assert type(read) is type(value), f"{kind.__name__}.{name}"


MADE: dict[type, Any] = {
    ProjectState: lambda: ProjectState(),
    Subject: lambda: edited_project().subject("a"),
    MediaRef: lambda: MediaRef("folder/heart.npz", 3, 1, 13, 2, 12.5, "ab" * 32, True, True),
    Framing: lambda: Framing("crop", (1, 2, 4, 4)),
    ViewState: lambda: ViewState("a", 3, Selection((1, 2), (0,)), (1, 4), fps=12.5),
}


def test_the_view_survives_at_rest() -> None:
    view = ViewState("a", 3, Selection((1, 2), (0,)), (1, 4), fps=12.5, playing=True)
    manifest, _ = to_plain(edited_project().state, view)
    read = view_from_plain(json.loads(json.dumps(manifest)))
    assert read == dataclasses.replace(view, playing=False)


def test_a_damaged_view_keeps_no_project_closed() -> None:
    manifest, arrays = to_plain(edited_project().state, ViewState())
    manifest["view"]["playhead"] = "somewhere"
    assert view_from_plain(manifest) is None
    assert len(from_plain(manifest, arrays, open_media).subjects) == 2


@pytest.mark.parametrize(
    "damage",
    [
        {"contents": ["source"]},
        {"upsampling": 0},
        {"part": 1},
        {"playhead": -1},
        {"play_range": [5, 2]},
        {"fps": 0.0},
        {"fps": {"float": "nan"}},
        {"speed": {"float": "inf"}},
        {"selection": {"rows": [-2], "dims": [0]}},
        {"viewports": {"wipes": []}},
        {"viewports": {"density": 0}},
        {"viewports": {"arrow_scale": {"float": "nan"}}},
        {"viewports": {"points": [["a", [[1.0, {"float": "nan"}]]]]}},
    ],
    ids=lambda damage: str(damage)[:40],
)
def test_a_view_out_of_range_is_left_out(damage: dict[str, Any]) -> None:
    manifest, _ = to_plain(edited_project().state, ViewState())
    manifest["view"] |= damage
    assert view_from_plain(manifest) is None


def test_a_newer_format_is_named() -> None:
    manifest, _ = to_plain(ProjectState())
    with pytest.raises(MotionStudioError, match=rf"newer version.*format {VERSION + 1}"):
        parse_manifest({**manifest, "version": VERSION + 1})


def test_there_is_a_way_from_every_older_version() -> None:
    assert set(MIGRATIONS) == set(range(1, VERSION))


def test_older_versions_are_brought_up_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("motionstudio.document.schema.VERSION", 3)
    steps = {
        1: lambda plain: {**plain, "trace": ["1 to 2"]},
        2: lambda plain: {**plain, "trace": [*plain["trace"], "2 to 3"]},
    }
    made = parse_manifest({"format": "motionstudio project", "version": 1}, steps)
    assert made["version"] == 3
    assert made["trace"] == ["1 to 2", "2 to 3"]


@pytest.mark.parametrize("data", [None, [], {}, {"subjects": 3}, {"format": "other"}])
def test_other_files_are_no_projects(data: object) -> None:
    with pytest.raises(MotionStudioError, match="no MotionStudio project"):
        parse_manifest(data)


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("version",), None, "'version'"),
        (("version",), True, "'version'"),
        (("subjects",), 3, "'subjects': a list was expected"),
        (("subjects", 0), [], "subject without an id"),
        (("subjects", 0, "id"), "", "subject without an id"),
        (("subjects", 0, "id"), "b", "unique"),
        (("subjects", 0, "name"), 3, "'subjects/a/name': a text was expected, not a number"),
        (("subjects", 0, "media"), None, "'subjects/a/media': an object was expected"),
        (("subjects", 0, "media", "stride"), "two", "a whole number was expected, not a text"),
        (("subjects", 0, "framing", "mode"), "squeeze", "one of"),
        (("subjects", 0, "framing", "crop"), [1, 2, 3], "4 values were expected, not 3"),
        (("subjects", 0, "framing", "crop"), [1, 2, 3, -4], "Framing"),
        (("subjects", 0, "reference"), 60, "reference"),
        (("subjects", 0, "kept"), {"array": "nowhere"}, "'nowhere' are missing"),
        (("subjects", 0, "kept"), {"array": "subjects/a/track/offset"}, "bool were expected"),
        (("subjects", 0, "track", "base", "rows"), "lines", "'lines' is not known"),
        (("subjects", 0, "track", "base"), {}, "missing"),
        (("subjects", 0, "clip"), None, "'subjects/a/clip'"),
        (("subjects", 0, "clip", "size"), [0, "x"], "whole number"),
        (("subjects", 0, "clip", "channels"), 7, "is damaged at 'subjects/a'"),
        (("subjects", 0, "encoded_with", "kept"), "?", "base 64"),
    ],
)
def test_damage_is_one_sentence_with_its_place(
    place: tuple[Any, ...], value: object, said: str
) -> None:
    manifest, arrays = to_plain(edited_project().state)
    manifest = json.loads(json.dumps(manifest))
    held: Any = manifest
    for part in place[:-1]:
        held = held[part]
    held[place[-1]] = value
    with pytest.raises(MotionStudioError) as caught:
        from_plain(parse_manifest(manifest), arrays, open_media)
    assert said in caught.value.message
    assert caught.value.message.count(". ") == 0


def test_missing_values_are_named() -> None:
    manifest, arrays = to_plain(edited_project().state)
    del arrays["subjects/a/track/offset"]
    with pytest.raises(MotionStudioError, match="'subjects/a/track/offset' are missing"):
        from_plain(manifest, arrays, open_media)


@pytest.mark.parametrize("name", ["track/offset", "track/base/mean", "kept", "track/base/filled"])
def test_values_of_a_wrong_shape_are_named(name: str) -> None:
    manifest, arrays = to_plain(edited_project().state)
    arrays[f"subjects/a/{name}"] = arrays[f"subjects/a/{name}"][:3]
    with pytest.raises(MotionStudioError, match="damaged at 'subjects/a"):
        from_plain(manifest, arrays, open_media)


def test_values_that_are_not_finite_are_refused() -> None:
    manifest, arrays = to_plain(edited_project().state)
    arrays["subjects/a/track/base/mean"] = np.full((FRAMES, 4), np.nan, np.float32)
    with pytest.raises(MotionStudioError, match="not finite"):
        from_plain(manifest, arrays, open_media)


def test_keys_of_a_newer_program_are_written_again() -> None:
    manifest, arrays = to_plain(edited_project().state)
    manifest = json.loads(json.dumps(manifest))
    manifest["colour"] = "teal"
    manifest["subjects"][0]["mood"] = {"calm": [1, 2]}
    manifest["subjects"][0]["framing"]["tilt"] = 3
    project = Project(from_plain(manifest, arrays, open_media))
    project.push(SetKept("a", (3,), False))
    again, _ = to_plain(project.state)
    assert again["colour"] == "teal"
    assert again["subjects"][0]["mood"] == {"calm": [1, 2]}
    assert again["subjects"][0]["framing"]["tilt"] == 3
    assert "mood" not in again["subjects"][1]


def test_a_project_without_its_model_still_has_its_motion() -> None:
    project = edited_project()
    project.push(SetModel("b", "unknown"))
    read = through_json(project.state)[1]
    assert read.subjects[1].model == "unknown"
    assert read.subjects[0].track is not None


def test_a_subject_without_its_media_has_everything_but_pixels() -> None:
    manifest, arrays = to_plain(edited_project().state)
    read = from_plain(manifest, arrays, lambda _m, facts: facts.without_frames("It is gone."))
    one = read.subjects[0]
    assert one.media_problem == "It is gone."
    assert (len(one.clip), one.clip.size, one.clip.channels) == (FRAMES, (8, 10), 1)
    assert np.array_equal(one.clip.times, clip().times)
    assert everything(read) == everything(edited_project().state)
    assert json.dumps(to_plain(read)[0]) == json.dumps(manifest)
    with pytest.raises(MotionStudioError, match="It is gone"):
        one.clip.frames[0]


def test_moved_media_keep_what_was_encoded_from_them() -> None:
    one = edited_project().subject("a")
    moved = with_media(one, dataclasses.replace(one.media, path="elsewhere/heart.npz"))
    assert moved.media.path == "elsewhere/heart.npz"
    assert not moved.needs_encoding
    assert dataclasses.replace(one, media=moved.media).needs_encoding
