from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.io import probe, read_clip, video
from motionstudio.io.lazy import LazyFrames
from motionstudio.io.limits import CACHE_BYTES
from tests.io.samples import make, moving_square, write_video_file


def close(got: Any, expected: np.ndarray, tolerance: float = 6) -> bool:
    return bool(np.abs(np.asarray(got[:]).astype(int) - expected).mean() < tolerance)


@pytest.fixture
def streamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every video counts as long."""
    monkeypatch.setattr(video, "EAGER_BYTES", 0)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.avi"])
def test_frames_and_times(tmp_path: Path, name: str) -> None:
    path = make(name, tmp_path)
    clip = read_clip(path)
    assert len(clip) == probe(path).frames == 12
    np.testing.assert_allclose(clip.times, np.arange(12) / 25, atol=2e-3)
    assert close(clip.frames, moving_square(12, channels=3), 12)
    assert clip.warnings == ()


def test_variable_rate_and_odd_size(tmp_path: Path) -> None:
    times = [0.0, 0.02, 0.42, 0.45, 1.0, 1.3]
    frames = moving_square(6, 25, 33, 3)
    path = write_video_file(tmp_path / "v.mp4", frames, times, pix_fmt="yuv444p")
    clip = read_clip(path)
    np.testing.assert_allclose(clip.times, times, atol=1e-3)
    assert clip.size == (25, 33)
    assert close(clip.frames, frames)


def test_ten_bits_stay_deep(tmp_path: Path) -> None:
    frames = moving_square(6, channels=3)
    path = write_video_file(tmp_path / "t.mp4", frames, pix_fmt="yuv420p10le")
    clip = read_clip(path)
    assert clip.frames.dtype == np.uint16
    assert probe(path).dtype == "uint16"
    assert close(np.asarray(clip.frames) / 257.0, frames, 12)


def test_grey_video_has_one_channel(tmp_path: Path) -> None:
    frames = moving_square(6, channels=1).repeat(3, axis=3)
    path = write_video_file(tmp_path / "g.mkv", frames, codec="ffv1", pix_fmt="gray", options={})
    clip = read_clip(path)
    assert clip.channels == 1
    assert close(clip.frames, frames[..., :1], 2)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotation_by_display_matrix(tmp_path: Path, degrees: int) -> None:
    frames = moving_square(4, channels=3)
    path = write_video_file(
        tmp_path / "r.mp4", frames, edit=lambda s: s.set_display_rotation(degrees)
    )
    clip = read_clip(path)
    assert clip.size == ((32, 24) if degrees != 180 else (24, 32))
    assert probe(path).size == clip.size
    turned = np.rot90(frames, degrees // 90, axes=(1, 2))
    assert close(clip.frames, turned, 12)
    assert any("turned" in note for note in clip.warnings)


def test_oblong_pixels_are_made_square(tmp_path: Path) -> None:
    def wide(stream: Any) -> None:
        stream.codec_context.sample_aspect_ratio = 2

    path = write_video_file(tmp_path / "w.mp4", moving_square(4, channels=3), edit=wide)
    clip = read_clip(path)
    assert clip.size == (24, 64)
    assert any("oblong" in note for note in clip.warnings)


@pytest.mark.usefixtures("streamed")
def test_streamed_frames_equal_decoded_ones_in_any_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = moving_square(30, 24, 112, 3)
    path = write_video_file(tmp_path / "long.mp4", frames, gop=7)
    long = read_clip(path)
    assert isinstance(long.frames, LazyFrames)
    monkeypatch.setattr(video, "EAGER_BYTES", 1 << 30)
    whole = read_clip(path)
    np.testing.assert_array_equal(long.times, whole.times)
    for index in [29, 0, 15, 14, 3, 4, 5, 28, 1]:
        np.testing.assert_array_equal(long.frames[index], whole.frames[index])


@pytest.mark.usefixtures("streamed")
def test_streaming_holds_few_frames(tmp_path: Path) -> None:
    path = write_video_file(tmp_path / "l.mp4", moving_square(30, 24, 112, 3), gop=10)
    frames = read_clip(path).frames
    assert isinstance(frames, LazyFrames)
    frames._budget = 3 * frames[0].nbytes
    for index in range(30):
        _ = frames[index]
    assert len(frames._cache) == 3


@pytest.mark.slow
def test_ten_minutes_stay_within_the_cache(tmp_path: Path) -> None:
    path = tmp_path / "ten.mp4"
    still = np.zeros((240, 320, 3), np.uint8)
    count = 10 * 60 * 25
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.options = {"preset": "ultrafast"}
        for t in range(count):
            still[:, (t // 50) % 320] = t % 256
            container.mux(stream.encode(av.VideoFrame.from_ndarray(still, format="rgb24")))
        container.mux(stream.encode(None))
    frames = read_clip(path, as_stored=True).frames
    assert isinstance(frames, LazyFrames)
    assert len(frames) == count
    for index in (*range(0, count, 997), *range(count - 1, 0, -1499)):
        assert frames[index].shape == (240, 320, 3)
    for index in range(1500):
        _ = frames[index]
    assert frames._held <= CACHE_BYTES
    assert frames._held == sum(frame.nbytes for frame in frames._cache.values())


def cut(path: Path, part: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    return path


@pytest.mark.parametrize("whole", [True, False])
def test_cut_matroska_gives_what_is_there(
    tmp_path: Path, whole: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not whole:
        monkeypatch.setattr(video, "EAGER_BYTES", 0)
    noise = np.random.default_rng(0).integers(0, 256, (40, 48, 64, 3)).astype(np.uint8)
    path = cut(write_video_file(tmp_path / "c.mkv", noise, gop=5), 0.5)
    clip = read_clip(path)
    assert 5 < len(clip) < 40
    assert "damaged or cut short" in clip.warnings[0]
    assert clip.frames[len(clip) - 1].shape == (48, 64, 3)


def test_header_without_pictures(tmp_path: Path) -> None:
    path = cut(make("clip.mkv", tmp_path), 0.3)
    with pytest.raises(MotionStudioError, match=r"clip\.mkv"):
        read_clip(path)


def test_sound_only(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "s.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=16000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.rate = 16000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(MotionStudioError, match="holds no video"):
        read_clip(tmp_path / "s.mp4")


def test_a_playlist_is_no_video(tmp_path: Path) -> None:
    make("clip.mp4", tmp_path)
    (tmp_path / "list.mp4").write_text("ffconcat version 1.0\nfile clip.mp4\n")
    with pytest.raises(MotionStudioError, match=r"list\.mp4"):
        read_clip(tmp_path / "list.mp4")
