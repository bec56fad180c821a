from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile

from motionstudio.core.errors import MotionStudioError
from motionstudio.io import probe, read_clip
from tests.io.samples import make, moving_square


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "float32", "float64"])
def test_stack_keeps_its_type_and_values(tmp_path: Path, dtype: str) -> None:
    stack = moving_square()[..., 0].astype(dtype)
    tifffile.imwrite(tmp_path / "s.tif", stack, photometric="minisblack")
    clip = read_clip(tmp_path / "s.tif")
    assert clip.frames.dtype == dtype
    np.testing.assert_array_equal(clip.frames[:][..., 0], stack)
    assert probe(tmp_path / "s.tif").frames == 6


def test_a_stack_of_many_pixels_is_no_bomb(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "m.tif", np.zeros((20, 300, 300), np.uint8), compression="zlib")
    assert len(read_clip(tmp_path / "m.tif")) == 20


def test_a_bomb_is_refused_unpacked(tmp_path: Path) -> None:
    tifffile.imwrite(
        tmp_path / "b.tif", shape=(300, 2000, 2000), dtype=np.uint8, compression="zlib",
        data=(np.zeros((2000, 2000), np.uint8) for _ in range(300)),
    )  # fmt: skip
    with pytest.raises(MotionStudioError, match="the limit is 1,024 MiB"):
        read_clip(tmp_path / "b.tif")


def test_colour_pages(tmp_path: Path) -> None:
    stack = moving_square(channels=3)
    tifffile.imwrite(tmp_path / "c.tif", stack, photometric="rgb")
    np.testing.assert_array_equal(read_clip(tmp_path / "c.tif").frames, stack)


def test_lzw_goes_through_pillow(tmp_path: Path) -> None:
    path = make("lzw.tif", tmp_path)
    np.testing.assert_array_equal(read_clip(path).frames, moving_square(channels=3))


def test_hyperstack_offers_its_slices_and_times(tmp_path: Path) -> None:
    stack = np.stack([moving_square()[..., 0], 255 - moving_square()[..., 0]], axis=1)
    tifffile.imwrite(
        tmp_path / "h.tif",
        stack,
        imagej=True,
        resolution=(2, 4),
        metadata={"axes": "TZYX", "finterval": 0.5, "unit": "mm"},
    )
    info = probe(tmp_path / "h.tif")
    assert (info.slices, info.frames, info.fps) == (2, 6, 2)
    clip = read_clip(tmp_path / "h.tif", slice_index=1)
    np.testing.assert_array_equal(clip.frames[:][..., 0], stack[:, 1])
    assert clip.times[1] == pytest.approx(0.5)
    assert clip.spacing == pytest.approx((0.25, 0.5))
    with pytest.raises(MotionStudioError, match="has no slice 2"):
        read_clip(tmp_path / "h.tif", slice_index=2)


def test_damaged_pages_are_said(tmp_path: Path) -> None:
    path = make("stack.tif", tmp_path)
    path.write_bytes(path.read_bytes()[:1300])
    clip = read_clip(path)
    assert 1 <= len(clip) < 6
    assert any("damaged" in note for note in clip.warnings)
