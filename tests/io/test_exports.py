from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.errors import Cancelled, MotionStudioError
from motionstudio.core.motion import Motion, Rendered, RowKind
from motionstudio.io import (
    WRITABLE_SUFFIXES,
    load_motion,
    read_clip,
    save_motion,
    write_clip,
    write_displacement_nifti,
    write_latents_csv,
)
from tests.io.samples import moving_square

TIMES = np.array([0.0, 0.05, 0.15, 0.2, 0.3, 0.42])


def clip_of(channels: int = 1, height: int = 24, width: int = 32) -> Clip:
    return Clip(moving_square(6, height, width, channels), TIMES.copy(), spacing=(1.5, 2.0))


def rendered() -> Rendered:
    field = np.random.default_rng(0).normal(size=(6, 2, 24, 32)).astype(np.float32)
    return Rendered(moving_square(), TIMES.copy(), displacement=field)


def motion(rows: int = 6, dims: int = 3, kind: RowKind = RowKind.FRAME) -> Motion:
    rng = np.random.default_rng(1)
    starts = np.arange(rows, dtype=np.float64)
    return Motion(
        mean=rng.normal(size=(rows, dims)).astype(np.float32),
        std=rng.random((rows, dims)).astype(np.float32),
        kept=np.array([1, 0, 1, 1, 0, 1], bool),
        times=TIMES.copy(),
        rows=kind,
        row_times=np.stack([starts, starts + 1], axis=1),
        filled=np.arange(rows) == 1,
        cyclic=True,
        model="heart",
        model_hash="abc",
        state={"first": np.arange(4, dtype=np.int16)},
    )


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov", ".webm", ".gif", ".apng"])
@pytest.mark.parametrize("channels", [1, 3])
def test_animations_come_back_with_their_times(tmp_path: Path, suffix: str, channels: int) -> None:
    path = write_clip(clip_of(channels), tmp_path / f"out{suffix}", quality=8)
    back = read_clip(path)
    np.testing.assert_allclose(back.times, TIMES, atol=2e-3)
    expected = moving_square(channels=channels).astype(int)
    tolerance = 0 if suffix == ".apng" or (suffix, channels) == (".gif", 1) else 12
    assert np.abs(back.frames[:].astype(int) - expected).mean() <= tolerance
    assert back.warnings == ()
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_odd_sizes_are_padded_to_even(tmp_path: Path) -> None:
    clip = Clip(moving_square(6, 23, 31), TIMES)
    back = read_clip(write_clip(clip, tmp_path / "o.mp4", quality=5))
    assert back.size == (24, 32)
    assert np.abs(back.frames[:, :23, :31, :1].astype(int) - clip.frames[:]).mean() < 4


def test_a_rate_replaces_the_times(tmp_path: Path) -> None:
    back = read_clip(write_clip(clip_of(), tmp_path / "r.mp4", fps=10))
    np.testing.assert_allclose(back.times, np.arange(6) / 10, atol=1e-3)


def test_gif_delays_do_not_drift(tmp_path: Path) -> None:
    clip = Clip(moving_square(30, 24, 112), uniform_times(30, 15))
    back = read_clip(write_clip(clip, tmp_path / "d.gif"))
    np.testing.assert_allclose(back.times, clip.times, atol=0.0051)


def test_png_sequence_and_still(tmp_path: Path) -> None:
    folder = write_clip(clip_of(3), tmp_path / "frames")
    assert len(list(folder.iterdir())) == 6
    np.testing.assert_array_equal(read_clip(folder).frames[:], moving_square(channels=3))
    still = Clip(moving_square(1), uniform_times(1, 1))
    np.testing.assert_array_equal(
        read_clip(write_clip(still, tmp_path / "s.png")).frames[0], moving_square(1)[0]
    )
    with pytest.raises(MotionStudioError, match="can hold one picture, not 6"):
        write_clip(clip_of(), tmp_path / "many.png")
    with pytest.raises(MotionStudioError, match="not an empty folder"):
        write_clip(clip_of(), folder)


def test_deep_clips_are_scaled_for_pictures_and_kept_for_numbers(tmp_path: Path) -> None:
    deep = Clip(moving_square().astype(np.int16) * 10 - 500, TIMES)
    shown = read_clip(write_clip(deep, tmp_path / "d.apng")).frames[:]
    assert shown.min() == 0
    assert shown.max() == 255
    for name in ("d.npz", "d.nii.gz"):
        back = read_clip(write_clip(deep, tmp_path / name))
        assert back.frames.dtype == np.int16
        np.testing.assert_array_equal(back.frames[:], deep.frames)


