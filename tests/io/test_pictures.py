"""Stills, strips and animations."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from motionstudio.core.errors import MotionStudioError
from motionstudio.io import probe, read_clip
from motionstudio.io.limits import MAX_FRAME_PIXELS
from tests.io.samples import make, moving_square


def test_png_is_exact_grey_or_colour(tmp_path: Path) -> None:
    grey, colour = moving_square()[0], moving_square(channels=3)[0]
    Image.fromarray(grey[..., 0]).save(tmp_path / "g.png")
    Image.fromarray(colour).save(tmp_path / "c.png")
    np.testing.assert_array_equal(read_clip(tmp_path / "g.png").frames[0], grey)
    np.testing.assert_array_equal(read_clip(tmp_path / "c.png").frames[0], colour)


@pytest.mark.parametrize("channels", [1, 3])
def test_sixteen_bits_stay_sixteen(tmp_path: Path, channels: int) -> None:
    deep = np.random.default_rng(0).integers(0, 65536, (9, 7, channels)).astype(np.uint16)
    cv2.imwrite(str(tmp_path / "d.png"), deep[..., ::-1])
    clip = read_clip(tmp_path / "d.png")
    np.testing.assert_array_equal(clip.frames[0], deep)
    assert probe(tmp_path / "d.png").dtype == "uint16"


def test_alpha_is_laid_over_neutral_grey_and_said(tmp_path: Path) -> None:
    rgba = np.zeros((4, 4, 4), np.uint8)
    rgba[:2] = (255, 0, 0, 255)
    rgba[2:] = (255, 0, 0, 0)
    Image.fromarray(rgba).save(tmp_path / "a.png")
    clip = read_clip(tmp_path / "a.png")
    np.testing.assert_array_equal(clip.frames[0][:2], np.broadcast_to([255, 0, 0], (2, 4, 3)))
    assert (clip.frames[0][2:] == 128).all()
    assert "transparent" in clip.warnings[0]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_turns_the_picture_upright(tmp_path: Path, orientation: int) -> None:
    upright = np.zeros((16, 24), np.uint8)
    upright[:8, :8] = 255
    upright[8:, 16:] = 120
    undo = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}[orientation]
    how = [None, Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_180,
           Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.TRANSPOSE, Image.Transpose.ROTATE_270,
           Image.Transpose.TRANSVERSE, Image.Transpose.ROTATE_90][undo - 1]  # fmt: skip
    image = Image.fromarray(upright)
    stored = image if how is None else image.transpose(how)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "o.jpg"
    stored.save(path, quality=100, exif=exif)
    assert probe(path).size == (16, 24)
    got = read_clip(path).frames[0][..., 0].astype(int)
    assert np.abs(got - upright).max() < 12


def test_strip_is_offered_and_cut(tmp_path: Path) -> None:
    frames = moving_square(5, 24, 24, 3)
    strip = np.concatenate(list(frames), axis=1)
    Image.fromarray(strip).save(tmp_path / "strip.png")
    info = probe(tmp_path / "strip.png")
    assert info.strip_frames == 5
    assert "5 square frames" in info.warnings[0]
    assert len(read_clip(tmp_path / "strip.png")) == 1
    clip = read_clip(tmp_path / "strip.png", strip=True, fps=8)
    np.testing.assert_array_equal(clip.frames, frames)
    assert clip.fps == pytest.approx(8)


def test_what_is_no_strip_is_refused_as_one(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((10, 25), np.uint8)).save(tmp_path / "n.png")
    with pytest.raises(MotionStudioError, match=r"n\.png is 25 x 10 pixels"):
        read_clip(tmp_path / "n.png", strip=True)


@pytest.mark.parametrize("name", ["moving.gif", "moving.webp"])
def test_animation_keeps_its_delays(tmp_path: Path, name: str) -> None:
    clip = read_clip(make(name, tmp_path))
    assert len(clip) == 6
    np.testing.assert_allclose(np.diff(clip.times), [0.05, 0.1, 0.07, 0.05, 0.1], atol=1e-9)
    assert np.abs(clip.frames[:].astype(int) - moving_square(channels=3)).mean() < 12


def test_apng_is_exact(tmp_path: Path) -> None:
    clip = read_clip(make("moving.apng", tmp_path))
    np.testing.assert_array_equal(clip.frames, moving_square(channels=3))
    assert clip.fps == pytest.approx(20)


def test_apng_leaves_out_the_stand_in(tmp_path: Path) -> None:
    images = [Image.fromarray(frame) for frame in moving_square(channels=3)]
    images[0].save(tmp_path / "d.png", save_all=True, append_images=images[1:], default_image=True)
    assert len(read_clip(tmp_path / "d.png")) == probe(tmp_path / "d.png").frames == 5


def test_no_delay_means_a_tenth_of_a_second(tmp_path: Path) -> None:
    images = [Image.fromarray(frame[..., 0]) for frame in moving_square()]
    images[0].save(tmp_path / "z.gif", save_all=True, append_images=images[1:], duration=0)
    clip = read_clip(tmp_path / "z.gif")
    assert clip.fps == pytest.approx(10)
    np.testing.assert_array_equal(clip.frames, moving_square())


def test_half_a_gif_gives_its_whole_frames(tmp_path: Path) -> None:
    path = make("moving.gif", tmp_path)
    path.write_bytes(path.read_bytes()[:900])
    clip = read_clip(path)
    assert 1 <= len(clip) < 6
    assert "could be read up to frame" in clip.warnings[0]


def test_a_bomb_is_refused_with_the_limit(tmp_path: Path) -> None:
    side = int(MAX_FRAME_PIXELS**0.5) + 1000
    Image.new("1", (side, side)).save(tmp_path / "bomb.png")
    assert (tmp_path / "bomb.png").stat().st_size < 100_000
    for call in (probe, read_clip):
        with pytest.raises(MotionStudioError, match="the limit is 100 million pixels"):
            call(tmp_path / "bomb.png")


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(tmp_path / "k.jpg", quality=95)
    red = read_clip(tmp_path / "k.jpg").frames[0][4, 4]
    assert red[0] > 200
    assert red[1] < 60
