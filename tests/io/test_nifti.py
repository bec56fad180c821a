from __future__ import annotations

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.io import probe, read_clip
from tests.io.samples import make


def save(path: Path, volume: np.ndarray, zooms: tuple[float, ...], unit: str = "sec") -> Path:
    image = nib.Nifti1Image(volume, np.eye(4))
    image.header.set_zooms(zooms)
    image.header.set_xyzt_units("mm", unit)
    nib.save(image, path)
    return path


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
def test_four_axes_offer_slices(tmp_path: Path, suffix: str) -> None:
    volume = np.random.default_rng(0).integers(0, 999, (7, 5, 3, 4)).astype(np.int16)
    path = save(tmp_path / f"v{suffix}", volume, (1.5, 2.5, 8, 40), "msec")
    info = probe(path)
    assert (info.slices, info.frames, info.size) == (3, 4, (5, 7))
    assert info.fps == pytest.approx(25)
    clip = read_clip(path, slice_index=2)
    for t in range(4):
        np.testing.assert_array_equal(clip.frames[t][..., 0], volume[:, :, 2, t].T)
    assert clip.spacing == pytest.approx((2.5, 1.5))
    np.testing.assert_allclose(clip.times, [0, 0.04, 0.08, 0.12], atol=1e-6)
    assert clip.name == "v"


def test_the_middle_slice_is_the_default_and_said(tmp_path: Path) -> None:
    volume = np.arange(2 * 2 * 5 * 3).reshape(2, 2, 5, 3).astype(np.float32)
    clip = read_clip(save(tmp_path / "v.nii", volume, (1, 1, 1, 1)))
    np.testing.assert_array_equal(clip.frames[0][..., 0], volume[:, :, 2, 0].T)
    assert clip.warnings == ("v.nii holds 5 slices; slice 2 is shown.",)


def test_a_volume_is_read_along_its_last_axis_and_said(tmp_path: Path) -> None:
    volume = np.random.default_rng(0).random((6, 4, 9)).astype(np.float32)
    clip = read_clip(save(tmp_path / "v.nii", volume, (1, 1, 1)))
    assert len(clip) == 9
    np.testing.assert_array_equal(clip.frames[3][..., 0], volume[..., 3].T)
    assert "last axis of 9 is taken as time" in clip.warnings[0]


def test_two_axes_and_time(tmp_path: Path) -> None:
    volume = np.zeros((6, 4, 1, 5), np.uint8)
    clip = read_clip(save(tmp_path / "v.nii", volume, (1, 1, 1, 0.5)))
    assert len(clip) == 5
    assert clip.fps == pytest.approx(2)
    assert clip.warnings == ()


def test_slope_and_intercept_are_applied(tmp_path: Path) -> None:
    image = nib.Nifti1Image(np.full((4, 4, 1, 2), 10, np.int16), np.eye(4))
    image.header.set_slope_inter(0.5, -3)
    path = tmp_path / "s.nii"
    nib.save(image, path)
    raw = bytearray(path.read_bytes())
    stored = np.frombuffer(bytes(raw[352:]), np.int16)[0]
    clip = read_clip(path)
    assert clip.frames.dtype == np.float32
    assert clip.frames[0][0, 0, 0] == pytest.approx(stored * 0.5 - 3)


def test_cut_short_and_wrong_slice(tmp_path: Path) -> None:
    path = make("volume.nii", tmp_path)
    with pytest.raises(MotionStudioError, match="has no slice 3"):
        read_clip(path, slice_index=3)
    path.write_bytes(path.read_bytes()[:600])
    with pytest.raises(MotionStudioError, match="cut short"):
        read_clip(path)


def test_a_bomb_is_refused_unpacked(tmp_path: Path) -> None:
    image = nib.Nifti1Image(np.zeros((4, 4, 1, 2), np.float64), np.eye(4))
    nib.save(image, tmp_path / "b.nii")
    raw = bytearray((tmp_path / "b.nii").read_bytes())
    raw[42:50] = np.array([4000, 4000, 10, 30], "<i2").tobytes()
    (tmp_path / "b.nii.gz").write_bytes(gzip.compress(bytes(raw)))
    with pytest.raises(MotionStudioError, match="the limit is 1,024 MiB"):
        read_clip(tmp_path / "b.nii.gz")
