"""Sound from one film to another: where it begins, how long it lasts, what happens without it."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.errors import MotionStudioError
from motionstudio.io import write_clip
from motionstudio.io.sound import Sound
from motionstudio.io.sound_track import RATE, has_sound, read_samples

FPS, COUNT = 10, 20


def clip(count: int = COUNT) -> Clip:
    frames = np.random.default_rng(0).integers(0, 255, (count, 16, 16, 3), dtype=np.uint8)
    return Clip(frames, uniform_times(count, FPS), "film")


def beeping(path: Path) -> Path:
    """A film of 2 s that is silent for 1 s and then hums at 440 Hz, 22 kHz mono."""
    rate = 22050
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=FPS)
        video.width = video.height = 16
        video.pix_fmt = "yuv420p"
        audio = container.add_stream("aac", rate=rate, layout="mono")
        for picture in np.asarray(clip().frames[:]):
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(video.encode(None))
        time = np.arange(2 * rate) / rate
        wave = (0.5 * np.sin(2 * np.pi * 440 * time) * (time >= 1)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(wave[np.newaxis], format="fltp", layout="mono")
        frame.sample_rate = rate
        container.mux(audio.encode(frame))
        container.mux(audio.encode(None))
    return path


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return beeping(tmp_path_factory.mktemp("sound") / "beep.mp4")


def loudness(samples: np.ndarray) -> np.ndarray:
    """Root mean square of every tenth of a second."""
    tenth = RATE // 10
    whole = samples[0, : samples.shape[1] // tenth * tenth].reshape(-1, tenth)
    return np.asarray(np.sqrt((whole**2).mean(1)))


def test_a_piece_begins_and_ends_with_the_frames(film: Path) -> None:
    samples = read_samples(Sound(film, 0.5, 1.0))
    assert samples.shape == (2, RATE)
    loud = loudness(samples)
    assert (loud[:4] < 0.02).all()
    assert (loud[6:] > 0.2).all()


def test_after_the_end_there_is_silence(film: Path) -> None:
    loud = loudness(read_samples(Sound(film, 1.5, 1.5)))
    assert len(loud) == 15
    assert (loud[:4] > 0.2).all()
    assert (loud[7:] == 0).all()


@pytest.mark.parametrize(("suffix", "codec"), [(".mp4", "aac"), (".webm", "opus")])
def test_films_carry_it_as_often_as_they_play(
    film: Path, tmp_path: Path, suffix: str, codec: str
) -> None:
    path = tmp_path / f"out{suffix}"
    write_clip(clip(), path, sound=Sound(film, 0.0, 1.0, plays=2))
    with av.open(str(path)) as container:
        assert container.streams.audio[0].codec_context.name == codec
        assert len(container.streams.video) == 1
    made = read_samples(Sound(path, 0.0, 2.0))
    assert (loudness(made) < 0.03).all()
    write_clip(clip(), path, sound=Sound(film, 0.5, 1.0, plays=2))
    loud = loudness(read_samples(Sound(path, 0.0, 2.0)))
    for quiet, hum in ((slice(1, 4), slice(6, 9)), (slice(11, 14), slice(16, 19))):
        assert (loud[quiet] < 0.05).all()
        assert (loud[hum] > 0.2).all()


def test_what_has_no_sound_says_so(film: Path, tmp_path: Path) -> None:
    silent = tmp_path / "silent.mp4"
    write_clip(clip(4), silent)
    text = tmp_path / "notes.txt"
    text.write_text("no film")
    assert has_sound(film)
    assert not has_sound(silent)
    assert not has_sound(text)
    assert not has_sound(tmp_path / "missing.mp4")


def test_sound_that_vanished_is_told_in_one_sentence(tmp_path: Path) -> None:
    gone = Sound(tmp_path / "gone.mp4", 0.0, 1.0)
    with pytest.raises(MotionStudioError, match="sound of gone"):
        write_clip(clip(4), tmp_path / "out.mp4", sound=gone)
    assert not (tmp_path / "out.mp4").exists()


def test_pictures_have_no_sound(film: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no sound"):
        write_clip(clip(4), tmp_path / "out.gif", sound=Sound(film, 0.0, 1.0))
    with pytest.raises(ValueError, match="length > 0"):
        Sound(film, 0.0, 0.0)