def test_npz_holds_frames_fields_and_latents(tmp_path: Path) -> None:
    m = motion()
    path = write_clip(rendered(), tmp_path / "all.npz", motion=m)
    with np.load(path, allow_pickle=False) as held:
        np.testing.assert_array_equal(held["displacement"], rendered().displacement)
        np.testing.assert_array_equal(held["mean"], m.mean)
        np.testing.assert_array_equal(held["kept"], m.kept)
    back = read_clip(path)
    np.testing.assert_array_equal(back.frames, moving_square())
    np.testing.assert_array_equal(back.times, TIMES)


@pytest.mark.parametrize("part", [slice(0, 6), slice(2, 5)])
def test_the_motion_in_an_exported_npz_can_be_loaded(tmp_path: Path, part: slice) -> None:
    m = motion()
    times = TIMES[part] - TIMES[part][0]
    pictures = Rendered(moving_square()[part], times)
    path = write_clip(pictures, tmp_path / "all.npz", motion=m)
    back = load_motion(path)
    for name in ("mean", "std", "kept", "filled", "times", "row_times"):
        np.testing.assert_array_equal(getattr(back, name), getattr(m, name), name)
    named = (back.rows, back.model, back.model_hash, back.cyclic)
    assert named == (m.rows, m.model, m.model_hash, m.cyclic)
    np.testing.assert_array_equal(back.state["first"], m.state["first"])
    clip = read_clip(path)
    np.testing.assert_array_equal(clip.frames[:], moving_square()[part])
    np.testing.assert_array_equal(clip.times, times)
    assert bool(clip.cyclic) == (len(times) == len(TIMES))


def test_npz_of_a_clip_keeps_what_is_known(tmp_path: Path) -> None:
    masks = (moving_square()[..., 0] == 200).astype(np.uint8)
    valid = np.arange(6) % 2 == 0
    clip = Clip(
        moving_square(), TIMES, spacing=(1.5, 2.0), masks=masks, mask_valid=valid, cyclic=True
    )
    back = read_clip(write_clip(clip, tmp_path / "c.npz"))
    np.testing.assert_array_equal(back.masks, masks)
    np.testing.assert_array_equal(back.mask_valid, valid)
    assert (back.spacing, back.cyclic) == ((1.5, 2.0), True)


def test_nifti_of_the_field_is_in_millimetres(tmp_path: Path) -> None:
    r = rendered()
    path = write_displacement_nifti(r, tmp_path / "u.nii.gz", spacing=(1.5, 2.0))
    image = nib.load(path)
    assert image.shape == (32, 24, 1, 6, 2)
    assert image.header.get_intent()[0] == "displacement vector"
    u = np.asarray(image.dataobj)
    assert r.displacement is not None
    np.testing.assert_allclose(u[5, 7, 0, 3, 0], r.displacement[3, 0, 7, 5] * 2.0, rtol=1e-6)
    np.testing.assert_allclose(u[5, 7, 0, 3, 1], r.displacement[3, 1, 7, 5] * 1.5, rtol=1e-6)
    with pytest.raises(MotionStudioError, match="no displacement"):
        write_displacement_nifti(Rendered(moving_square(), TIMES), tmp_path / "n.nii")


def test_colour_does_not_go_into_nifti(tmp_path: Path) -> None:
    with pytest.raises(MotionStudioError, match=r"c\.nii cannot be written"):
        write_clip(clip_of(3), tmp_path / "c.nii")
    assert list(tmp_path.iterdir()) == []


def test_latents_as_csv(tmp_path: Path) -> None:
    m = motion()
    edited = np.arange(6) == 4
    path = write_latents_csv(m, tmp_path / "z.csv", names=["a", "b", "c"], edited=edited)
    lines = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert list(lines[0]) == ["frame", "time_s", "kept", "filled", "edited", "a", "b", "c"]
    assert [line["kept"] for line in lines] == ["1", "0", "1", "1", "0", "1"]
    assert [line["filled"] for line in lines] == ["0", "1", "0", "0", "0", "0"]
    assert [line["edited"] for line in lines] == ["0", "0", "0", "0", "1", "0"]
    assert np.float32(lines[3]["b"]) == m.mean[3, 1]
    assert float(lines[3]["time_s"]) == TIMES[3]


