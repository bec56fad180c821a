"""Films say how their colours are stored, so that no player has to guess by their size."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.io import write_clip


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_colours_are_those_that_the_file_declares(tmp_path: Path, suffix: str) -> None:
    colours = np.array([[230, 20, 30], [20, 200, 60], [30, 40, 220], [128, 128, 128]], np.uint8)
    frames = np.broadcast_to(np.repeat(colours, 16, 0), (3, 32, 64, 3)).copy()
    path = tmp_path / f"film{suffix}"
    write_clip(Clip(frames, uniform_times(3, 10)), path)
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
    assert (frame.colorspace, frame.color_range) == (Colorspace.ITU601, ColorRange.MPEG)
    declared = frame.reformat(format="rgb24", src_colorspace=frame.colorspace).to_ndarray()
    assert np.abs(declared[16, 8::16].astype(int) - colours).max() <= 4
