"""The shared real clips, and the awkward files among them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.io import probe, read_clip

pytestmark = pytest.mark.real_data


def test_the_heart_is_the_same_in_all_its_forms(real_data: Path) -> None:
    folder = real_data / "cardiac_cine_human"
    npz = read_clip(folder / "sax_z05.npz")
    nifti = read_clip(folder / "sax_4d.nii.gz", slice_index=3)
    dicom = read_clip(folder / "dicom_z05")
    assert npz.frames.shape == nifti.frames.shape == (20, 144, 144, 1)
    assert dicom.frames.shape == (20, 256, 256, 1)
    assert npz.cyclic is dicom.cyclic is True
    for t in (0, 7, 19):
        a, b = npz.frames[t].ravel().astype(float), nifti.frames[t].ravel().astype(float)
        assert np.corrcoef(a, b)[0, 1] > 0.99
    np.testing.assert_allclose(npz.times, dicom.times, atol=1e-4)
    assert npz.spacing == pytest.approx(nifti.spacing, abs=1e-4)
    assert npz.spacing == pytest.approx(dicom.spacing, abs=1e-4)
    assert npz.mask_valid is not None
    assert npz.mask_valid.nonzero()[0].tolist() == [6, 19]
    assert npz.warnings == dicom.warnings == ()
    assert probe(folder / "sax_4d.nii.gz").slices == 6


@pytest.mark.parametrize(
    ("name", "shape", "dtype"),
    [
        ("vfr_131x97_yuv444.mp4", (40, 97, 131, 3), "uint8"),
        ("truncated_moov_front.mp4", (29, 108, 192, 3), "uint8"),
        ("dispose_bgnd_transparency.gif", (10, 32, 38, 3), "uint8"),
        ("pil_sample_cmyk.jpg", (1, 100, 100, 3), "uint8"),
        ("exif_portrait_6.jpg", (1, 1800, 1200, 3), "uint8"),
        ("stack_16bit_8x128x128.tif", (8, 128, 128, 1), "uint16"),
        ("emri_small_10frames.dcm", (10, 64, 64, 1), "uint16"),
    ],
)
def test_odd_files(real_data: Path, name: str, shape: tuple[int, ...], dtype: str) -> None:
    clip = read_clip(real_data / "odd" / name)
    assert clip.frames.shape == shape
    assert clip.frames.dtype == dtype
    assert np.asarray(clip.frames[shape[0] - 1]).std() > 0
    assert probe(real_data / "odd" / name).size == shape[1:3]


def test_the_times_of_odd_files(real_data: Path) -> None:
    steps = np.diff(read_clip(real_data / "odd" / "vfr_131x97_yuv444.mp4").times) * 1000
    assert 19 < steps.min() < 21
    assert 399 < steps.max() < 401
    gif = read_clip(real_data / "odd" / "dispose_bgnd_transparency.gif")
    assert np.diff(gif.times).min() >= 0.1
    cut = read_clip(real_data / "odd" / "truncated_moov_front.mp4")
    assert "29 of 75 frames" in cut.warnings[0]


def test_nothing_in_a_file(real_data: Path) -> None:
    with pytest.raises(MotionStudioError, match=r"zero_length\.mp4 is empty"):
        read_clip(real_data / "odd" / "zero_length.mp4")


def test_every_shared_file_is_read_or_refused_in_a_sentence(real_data: Path) -> None:
    refused = []
    for path in sorted(real_data.rglob("*")):
        if not path.is_file() or path.suffix in (".md", ".txt"):
            continue
        try:
            clip = read_clip(path)
            info = probe(path)
        except MotionStudioError:
            refused.append(path.name)
            continue
        assert info.size == clip.size
        assert clip.frames[len(clip) - 1].shape == clip.frames.shape[1:]
    assert refused == [
        "digits-7000-images-idx3-ubyte.gz",
        "digits-7000-labels-idx1-ubyte.gz",
        "zero_length.mp4",
    ]