def test_latents_that_are_no_frames(tmp_path: Path) -> None:
    m = motion(4, 2, RowKind.PAIR)
    path = write_latents_csv(m, tmp_path / "z.csv")
    lines = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    assert lines[0] == ["row", "time_s", "kept", "filled", "edited", "z0", "z1"]
    assert lines[2][:3] == ["1", "1.0", ""]
    with pytest.raises(ValueError, match="names"):
        write_latents_csv(m, tmp_path / "z.csv", names=["only one"])


@pytest.mark.parametrize("kind", list(RowKind))
def test_motion_comes_back(tmp_path: Path, kind: RowKind) -> None:
    m = motion(5, 3, kind)
    back = load_motion(save_motion(m, tmp_path / "m.npz"))
    for name in ("mean", "std", "kept", "times", "row_times", "filled"):
        np.testing.assert_array_equal(getattr(back, name), getattr(m, name))
    assert (back.rows, back.cyclic, back.model, back.model_hash) == (kind, True, "heart", "abc")
    np.testing.assert_array_equal(back.state["first"], m.state["first"])


def test_what_is_no_motion(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", frames=np.zeros((2, 2, 2)))
    with pytest.raises(MotionStudioError, match=r"x\.npz is no saved motion: it has no mean"):
        load_motion(tmp_path / "x.npz")
    with pytest.raises(MotionStudioError, match="no such file"):
        load_motion(tmp_path / "gone.npz")


def test_a_later_format_and_damage(tmp_path: Path) -> None:
    path = save_motion(motion(), tmp_path / "m.npz")
    held = dict(np.load(path))
    np.savez(path, **(held | {"motion_format": np.int64(99)}))
    with pytest.raises(MotionStudioError, match="later version"):
        load_motion(path)
    for change in ({"row_times": np.zeros((2, 2))}, {"rows": np.str_("odd")}, {"kept": np.ones(2)}):
        np.savez(path, **(held | change))
        with pytest.raises(MotionStudioError, match=r"m\.npz"):
            load_motion(path)


@pytest.mark.parametrize("suffix", [*(s for s in WRITABLE_SUFFIXES if s != ".png"), ""])
def test_cancelling_leaves_nothing_and_keeps_the_old(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    if suffix:
        path.write_bytes(b"old")
    with pytest.raises(Cancelled):
        write_clip(clip_of(), path, tick=lambda fraction: False)
    assert [p.name for p in tmp_path.iterdir()] == ([path.name] if suffix else [])
    assert not suffix or path.read_bytes() == b"old"


@pytest.mark.parametrize("suffix", [".mp4", ".gif", ".apng", ".npz", ".nii", ""])
def test_progress_rises_to_one(tmp_path: Path, suffix: str) -> None:
    heard: list[float] = []

    def tick(fraction: float) -> bool:
        heard.append(fraction)
        return True

    write_clip(clip_of(), tmp_path / f"out{suffix}", tick=tick)
    assert heard == sorted(heard)
    assert heard[-1] == 1


class Full:
    """Frames from a disk that fills up."""

    shape, dtype = (6, 24, 32, 1), np.dtype(np.uint8)

    def __len__(self) -> int:
        return 6

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice) or index >= 3:
            raise OSError(28, "No space left on device")
        return moving_square()[index]


@pytest.mark.parametrize("suffix", [".mp4", ".gif", ".npz", ".nii", ""])
def test_a_full_disk_is_one_sentence(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(MotionStudioError, match="could not be written: the disk is full"):
        write_clip(Clip(Full(), TIMES), tmp_path / f"out{suffix}")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MotionStudioError, match="the folder nowhere does not exist"):
        write_clip(clip_of(), tmp_path / "nowhere" / "x.gif")


def test_an_unknown_suffix_and_rate(tmp_path: Path) -> None:
    with pytest.raises(MotionStudioError, match=r"x\.docx has the unknown suffix"):
        write_clip(clip_of(), tmp_path / "x.docx")
    with pytest.raises(MotionStudioError, match="no frame rate"):
        write_clip(clip_of(), tmp_path / "x.gif", fps=float("nan"))
    with pytest.raises(ValueError, match="quality"):
        write_clip(clip_of(), tmp_path / "x.mp4", quality=99)
