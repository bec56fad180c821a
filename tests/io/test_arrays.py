from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.io import probe, read_clip
from motionstudio.io.lazy import LazyFrames
from tests.io.samples import moving_square


def saved(path: Path, **arrays: Any) -> Path:
    np.savez_compressed(path, **arrays)
    return path


@pytest.mark.parametrize(
    ("shape", "frames", "slices"),
    [
        ((5, 6), (1, 5, 6, 1), 1),
        ((4, 5, 6), (4, 5, 6, 1), 1),
        ((4, 5, 6, 3), (4, 5, 6, 3), 1),
        ((4, 5, 6, 4), (4, 5, 6, 3), 1),
        ((4, 3, 5, 6), (4, 5, 6, 3), 1),
        ((9, 4, 5, 6), (4, 5, 6, 1), 9),
        ((9, 4, 5, 6, 3), (4, 5, 6, 3), 9),
        ((9, 4, 1, 5, 6), (4, 5, 6, 1), 9),
    ],
)
@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_layouts(
    tmp_path: Path, shape: tuple[int, ...], frames: tuple[int, ...], slices: int, suffix: str
) -> None:
    array = np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8)
    path = tmp_path / f"a{suffix}"
    np.save(path, array) if suffix == ".npy" else saved(path, frames=array)
    info, clip = probe(path), read_clip(path)
    assert clip.frames.shape == frames
    assert (info.frames, info.size, info.channels) == (frames[0], frames[1:3], frames[3])
    assert info.slices == slices
    if slices > 1:
        np.testing.assert_array_equal(
            np.sort(read_clip(path, slice_index=7).frames[:].ravel()), np.sort(array[7].ravel())
        )
        with pytest.raises(MotionStudioError, match="has no clip 9"):
            read_clip(path, slice_index=9)


@pytest.mark.parametrize(
    "dtype", ["bool", "uint8", ">u2", "int16", "float16", "float32", "float64"]
)
def test_types(tmp_path: Path, dtype: str) -> None:
    array = (moving_square()[..., 0] > 100).astype(dtype)
    np.save(tmp_path / "a.npy", array)
    clip = read_clip(tmp_path / "a.npy")
    np.testing.assert_array_equal(clip.frames[:][..., 0], array.astype(float))
    assert clip.frames.dtype.isnative
    assert probe(tmp_path / "a.npy").dtype == clip.frames.dtype.name


def test_a_long_array_stays_on_disk(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((100, 64, 64), np.uint8))
    frames = read_clip(tmp_path / "a.npy").frames
    assert isinstance(frames, LazyFrames)


@pytest.mark.parametrize("shape", [(5, 4, 6), (5, 4, 6, 3), (5, 3, 4, 6), (2, 5, 4, 6), (4, 6)])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [">u2", "bool", "<f2", "u1"])
def test_frames_on_disk_are_those_of_the_array(
    tmp_path: Path, shape: tuple[int, ...], order: Literal["C", "F"], dtype: str
) -> None:
    array = np.random.default_rng(0).integers(0, 2, shape).astype(dtype)
    np.save(tmp_path / "a.npy", np.asarray(array, order=order))
    np.savez(tmp_path / "a.npz", frames=array)
    on_disk, held = read_clip(tmp_path / "a.npy").frames, read_clip(tmp_path / "a.npz").frames
    assert on_disk.dtype == held.dtype
    np.testing.assert_array_equal(on_disk[:], held[:])


@pytest.mark.parametrize("which", [-1, 0])
def test_an_array_cut_off_while_it_is_open_is_said(tmp_path: Path, which: int) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.zeros((100, 64, 64), np.uint8))
    frames = read_clip(path).frames
    os.truncate(path, 50_000)
    if which == 0:
        assert not frames[0].any()
        return
    with pytest.raises(MotionStudioError, match=r"a\.npy could not be read: it ends too early"):
        frames[-1]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps open files")
def test_an_array_that_is_removed_while_it_is_open_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.ones((100, 64, 64), np.uint8))
    frames = read_clip(path).frames
    path.unlink()
    assert frames[99].all()


def test_everything_an_archive_may_say(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "a.npz",
        frames=moving_square()[..., 0],
        trigger_ms=np.array([5, 30, 60, 80, 120, 150.0]),
        spacing_mm=np.array([1.5, 2.0]),
        masks=(moving_square()[..., 0] == 200).astype(np.uint8),
        mask_valid=np.array([1, 0, 0, 1, 0, 0], bool),
        subject=np.str_("one"),
    )
    clip = read_clip(path)
    np.testing.assert_allclose(clip.times, [0, 0.025, 0.055, 0.075, 0.115, 0.145])
    assert clip.cyclic is True
    assert clip.spacing == (1.5, 2.0)
    assert clip.masks is not None
    assert clip.masks.sum() == 6 * 64
    assert clip.mask_valid is not None
    assert clip.mask_valid.tolist() == [True, False, False, True, False, False]
    assert clip.provenance["subject"] == "one"
    assert clip.warnings == ()


