"""Projects on disk: what is saved comes back, whatever was moved, lost or damaged meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.errors import Cancelled, MotionStudioError
from motionstudio.document.change import ProjectState
from motionstudio.document.commands import (
    AddSubjects,
    EditLatent,
    RemoveSubject,
    Rename,
    RenameDimension,
    SetKept,
    SetReference,
)
from motionstudio.document.media_search import media_at
from motionstudio.document.opening import OpenSettings, subject_from_clip
from motionstudio.document.project import Project
from motionstudio.document.project_file import read_manifest, read_project, write_project
from motionstudio.document.project_zip import LATENTS, MANIFEST, MAX_MANIFEST
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.document.viewports import ViewportSettings
from motionstudio.io import read_clip, write_clip
from motionstudio.io.thumbnail import png_thumbnail
from tests.document.builders import encode, everything

FILES = Path(__file__).parent / "files"


def media_file(folder: Path, name: str, seed: int = 0) -> Path:
    """A clip of six frames, 8 x 10, on disk."""
    rng = np.random.default_rng(seed)
    frames = rng.integers(0, 255, (6, 8, 10, 1)).astype(np.uint8)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_clip(Clip(frames, uniform_times(6, 10.0)), path)
    return path


def opened(path: Path, id: str, model: str = "heart") -> Subject:
    return subject_from_clip(read_clip(path), OpenSettings(), model, id)


def encoded(project: Project, id: str) -> None:
    one = project.subject(id)
    assert project.set_encoding(id, encode(one), one.kept)


def two_subjects(folder: Path) -> Project:
    """Two encoded subjects, one of them edited, with two dropped frames and a named dimension."""
    subjects = [
        opened(media_file(folder / "clips", f"{id}.npz", seed), id) for seed, id in enumerate("ab")
    ]
    project = Project(ProjectState(tuple(subjects)))
    encoded(project, "a")
    encoded(project, "b")
    project.push(EditLatent("a", (1, 2), (3,), np.full((2, 1), 0.5, np.float32)))
    project.push(SetKept("a", (2, 4), False))
    encoded(project, "a")
    project.push(RenameDimension("a", 3, "contraction"))
    return project


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "shelf"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "project" / "first.motion"
    path.parent.mkdir()
    write_project(two_subjects(path.parent).state, path, view=ViewState("a", 3))
    return path


def manifest_bytes(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(MANIFEST)


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Write the members of a project anew after ``change``."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            how = zipfile.ZIP_DEFLATED if name == MANIFEST else zipfile.ZIP_STORED
            archive.writestr(name, content, how)


class TestRoundTrip:
    def test_statement_09_save_load_save_gives_equal_manifests(
        self, saved: Path, shelf: Path
    ) -> None:
        first = manifest_bytes(saved)
        read = read_project(saved, shelf=shelf)
        again = saved.with_name("again.motion")
        write_project(read.state, again, view=read.view, thumbnails=read.thumbnails)
        assert manifest_bytes(again) == first
        assert again.read_bytes() == saved.read_bytes()

    def test_everything_comes_back(self, saved: Path, shelf: Path) -> None:
        before = two_subjects(saved.parent)
        read = read_project(saved, shelf=shelf)
        state = read.state
        assert read.view == ViewState("a", 3)
        plain = [replace(s.media, sha256="") for s in state.subjects]
        assert plain == [s.media for s in before.subjects]
        assert [len(s.media.sha256) for s in state.subjects] == [64, 64]
        for now, then in zip(state.subjects, before.subjects, strict=True):
            assert not now.needs_encoding
            assert not now.media_problem
            assert now.track is not None
            assert then.track is not None
            assert now.track.offset.tobytes() == then.track.offset.tobytes()
            assert now.kept.tolist() == then.kept.tolist()
            assert np.array_equal(now.clip.frames[:], then.clip.frames[:])
        assert state.subjects[0].dim_name(3) == "contraction"

    @given(steps=st.lists(st.integers(0, 7), max_size=8), back=st.integers(0, 8))
    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def test_any_document_survives_undone_or_not(
        self, tmp_path: Path, steps: list[int], back: int
    ) -> None:
        project = two_subjects(tmp_path)
        for number, step in enumerate(steps):
            _do(project, step, number, tmp_path)
        for _ in range(back):
            project.history.undo()
        path = tmp_path / "p.motion"
        write_project(project.state, path)
        read = read_project(path, shelf=tmp_path / "shelf").state
        write_project(read, tmp_path / "q.motion")
        assert manifest_bytes(tmp_path / "q.motion") == manifest_bytes(path)
        hashes = [s.media.sha256 for s in read.subjects]
        plain = replace(
            read,
            subjects=tuple(replace(s, media=replace(s.media, sha256="")) for s in read.subjects),
        )
        assert everything(plain) == everything(project.state)
        assert all(len(digest) == 64 for digest in hashes)

    def test_a_file_of_version_1_opens(self, tmp_path: Path, shelf: Path) -> None:
        """Statement 9: a stored file; never write it anew, later versions must open it."""
        path = tmp_path / "v1.motion"
        shutil.copy(FILES / "version_1.motion", path)
        assert read_manifest(path)["version"] == 1
        read = read_project(path, shelf=shelf)
        one, two = read.state.subjects
        assert (one.name, two.name) == ("a", "b")
        assert not one.media_problem
        assert one.kept.tolist() == [True, True, False, True, False, True]
        assert one.dim_name(3) == "contraction"
        assert one.track is not None
        assert one.track.is_edited
        assert one.track.base.mean.shape == (6, 4)
        assert not one.needs_encoding
        assert int(np.asarray(one.clip.frames[0])[0, 0, 0]) == 216
        assert read.view is not None
        assert (read.view.active, read.view.playhead) == ("a", 3)
        again = tmp_path / "again.motion"
        write_project(read.state, again, view=read.view)
        second = read_project(again, shelf=shelf)
        assert everything(second.state) == everything(read.state)

    def test_thumbnails_come_back_for_the_subjects_there_are(
        self, tmp_path: Path, shelf: Path
    ) -> None:
        png = png_thumbnail(np.zeros((300, 200, 3), np.uint8))
        path = tmp_path / "p.motion"
        state = two_subjects(tmp_path).state
        write_project(state, path, thumbnails={"a": png, "gone": png})
        assert read_project(path, shelf=shelf).thumbnails == {"a": png}

    def test_hidden_and_odd_paths_are_not_in_the_file(self, saved: Path) -> None:
        text = manifest_bytes(saved).decode()
        assert str(saved.parent) not in text
        assert json.loads(text)["subjects"][0]["media"]["path"] == "clips/a.npz"


def _do(project: Project, step: int, number: int, folder: Path) -> None:
    ids = [s.id for s in project.subjects]
    if step == 0 or not ids:
        name = f"n{number}"
        project.push(AddSubjects((opened(media_file(folder, f"{name}.npz", number), name),)))
        return
    id = ids[number % len(ids)]
    if step == 1:
        project.push(RemoveSubject(id))
    elif step == 2:
        project.push(Rename(id, f"name {number} \u2665"))
    elif step == 3:
        project.push(SetKept(id, (3,), False))
    elif step == 4:
        project.push(SetReference(id, number % 6))
    elif step == 5:
        if project.subject(id).needs_encoding and project.subject(id).track is None:
            encoded(project, id)
    elif step == 6 and project.subject(id).track is not None:
        value = np.full((1, 1), number / 7, np.float32)
        project.push(EditLatent(id, (5,), (2,), value))
    elif step == 7:
        project.push(RenameDimension(id, 1, f"d{number}"))


class TestMedia:
    def test_a_project_moves_with_its_media(self, saved: Path, shelf: Path) -> None:
        moved = saved.parent.rename(saved.parent.with_name("elsewhere"))
        read = read_project(moved / saved.name, shelf=shelf).state
        assert [s.media_problem for s in read.subjects] == ["", ""]
        assert Path(read.subjects[0].media.path) == moved / "clips" / "a.npz"
        assert not read.subjects[0].needs_encoding

    def test_missing_media_leave_everything_but_pixels(self, saved: Path, shelf: Path) -> None:
        before = read_project(saved, shelf=shelf).state
        (saved.parent / "clips" / "a.npz").unlink()
        state = read_project(saved, shelf=shelf).state
        one, two = state.subjects
        assert "a.npz is not where it was" in one.media_problem
        assert not two.media_problem
        assert everything(state) == everything(before)
        write_project(state, saved, view=ViewState("a", 3))
        assert read_project(saved, shelf=shelf).state.subjects[0].media.sha256

    @pytest.mark.parametrize(
        ("frames", "said"),
        [
            (np.zeros((5, 8, 10), np.uint8), "had 6 frames"),
            (np.zeros((6, 8, 12), np.uint8), "10 x 8 pixels"),
            (
                np.eye(3, dtype=np.uint8)[np.arange(480) % 3].reshape(6, 8, 10, 3) * 200,
                "was grey when the project was saved, and is in colour now",
            ),
        ],
    )
    def test_media_that_became_something_else_are_missing(
        self, saved: Path, shelf: Path, frames: Any, said: str
    ) -> None:
        np.savez(saved.parent / "clips" / "a.npz", frames=frames)
        assert said in read_project(saved, shelf=shelf).state.subjects[0].media_problem

    def test_grey_media_that_were_read_in_colour_once_still_are(
        self, tmp_path: Path, shelf: Path
    ) -> None:
        path = tmp_path / "a.npz"
        grey = np.random.default_rng(0).integers(0, 255, (6, 8, 10, 1)).astype(np.uint8)
        np.savez(path, frames=grey.repeat(3, axis=3))
        clip = read_clip(path, as_stored=True)
        project = Project(ProjectState((subject_from_clip(clip, OpenSettings(), "figures", "a"),)))
        write_project(project.state, tmp_path / "old.motion", view=ViewState("a", 0))
        subject = read_project(tmp_path / "old.motion", shelf=shelf).state.subjects[0]
        assert subject.media_problem == ""
        assert (subject.clip.channels, subject.model) == (3, "figures")
        moved = path.rename(tmp_path / "b.npz")
        assert media_at(subject, moved).clip.channels == 3

    def test_media_that_cannot_be_read_are_missing(self, saved: Path, shelf: Path) -> None:
        (saved.parent / "clips" / "a.npz").write_bytes(b"PK\x03\x04 nothing more")
        assert "a.npz" in read_project(saved, shelf=shelf).state.subjects[0].media_problem

    @pytest.mark.skipif(os.name == "nt", reason="there these are said in other words")
    @pytest.mark.parametrize("path", ["/etc/hostname", "C:\\clip.npz", "\\\\host\\clip.npz"])
    def test_whole_paths_are_not_followed(self, saved: Path, shelf: Path, path: str) -> None:
        def change(members: dict[str, bytes]) -> None:
            plain = json.loads(members[MANIFEST])
            plain["subjects"][0]["media"]["path"] = path
            members[MANIFEST] = json.dumps(plain).encode()

        rewritten(saved, change)
        problem = read_project(saved, shelf=shelf).state.subjects[0].media_problem
        assert "may not use" in problem

    def test_collected_media_travel_in_the_file(self, tmp_path: Path, shelf: Path) -> None:
        project = two_subjects(tmp_path / "here")
        carried = _collected(project.state)
        path = tmp_path / "p.motion"
        write_project(carried, path)
        shutil.rmtree(tmp_path / "here")
        read = read_project(path, shelf=shelf)
        assert [s.media_problem for s in read.state.subjects] == ["", ""]
        assert not read.state.subjects[0].needs_encoding
        truth = project.subjects[0].clip.frames
        assert np.array_equal(read.state.subjects[0].clip.frames[:], truth[:])
        again = tmp_path / "q.motion"
        write_project(read.state, again)
        assert again.read_bytes() == path.read_bytes()

    def test_a_folder_of_pictures_travels_too(self, tmp_path: Path, shelf: Path) -> None:
        clip = read_clip(media_file(tmp_path, "a.npz"))
        write_clip(clip, tmp_path / "series")
        one = replace(opened(tmp_path / "series", "s"), name="series")
        path = tmp_path / "p.motion"
        write_project(_collected(ProjectState((one,))), path)
        shutil.rmtree(tmp_path / "series")
        read = read_project(path, shelf=shelf).state.subjects[0]
        assert not read.media_problem
        assert np.array_equal(read.clip.frames[:], clip.frames[:])

    def test_frames_made_in_the_program_travel_by_themselves(
        self, tmp_path: Path, shelf: Path
    ) -> None:
        frames = np.arange(12 * 80, dtype=np.uint16).reshape(12, 8, 10, 1)
        made = Clip(frames, uniform_times(12, 12.5), cyclic=True, spacing=(1.5, 2.0))
        one = subject_from_clip(made, OpenSettings(stride=2, start=2), "heart", "m")
        path = tmp_path / "p.motion"
        write_project(ProjectState((one,)), path)
        read = read_project(path, shelf=shelf).state.subjects[0]
        assert not read.media_problem
        assert np.array_equal(read.clip.frames[:], one.clip.frames[:])
        assert np.allclose(read.clip.times, one.clip.times)
        again = tmp_path / "q.motion"
        write_project(ProjectState((read,)), again)
        assert again.read_bytes() == path.read_bytes()

    def test_a_carried_file_that_is_damaged_is_missing(self, tmp_path: Path, shelf: Path) -> None:
        path = tmp_path / "p.motion"
        write_project(_collected(two_subjects(tmp_path).state), path)
        names: list[str] = []

        def change(members: dict[str, bytes]) -> None:
            names.extend(name for name in members if name.startswith("media/"))
            members[names[0]] = members[names[0]][:-1] + b"?"

        rewritten(path, change)
        problems = [s.media_problem for s in read_project(path, shelf=shelf).state.subjects]
        assert sorted(map(bool, problems)) == [False, True]
        assert any("in the project is damaged" in problem for problem in problems)
        read = read_project(path, shelf=shelf).state
        write_project(read, tmp_path / "q.motion")

    def test_collected_projects_carry_their_label_files(self, tmp_path: Path, shelf: Path) -> None:
        state, labels = _collected(two_subjects(tmp_path).state), tmp_path / "labels.npz"
        media_file(tmp_path, labels.name, seed=7)
        first = state.subjects[0].id
        view = ViewState(first, viewports=ViewportSettings(label_files=((first, str(labels)),)))
        write_project(state, tmp_path / "p.motion", view=view)
        wanted = labels.read_bytes()
        labels.unlink()
        moved = tmp_path / "elsewhere" / "q.motion"
        moved.parent.mkdir()
        (tmp_path / "p.motion").rename(moved)
        found = read_project(moved, shelf=shelf)
        assert found.view is not None
        ((subject, path),) = found.view.viewports.label_files
        assert subject == first
        assert Path(path).read_bytes() == wanted
        write_project(found.state, moved, view=found.view)
        shutil.rmtree(shelf)
        again = read_project(moved, shelf=shelf).view
        assert again is not None
        assert Path(again.viewports.label_files[0][1]).read_bytes() == wanted

    def test_a_damaged_label_file_does_not_keep_a_project_shut(
        self, tmp_path: Path, shelf: Path
    ) -> None:
        state, labels = _collected(two_subjects(tmp_path).state), tmp_path / "labels.npz"
        media_file(tmp_path, labels.name, seed=7)
        first, path = state.subjects[0].id, tmp_path / "p.motion"
        view = ViewState(first, viewports=ViewportSettings(label_files=((first, str(labels)),)))
        write_project(state, path, view=view)

        def damage(members: dict[str, bytes]) -> None:
            name = next(name for name in members if name.endswith(labels.name))
            members[name] = b"no labels"

        rewritten(path, damage)
        found = read_project(path, shelf=shelf)
        assert len(found.state.subjects) == len(state.subjects)
        assert found.view is not None
        assert found.view.viewports.label_files == ()

    def test_a_carried_file_that_vanished_is_not_lost_silently(
        self, tmp_path: Path, shelf: Path
    ) -> None:
        path = tmp_path / "p.motion"
        write_project(_collected(two_subjects(tmp_path).state), path)
        read = read_project(path, shelf=shelf).state
        shutil.rmtree(shelf)
        before = path.read_bytes()
        with pytest.raises(MotionStudioError, match="gone"):
            write_project(read, path)
        assert path.read_bytes() == before


def _collected(state: ProjectState) -> ProjectState:
    return replace(
        state,
        subjects=tuple(replace(s, media=replace(s.media, embedded=True)) for s in state.subjects),
    )


def _without(name: str) -> Callable[[dict[str, bytes]], None]:
    return lambda members: members.pop(name) and None


def _with(name: str, content: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda members: members.update({name: content})


def _manifest(change: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, bytes]], None]:
    def apply(members: dict[str, bytes]) -> None:
        plain = json.loads(members[MANIFEST])
        change(plain)
        members[MANIFEST] = json.dumps(plain).encode()

    return apply


def _latents(change: Callable[[bytes], bytes]) -> Callable[[dict[str, bytes]], None]:
    return lambda members: members.update({LATENTS: change(members[LATENTS])})


DAMAGE: dict[str, Callable[[dict[str, bytes]], None]] = {
    "no manifest": _without(MANIFEST),
    "no latents": _without(LATENTS),
    "empty manifest": _with(MANIFEST, b""),
    "manifest is no text": _with(MANIFEST, b"\xff\xfe\x00"),
    "manifest is a list": _with(MANIFEST, b"[]"),
    "manifest of something else": _with(MANIFEST, b'{"format": "picture"}'),
    "manifest cut off": lambda m: m.update({MANIFEST: m[MANIFEST][:-40]}),
    "manifest without end": _with(MANIFEST, b"[" * 100_000),
    "manifest with nan": lambda m: m.update(
        {MANIFEST: m[MANIFEST].replace(b'"reference": 0', b'"reference": NaN')}
    ),
    "newer version": _manifest(lambda plain: plain.update(version=99)),
    "no version": _manifest(lambda plain: plain.pop("version")),
    "no subjects": _manifest(lambda plain: plain.pop("subjects")),
    "a subject without name": _manifest(lambda plain: plain["subjects"][0].pop("name")),
    "two subjects of one id": _manifest(
        lambda plain: plain["subjects"].append(plain["subjects"][0])
    ),
    "an id that is a path": _manifest(lambda plain: plain["subjects"][0].update(id="../a")),
    "latents cut off": _latents(lambda data: data[:-16]),
    "latents cut short": _latents(lambda data: data[:6]),
    "latents empty": _latents(lambda _: b""),
    "latents with a huge header": _latents(lambda data: b"\xff" * 8 + data[8:]),
    "path traversal": _with("../outside.txt", b"x"),
    "path traversal in media": _with("media/../../outside.txt", b"x"),
    "whole path": _with("/outside.txt", b"x"),
    "drive": _with("C:/outside.txt", b"x"),
    "backslashes": _with("..\\outside.txt", b"x"),
}


class TestDamage:
    """Statement 24 for projects: one plain sentence for whatever is wrong."""

    @pytest.mark.parametrize("kind", DAMAGE)
    def test_statement_24_damage_is_named_in_one_sentence(
        self, saved: Path, shelf: Path, kind: str
    ) -> None:
        rewritten(saved, DAMAGE[kind])
        _refused(saved, shelf)

    @pytest.mark.parametrize("content", [b"", b"PK", b"\x89PNG\r\n\x1a\n" * 9, b"GIF89a" * 40])
    def test_statement_24_other_files_are_no_projects(
        self, tmp_path: Path, shelf: Path, content: bytes
    ) -> None:
        path = tmp_path / "p.motion"
        path.write_bytes(content)
        assert "no MotionStudio project" in _refused(path, shelf)

    @pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
    def test_statement_24_a_file_that_was_cut_off(
        self, saved: Path, shelf: Path, share: float
    ) -> None:
        data = saved.read_bytes()
        saved.write_bytes(data[: round(len(data) * share)])
        assert "damaged or cut off" in _refused(saved, shelf)

    def test_another_zip_is_no_project(self, tmp_path: Path, shelf: Path) -> None:
        path = media_file(tmp_path, "clip.npz").rename(tmp_path / "p.motion")
        assert "lacks its part manifest.json" in _refused(path, shelf)

    def test_no_file_at_all(self, tmp_path: Path, shelf: Path) -> None:
        assert "there is no such file" in _refused(tmp_path / "p.motion", shelf)

    def test_a_folder(self, tmp_path: Path, shelf: Path) -> None:
        _refused(tmp_path, shelf)

    def test_a_manifest_that_unpacks_into_much_is_not_unpacked(
        self, saved: Path, shelf: Path
    ) -> None:
        rewritten(saved, _with(MANIFEST, b" " * (MAX_MANIFEST + 1)))
        assert saved.stat().st_size < MAX_MANIFEST / 100
        assert "MiB" in _refused(saved, shelf)

    def test_nothing_but_the_manifest_may_be_compressed(self, saved: Path, shelf: Path) -> None:
        with zipfile.ZipFile(saved) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()}
        with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        assert "compressed" in _refused(saved, shelf)

    def test_label_files_move_with_the_project(self, tmp_path: Path, shelf: Path) -> None:
        folder = tmp_path / "here"
        folder.mkdir()
        settings = ViewportSettings(label_files=(("a", str(folder / "labels.npz")),))
        view = ViewState("a", viewports=settings)
        write_project(ProjectState(), folder / "p.motion", view=view)
        assert str(tmp_path).encode() not in manifest_bytes(folder / "p.motion")
        folder.rename(tmp_path / "there")
        found = read_project(tmp_path / "there" / "p.motion", shelf=shelf).view
        assert found is not None
        assert found.viewports.label_files == (("a", str(tmp_path / "there" / "labels.npz")),)

    def test_label_files_by_their_whole_path_are_left_out(self, saved: Path, shelf: Path) -> None:
        def reach(members: dict[str, bytes]) -> None:
            manifest = json.loads(members[MANIFEST])
            manifest["view"]["viewports"]["label_files"] = [["a", "/etc/hostname"]]
            members[MANIFEST] = json.dumps(manifest).encode()

        rewritten(saved, reach)
        found = read_project(saved, shelf=shelf).view
        assert found is not None
        assert found.viewports.label_files == ()

    def test_media_may_not_be_compressed(self, saved: Path, shelf: Path) -> None:
        with zipfile.ZipFile(saved, "a") as archive:
            archive.writestr("media/a.npz", b"0" * 4096, zipfile.ZIP_DEFLATED)
        assert "compressed" in _refused(saved, shelf)

    def test_two_parts_of_one_name(self, saved: Path, shelf: Path) -> None:
        with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(saved, "a") as archive:
            archive.writestr(LATENTS, b"")
        assert "same name" in _refused(saved, shelf)

    def test_links_are_refused(self, saved: Path, shelf: Path) -> None:
        with zipfile.ZipFile(saved, "a") as archive:
            link = zipfile.ZipInfo("media/link")
            link.external_attr = 0o120777 << 16
            archive.writestr(link, "/etc/hostname")
        assert "outside" in _refused(saved, shelf)

    def test_a_flipped_bit_is_noticed(self, saved: Path, shelf: Path) -> None:
        data = bytearray(saved.read_bytes())
        place = data.index(b"subjects/a/track") + 400
        data[place] ^= 1
        saved.write_bytes(bytes(data))
        _refused(saved, shelf)

    def test_nothing_is_written_outside(self, saved: Path, shelf: Path) -> None:
        rewritten(saved, DAMAGE["path traversal in media"])
        _refused(saved, shelf)
        assert not list(saved.parent.parent.rglob("outside.txt"))
        assert not shelf.exists()


def _refused(path: Path, shelf: Path) -> str:
    with pytest.raises(MotionStudioError) as caught:
        read_project(path, shelf=shelf)
    message = caught.value.message
    assert path.name in message, message
    assert message.endswith(".")
    assert message.replace(path.name, "p").count(". ") == 0, message
    assert len(message) < 250
    assert "\n" not in message
    assert "Traceback" not in message
    return message


class TestWriting:
    def test_a_failing_write_leaves_the_old_file(
        self, saved: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = saved.read_bytes()

        def no(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("motionstudio.io.atomic.os.replace", no)
        with pytest.raises(MotionStudioError, match="disk is full"):
            write_project(ProjectState(), saved)
        assert saved.read_bytes() == before
        assert sorted(p.name for p in saved.parent.iterdir()) == ["clips", "first.motion"]

    def test_cancelling_leaves_the_old_file(self, saved: Path) -> None:
        before = saved.read_bytes()
        state = two_subjects(saved.parent).state
        with pytest.raises(Cancelled):
            write_project(state, saved, tick=lambda done: done < 0.5)
        assert saved.read_bytes() == before

    def test_the_file_is_on_the_disk_before_it_takes_the_name(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        done: list[str] = []
        replace_, sync = os.replace, os.fsync
        monkeypatch.setattr(
            "motionstudio.io.atomic.os.replace", lambda *a: (done.append("name"), replace_(*a))[1]
        )
        monkeypatch.setattr(
            "motionstudio.io.atomic.os.fsync", lambda *a: (done.append("disk"), sync(*a))[1]
        )
        write_project(ProjectState(), tmp_path / "p.motion")
        assert done == ["disk", "name"]
