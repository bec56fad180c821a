from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from motionstudio.core.errors import MotionStudioError
from motionstudio.io import probe, read_clip
from tests.io.samples import moving_square, save_dicom

STACK = moving_square()[..., 0].astype(np.uint16)


def test_multi_frame_with_frame_time(tmp_path: Path) -> None:
    path = save_dicom(tmp_path / "m.dcm", STACK, FrameTime="40", PixelSpacing=["1.5", "2.5"])
    clip = read_clip(path)
    np.testing.assert_array_equal(clip.frames[:][..., 0], STACK)
    np.testing.assert_allclose(clip.times, np.arange(6) * 0.04)
    assert clip.spacing == (1.5, 2.5)
    info = probe(path)
    assert (info.frames, info.size, info.dtype) == (6, (24, 32), "uint16")
    assert info.fps == pytest.approx(25)


def test_frame_time_vector(tmp_path: Path) -> None:
    path = save_dicom(tmp_path / "v.dcm", STACK, FrameTimeVector=["0", "10", "30", "20", "50", "5"])
    expected = [0, 0.01, 0.04, 0.06, 0.11, 0.115]
    np.testing.assert_allclose(read_clip(path).times, expected)


def test_rescale_and_inversion(tmp_path: Path) -> None:
    path = save_dicom(
        tmp_path / "r.dcm",
        STACK,
        PhotometricInterpretation="MONOCHROME1",
        BitsStored=12,
        HighBit=11,
        RescaleSlope="2",
        RescaleIntercept="-1000",
    )
    clip = read_clip(path)
    assert clip.frames.dtype == np.float32
    np.testing.assert_array_equal(clip.frames[:][..., 0], 2.0 * (4095 - STACK) - 1000)


def test_signed_pixels_inverted_keep_their_type(tmp_path: Path) -> None:
    stack = STACK.astype(np.int16) - 100
    path = save_dicom(tmp_path / "s.dcm", stack, PhotometricInterpretation="MONOCHROME1")
    clip = read_clip(path)
    assert clip.frames.dtype == np.int16
    np.testing.assert_array_equal(clip.frames[:][..., 0], -1 - stack)


def test_ybr_colour_becomes_rgb(tmp_path: Path) -> None:
    ybr = np.empty((1, 4, 4, 3), np.uint8)
    ybr[...] = (76, 85, 255)
    path = tmp_path / "c.dcm"
    save_dicom(
        path,
        np.zeros((4, 4), np.uint16),
        SamplesPerPixel=3,
        PlanarConfiguration=0,
        PhotometricInterpretation="YBR_FULL",
        BitsAllocated=8,
        BitsStored=8,
        HighBit=7,
    )
    import pydicom

    dataset = pydicom.dcmread(path)
    dataset.PixelData = ybr.tobytes()
    dataset.save_as(path)
    red = read_clip(path).frames[0][1, 1]
    assert red[0] > 250
    assert red[1:].max() < 6


def group(position: float, delay: float) -> Dataset:
    place, sync, one = Dataset(), Dataset(), Dataset()
    place.ImagePositionPatient = [0, 0, position]
    sync.NominalCardiacTriggerDelayTime = delay
    one.PlanePositionSequence = Sequence([place])
    one.CardiacSynchronizationSequence = Sequence([sync])
    return one


def test_enhanced_frames_are_sorted_into_slices_and_times(tmp_path: Path) -> None:
    groups = [group(z, d) for d in (50.0, 0.0, 25.0) for z in (8.0, 0.0)]
    path = save_dicom(tmp_path / "e.dcm", STACK, PerFrameFunctionalGroupsSequence=Sequence(groups))
    assert probe(path).slices == 2
    clip = read_clip(path, slice_index=1)
    np.testing.assert_array_equal(clip.frames[:][..., 0], STACK[[2, 4, 0]])
    np.testing.assert_allclose(clip.times, [0, 0.025, 0.05])
    assert clip.cyclic is True


def test_a_volume_is_said_to_be_one(tmp_path: Path) -> None:
    groups = [group(float(z), 0.0) for z in range(6)]
    path = save_dicom(tmp_path / "v.dcm", STACK, PerFrameFunctionalGroupsSequence=Sequence(groups))
    assert "slices are taken as time" in read_clip(path).warnings[0]


def series(folder: Path, positions: tuple[float, ...] = (0.0,), **tags: Any) -> Path:
    folder.mkdir()
    for z in positions:
        for t in range(6):
            # Names run against time, so that only the tags can tell the order.
            save_dicom(
                folder / f"i{5 - t}_{z:g}.dcm",
                STACK[t] + int(z),
                SeriesInstanceUID="1.2.3",
                ImagePositionPatient=[0, 0, z],
                ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
                TriggerTime=str(10 + 50 * t),
                InstanceNumber=t,
                CardiacNumberOfImages=6,
                **tags,
            )
    return folder


def test_series_is_sorted_by_trigger_time(tmp_path: Path) -> None:
    clip = read_clip(series(tmp_path / "s"))
    np.testing.assert_array_equal(clip.frames[:][..., 0], STACK)
    np.testing.assert_allclose(clip.times, np.arange(6) * 0.05)
    assert clip.cyclic is True
    assert clip.warnings == ()


def test_one_file_of_a_series_points_to_the_folder(tmp_path: Path) -> None:
    clip = read_clip(series(tmp_path / "s") / "i0_0.dcm")
    assert len(clip) == 1
    assert "beside 5 other files" in clip.warnings[0]


def test_series_of_slices_asks_for_one(tmp_path: Path) -> None:
    folder = series(tmp_path / "s", (0.0, 8.0, 16.0))
    assert probe(folder).slices == 3
    np.testing.assert_array_equal(read_clip(folder, slice_index=2).frames[0][..., 0], STACK[0] + 16)
    assert "slice 1 is shown" in read_clip(folder).warnings[0]


def test_strangers_in_a_series_are_left_out_and_said(tmp_path: Path) -> None:
    folder = series(tmp_path / "s")
    save_dicom(folder / "other.dcm", STACK[0], SeriesInstanceUID="9.9")
    (folder / "note.txt").write_text("not a picture")
    clip = read_clip(folder)
    assert len(clip) == 6
    assert "1 file in s left out" in clip.warnings[0]


def test_a_directory_file_without_pictures(tmp_path: Path) -> None:
    path = save_dicom(tmp_path / "d.dcm", STACK)
    import pydicom

    dataset = pydicom.dcmread(path)
    del dataset.Rows, dataset.PixelData
    dataset.save_as(path)
    with pytest.raises(MotionStudioError, match="holds no DICOM pictures"):
        read_clip(path)


def test_cut_short_gives_the_frames_that_are_there(tmp_path: Path) -> None:
    path = save_dicom(tmp_path / "t.dcm", STACK)
    data = path.read_bytes()
    path.write_bytes(data[: -3 * 24 * 32 * 2])
    clip = read_clip(path)
    assert len(clip) == 3
    np.testing.assert_array_equal(clip.frames[:][..., 0], STACK[:3])
    assert any("cut short" in note for note in clip.warnings)