def test_one_of_many_clips_comes_with_its_own_facts(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "m.npz",
        frames=np.zeros((3, 4, 8, 9), np.uint8),
        masks=np.arange(3, dtype=np.uint8)[:, None, None, None] * np.ones((3, 4, 8, 9), np.uint8),
        action=np.array(["walk", "jump", "run"]),
        fps=10.0,
    )
    clip = read_clip(path, slice_index=2)
    assert clip.provenance["action"] == "run"
    assert clip.masks is not None
    assert (clip.masks == 2).all()
    assert clip.fps == pytest.approx(10)


def test_masks_settle_what_a_last_axis_of_three_means(tmp_path: Path) -> None:
    frames = np.zeros((5, 4, 8, 3), np.uint8)
    assert probe(saved(tmp_path / "c.npz", frames=frames)).slices == 1
    assert probe(saved(tmp_path / "g.npz", frames=frames, masks=frames)).slices == 5


def test_seconds_per_frame_are_true_times(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "s.npz", frames=np.zeros((3, 4, 4), np.uint8), seconds_per_frame=7.0, fps=10.0
    )
    np.testing.assert_allclose(read_clip(path).times, [0, 7, 14])


def test_times_that_do_not_increase_are_mended_and_said(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "t.npz", frames=np.zeros((4, 4, 4), np.uint8), times=np.array([0, 0.1, 0.1, 0.2])
    )
    clip = read_clip(path)
    np.testing.assert_allclose(clip.times, [0, 0.1, 0.2, 0.3])
    assert "do not increase" in clip.warnings[0]


def test_pickles_are_never_opened(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return (tmp_path.joinpath("exploded").touch, ())

    objects = np.empty(3, object)
    objects[:] = [Bomb()] * 3
    np.save(tmp_path / "p.npy", objects, allow_pickle=True)
    np.savez(tmp_path / "p.npz", frames=objects)
    saved(tmp_path / "beside.npz", frames=np.zeros((2, 3, 3), np.uint8), extra=objects)
    for name in ("p.npy", "p.npz"):
        with pytest.raises(MotionStudioError, match=name.replace(".", r"\.")):
            read_clip(tmp_path / name)
    assert len(read_clip(tmp_path / "beside.npz")) == 2
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.zeros((2, 3, 4), complex), "no intensities"),
        (np.zeros(5), "no image sequence"),
        (np.zeros((0, 4, 4)), "no frames"),
        (np.zeros((2, 0, 4)), "without pixels"),
        (np.zeros((2, 2, 2, 2, 2, 2)), "no image sequence"),
    ],
)
def test_what_is_no_sequence_is_refused(tmp_path: Path, array: np.ndarray, reason: str) -> None:
    np.save(tmp_path / "x.npy", array)
    with pytest.raises(MotionStudioError, match=reason):
        read_clip(tmp_path / "x.npy")


def test_no_frames_key(tmp_path: Path) -> None:
    path = saved(tmp_path / "k.npz", a=np.zeros((2, 3, 3)), b=np.zeros((2, 3, 3)))
    with pytest.raises(MotionStudioError, match="has no array named frames; it holds a, b"):
        read_clip(path)


def test_a_zip_bomb_is_refused_unpacked(tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "|u1", "fortran_order": False, "shape": (1 << 31, 1, 1)}
    )
    path = tmp_path / "bomb.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("frames.npy", "w", force_zip64=True) as member,
    ):
        member.write(header.getvalue())
        for _ in range(1100):
            member.write(bytes(1 << 20))
    assert path.stat().st_size < 10_000_000
    for call in (probe, read_clip):
        with pytest.raises(MotionStudioError, match="the limit is 1,024 MiB"):
            call(path)


def test_an_ed_es_pair_lies_where_it_does_in_the_cycle(tmp_path: Path) -> None:
    path = tmp_path / "pairs.npz"
    frames = np.random.default_rng(0).integers(0, 255, (3, 2, 16, 16)).astype(np.uint8)
    np.savez(path, frames=frames, phase=np.array(["ED", "ES"]))
    clip = read_clip(path, slice_index=1)
    assert clip.times.tolist() == [0.0, 0.35]
    assert (clip.cyclic, clip.period) == (True, 1.0)
    assert any("end-systole is taken to be at 0.35" in note for note in clip.warnings)
    np.testing.assert_array_equal(clip.frames[1][..., 0], frames[1, 1])
