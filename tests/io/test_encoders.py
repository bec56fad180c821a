"""Films where FFmpeg's usual encoder was left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from motionstudio.export.kinds import ExportKind, why_not
from motionstudio.io import encoders, read_clip, write_clip


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Names of encoders that do not open."""
    gone: set[str] = set()
    real = encoders.works
    monkeypatch.setattr(encoders, "works", lambda name: name not in gone and real(name))
    why_not.cache_clear()
    yield gone
    why_not.cache_clear()


def test_h264_comes_first_where_it_is() -> None:
    assert encoders.encoder_for(".MP4") == "libx264"
    assert encoders.encoder_for(".webm") == "libvpx-vp9"
    assert not encoders.works("no-such-encoder")


def test_without_parts_under_the_gpl_films_are_av1(without: set[str], tmp_path: Path) -> None:
    without |= {"libx264", "libx265"}
    ramp = np.tile(np.arange(64, dtype=np.uint8) * 4, (6, 48, 1))
    shown = np.stack([np.roll(picture, 3 * t, axis=1) for t, picture in enumerate(ramp)])
    np.savez(tmp_path / "clip.npz", frames=shown, times=np.arange(6) / 10)
    clip = read_clip(tmp_path / "clip.npz")
    write_clip(clip, tmp_path / "film.mp4")
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert "av1" in (film.streams.video[0].codec_context.codec.long_name.lower())
    back = read_clip(tmp_path / "film.mp4")
    assert np.asarray(back.times) == pytest.approx(np.asarray(clip.times), abs=1e-4)
    off = np.asarray(back.frames)[..., 0].astype(float) - shown
    assert np.abs(off).mean() < 6
    assert why_not(ExportKind.MP4) == ""


def test_without_any_encoder_the_export_says_so(without: set[str], tmp_path: Path) -> None:
    without |= {"libx264", "libsvtav1"}
    assert ".mp4" in why_not(ExportKind.MP4)
    assert why_not(ExportKind.WEBM) == ""
