"""What a model gives beside pictures reaches whoever asked, frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from motionstudio.core.motion import Decoded, Motion, RowKind
from motionstudio.core.picture import Transform
from motionstudio.engine.keys import content_key
from motionstudio.engine.requests import DecodeRequest, Lane, Picture
from motionstudio.engine.responses import FrameReady, Response
from motionstudio.engine.runner import Runner
from motionstudio.engine.sync import SyncEngine
from motionstudio.models.device import DeviceChoice
from tests.gui.small_model import DIMS, SIZE, SmallModel, small_card


class Marking(SmallModel):
    """Names each row in an overlay."""

    def decode(self, motion: Motion, source: Any, rows: Sequence[int], **others: Any) -> Decoded:
        overlays = {"points": np.array([[row, 2.0 * row] for row in rows], np.float32)}
        return replace(super().decode(motion, source, rows, **others), overlays=overlays)


def test_overlays_come_with_their_frames_at_every_scale_and_from_the_cache() -> None:
    model = Marking(small_card("heart"))
    engine = SyncEngine(Runner(load=lambda *_: model, device=DeviceChoice("cpu", "test")))
    times = np.arange(4) * 0.1
    motion = Motion(
        np.arange(4 * DIMS, dtype=np.float32).reshape(4, DIMS) / 50, None, np.ones(4, np.bool_),
        times, RowKind.FRAME, np.stack([times, times], 1), np.zeros(4, np.bool_), model="heart",
    )  # fmt: skip
    frame = np.zeros((SIZE, SIZE, 1), np.uint8)
    request = DecodeRequest(
        lane=Lane.EXPORT, subject="s", revision=0, model="heart", motion=motion,
        source=Picture(content_key(frame), frame), transform=Transform.fit((SIZE, SIZE), SIZE),
        frames=(0, 1, 2, 3),
    )  # fmt: skip
    for _ in range(2):
        seen: dict[int, list[float]] = {}

        def take(response: Response, seen: dict[int, list[float]] = seen) -> None:
            if isinstance(response, FrameReady):
                seen[response.frame] = np.asarray(response.overlays["points"]).tolist()

        engine.run(request, take)
        assert seen == {row: [row, 2 * row] for row in range(4)}
    whole = engine.render(motion, frame, request.transform, model="heart")
    assert np.asarray(whole.overlays["points"])[:, 1].tolist() == [0, 2, 4, 6]
