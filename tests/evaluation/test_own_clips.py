"""People's folders: which files are clips, which are labels, and what is measured of them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from motionstudio.core.errors import MotionStudioError
from motionstudio.evaluation import evaluate
from motionstudio.evaluation.clip_files import clip_files, names_of
from motionstudio.evaluation.clip_tracking import from_labels
from motionstudio.evaluation.domains import DOMAINS, subjects
from motionstudio.evaluation.material import Material
from motionstudio.evaluation.own_clips import read_own
from motionstudio.evaluation.peers import PEERS, dis_flow, identity
from motionstudio.evaluation.tracking import ENCODED
from motionstudio.io.label_files import label_file
from motionstudio.models.base import Capability
from tests.evaluation.oracle import SIZE, Oracle

CARD = Oracle(subjects(DOMAINS["heart"], SIZE, 1)).card


def _clip(count: int = 5, height: int = 30, width: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """A bright disc that moves right by a pixel in each frame, and its label."""
    y, x = np.mgrid[:height, :width]
    inside = np.stack([np.hypot(y - 14, x - 12 - t) < 7 for t in range(count)])
    return (inside * 150 + 40 + (x % 5) * 4).astype(np.uint8), inside.astype(np.uint8)


def _pictures(folder: Path, frames: np.ndarray) -> None:
    folder.mkdir(parents=True)
    for t, frame in enumerate(frames):
        cv2.imwrite(str(folder / f"f{t}.png"), frame)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    frames, masks = _clip()
    np.savez(tmp_path / "inside.npz", frames=frames, masks=masks, fps=10)
    np.savez(tmp_path / "beside.npz", frames=frames, fps=10)
    np.savez(tmp_path / "beside_labels.npz", frames=masks, fps=10)
    _pictures(tmp_path / "folder", frames)
    _pictures(tmp_path / "labels" / "folder", masks)
    np.savez(tmp_path / "plain.npz", frames=frames, fps=10)
    (tmp_path / "notes.txt").write_text("nothing")
    return tmp_path


def test_clips_and_labels_are_told_apart(folder: Path) -> None:
    names = [path.name for path in clip_files(folder)]
    assert names == ["beside.npz", "folder", "inside.npz", "plain.npz"]
    assert label_file(folder / "beside.npz") == folder / "beside_labels.npz"
    assert label_file(folder / "folder") == folder / "labels" / "folder"
    assert label_file(folder / "plain.npz") is None


def test_labels_of_all_three_places_are_the_same(folder: Path) -> None:
    found = {item.name: item for item in read_own(folder, CARD, 9).items}
    assert len(found) == 4
    assert found["plain"].labels is None
    expected = found["inside"].labels
    assert expected is not None
    assert expected.shape == (5, SIZE, SIZE)
    for name in ("beside", "folder"):
        np.testing.assert_array_equal(found[name].labels, expected)


def test_nothing_is_squeezed_and_padding_is_known(folder: Path) -> None:
    item = read_own(folder / "inside.npz", CARD, 1).items[0]
    assert item.content == (6, 0, 36, 48)
    assert item.seen(item.frames).shape == (5, 1, 36, 48)


def test_a_folder_of_pictures_is_one_clip(folder: Path) -> None:
    (item,) = read_own(folder / "folder", CARD, 9).items
    assert len(item.frames) == 5
    assert item.labels is not None


def test_every_clip_of_an_archive_is_measured(tmp_path: Path) -> None:
    frames, masks = _clip()
    many = {"frames": np.stack([frames] * 3), "masks": np.stack([masks] * 3)}
    np.savez(tmp_path / "many.npz", **many, fps=10)
    found = read_own(tmp_path, CARD, 2)
    assert [item.name for item in found.items] == ["many 0", "many 1"]
    assert "1 more clip is left out" in found.notes[0]


def test_long_clips_are_cut_and_damaged_ones_named(tmp_path: Path) -> None:
    frames, _ = _clip(80)
    np.savez(tmp_path / "long.npz", frames=frames, fps=10)
    (tmp_path / "bad.npz").write_bytes(b"PK\x03\x04 and then nothing")
    found = read_own(tmp_path, CARD, 9)
    assert len(found.items[0].frames) == 64
    assert [problem.clip for problem in found.problems] == ["bad"]
    assert any("first 64 of 80" in note for note in found.notes)


def test_labels_that_do_not_fit_are_said_and_the_pictures_are_measured(tmp_path: Path) -> None:
    frames, masks = _clip()
    np.savez(tmp_path / "a.npz", frames=frames, fps=10)
    np.savez(tmp_path / "a_mask.npz", frames=masks[:, :20], fps=10)
    np.savez(tmp_path / "b.npz", frames=frames, fps=10)
    np.savez(tmp_path / "b_mask.npz", frames=masks * 0.37, fps=10)
    found = read_own(tmp_path, CARD, 9)
    assert [item.name for item in found.items] == ["a", "b"]
    assert all(item.labels is None for item in found.items)
    assert [problem.clip for problem in found.problems] == ["a", "b"]
    assert "(5, 20, 40)" in found.problems[0].reason
    assert "whole numbers" in found.problems[1].reason


def test_a_folder_without_clips_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MotionStudioError, match="no clip"):
        read_own(tmp_path, CARD, 9)


def test_a_cycle_is_turned_to_its_first_labelled_frame_and_an_open_clip_is_cut() -> None:
    frames = np.arange(5, dtype=np.float32)[:, None, None, None] * np.ones((1, 1, 8, 8), np.float32)
    labelled = np.array([False, False, True, False, True])
    item = Material("m", frames, np.arange(5.0), labels=np.ones((5, 8, 8), np.uint8),
                    labelled=labelled)  # fmt: skip
    cut = from_labels(item)
    assert cut.frames[:, 0, 0, 0].tolist() == [2, 3, 4]
    assert cut.times.tolist() == [0, 1, 2]
    turned = from_labels(Material("m", frames, np.arange(5.0), True, labelled=labelled))
    assert turned.frames[:, 0, 0, 0].tolist() == [2, 3, 4, 0, 1]
    assert turned.times.tolist() == [0, 1, 2, 3, 4]
    assert turned.labelled is not None
    assert turned.labelled.tolist() == [True, False, True, False, False]


class _Right(Oracle):
    """Knows that everything moves right by 1.2 pixels of its picture in each frame."""

    def encode(self, frames: np.ndarray, kept: np.ndarray, times: np.ndarray, **_: object):  # type: ignore[no-untyped-def,override]
        self.samples = self.samples[:1]
        known = self.samples[0].frames[0]
        return super().encode(np.stack([known] * len(frames)), kept, times)

    def decode(self, motion, source, rows, **_):  # type: ignore[no-untyped-def,override]
        found = super().decode(motion, source, [0] * len(rows))
        fields = np.zeros((len(rows), 2, SIZE, SIZE), np.float32)
        fields[:, 0] = -1.2 * np.asarray(rows)[:, None, None]
        return type(found)(None, fields)


@pytest.fixture
def quick_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    few = tuple(peer for peer in PEERS if peer.register in (identity, dis_flow))
    monkeypatch.setattr("motionstudio.evaluation.clip_tracking.PEERS", few)


@pytest.mark.usefixtures("quick_peers")
def test_tracking_of_own_clips_prefers_who_knows_the_motion(folder: Path) -> None:
    model = _Right(subjects(DOMAINS["heart"], SIZE, 1))
    report = evaluate(model, "tracking", clips=folder, subjects=9)
    (table,) = report.tables
    dice = {row.name: row.figures["dice"].mean for row in table.rows if row.figures}
    assert dice[ENCODED] > 0.95
    assert dice[ENCODED] > dice["identity"] + 0.1
    assert table.row(ENCODED).figures["rmse"].count == 4
    assert table.row(ENCODED).figures["dice"].count == 3
    assert "of the 3 with labels alone, other figures of all 4" in table.note


@pytest.mark.usefixtures("quick_peers")
def test_all_tasks_say_what_they_leave_out(folder: Path) -> None:
    model = _Right(subjects(DOMAINS["heart"], SIZE, 1))
    model.card = model.card.model_copy(
        update={"capabilities": model.card.capabilities & ~Capability.TRANSPORT}
    )
    report = evaluate(model, clips=folder, subjects=2)
    tasks = [table.task for table in report.tables]
    assert tasks == ["tracking", "interpolation", "interpolation", "reconstruction"]
    for word in ("transport", "simulation", "prediction", "likelihood"):
        assert any(note.startswith(word) for note in report.notes)
    with pytest.raises(MotionStudioError, match="not measured on one's own"):
        evaluate(model, "speed", clips=folder)


def test_folders_in_folders_are_looked_through_once_wherever_links_lead(tmp_path: Path) -> None:
    frames, _ = _clip()
    for place in ("", "deep/", "deep/deeper/"):
        (tmp_path / place).mkdir(exist_ok=True)
        np.savez(tmp_path / place / "beat.npz", frames=frames, fps=10)
    (tmp_path / "deep" / "loop").symlink_to(tmp_path)
    (tmp_path / "nowhere.mp4").symlink_to(tmp_path / "gone.mp4")
    (tmp_path / "empty.mp4").touch()
    files = clip_files(tmp_path)
    assert sorted(names_of(files, tmp_path).values()) == [
        "beat", "deep/beat", "deep/deeper/beat", "empty", "nowhere"
    ]  # fmt: skip
    found = read_own(tmp_path, CARD, None)
    assert len(found.items) == 3
    assert [problem.clip for problem in found.problems] == ["empty", "nowhere"]


def test_names_that_repeat_keep_their_suffix(tmp_path: Path) -> None:
    files = [tmp_path / "a.mp4", tmp_path / "a.npz", tmp_path / "b.nii.gz"]
    assert list(names_of(files, tmp_path).values()) == ["a.mp4", "a.npz", "b"]


def test_single_pages_of_tiff_are_one_clip_and_stacks_are_many(tmp_path: Path) -> None:
    frames, _ = _clip(3)
    single, stacks = tmp_path / "single", tmp_path / "stacks"
    for folder in (single, stacks):
        folder.mkdir()
    for t, frame in enumerate(frames):
        cv2.imwrite(str(single / f"f{t}.tif"), frame)
    assert clip_files(single) == [single]
    for name in ("one.tif", "two.tif"):
        cv2.imwritemulti(str(stacks / name), list(frames))
    assert [path.name for path in clip_files(stacks)] == ["one.tif", "two.tif"]


def test_films_among_pictures_are_clips_of_their_own(tmp_path: Path) -> None:
    frames, _ = _clip(4)
    films = [Image.fromarray(frame) for frame in frames]
    for name in ("a.gif", "b.gif"):
        films[0].save(tmp_path / name, save_all=True, append_images=films[1:])
    assert [path.name for path in clip_files(tmp_path)] == ["a.gif", "b.gif"]
    found = read_own(tmp_path, CARD, None)
    assert [len(item.frames) for item in found.items] == [4, 4]


def test_a_folder_of_pictures_may_hold_its_masks_itself(tmp_path: Path) -> None:
    frames, masks = _clip()
    _pictures(tmp_path / "beat", frames)
    _pictures(tmp_path / "beat" / "masks", masks)
    (item,) = read_own(tmp_path, CARD, None).items
    assert item.labelled is not None
    assert item.labelled.all()


def test_a_model_that_can_do_none_of_it_says_so_before_clips_are_read(tmp_path: Path) -> None:
    model = Oracle(subjects(DOMAINS["heart"], SIZE, 1))
    model.card = model.card.model_copy(update={"capabilities": Capability.ENCODE})
    with pytest.raises(MotionStudioError, match=r"so tracking cannot be measured\..*heart"):
        evaluate(model, "tracking", clips=tmp_path)
    with pytest.raises(MotionStudioError, match=r"none of these tasks.*oracle --paper"):
        evaluate(model, clips=tmp_path)
