from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from motionstudio.core.errors import Cancelled
from motionstudio.core.picture import Transform
from motionstudio.engine.keys import content_key
from motionstudio.engine.requests import Lane, Picture, ThumbnailRequest
from motionstudio.engine.responses import Done, Failed, Response, Thumbnail
from motionstudio.engine.runner import Runner
from motionstudio.models.device import DeviceChoice
from tests.engine.fakes import DIMS, SIZE, FakeModel

FRAME = np.random.default_rng(0).integers(0, 255, (40, 20, 1), np.uint8)


def request(rows: np.ndarray, **others: Any) -> ThumbnailRequest:
    transform = Transform.fit(FRAME.shape[:2], SIZE, mode="letterbox")
    fields: dict[str, Any] = {
        "subject": "a", "revision": 1, "model": "fake", "rows": rows.astype(np.float32),
        "source": Picture(content_key(FRAME), FRAME), "transform": transform, "side": 8,
    } | others  # fmt: skip
    return ThumbnailRequest(**fields)


def runner(model: FakeModel, chunk: int = 2) -> Runner:
    return Runner(load=lambda *_: model, device=DeviceChoice("cpu", "test"), chunk=chunk)


def answers(made: Runner, asked: ThumbnailRequest) -> list[Response]:
    found: list[Response] = []
    made.handle(asked, found.append, lambda: False)
    return found


def test_one_small_picture_for_each_row_then_done() -> None:
    found = answers(runner(FakeModel()), request(np.zeros((3, DIMS))))
    assert [type(r) for r in found] == [Thumbnail, Thumbnail, Thumbnail, Done]
    pictures = [r.picture for r in found if isinstance(r, Thumbnail)]
    assert [p.shape for p in pictures] == [(8, 4, 1)] * 3
    assert pictures[0].dtype == np.uint8


def test_the_picture_depends_on_its_row_alone_and_is_kept() -> None:
    model = FakeModel()
    made = runner(model)
    rows = np.array([[0.0, 0, 0, 0], [3, 0, 0, 0], [0, 0, 0, 0]])
    first = [r.picture for r in answers(made, request(rows)) if isinstance(r, Thumbnail)]
    assert np.array_equal(first[0], first[2])
    assert not np.array_equal(first[0], first[1])
    calls = len(model.decoded)
    answers(made, request(rows))
    assert len(model.decoded) == calls


def test_it_stops_between_pictures() -> None:
    made, found = runner(FakeModel(), 1), []
    made.handle(request(np.eye(4, DIMS)), found.append, lambda: len(found) >= 2)
    assert sum(isinstance(r, Thumbnail) for r in found) == 2
    assert type(found[-1]).__name__ == Cancelled.__name__


def test_rows_of_another_model_are_refused() -> None:
    found = answers(runner(FakeModel()), request(np.zeros((1, DIMS + 1))))
    assert isinstance(found[-1], Failed)
    assert "dimensions" in found[-1].message


def test_exploring_waits_behind_refining_and_before_measuring() -> None:
    assert Lane.REFINE < Lane.EXPLORE < Lane.ANALYSIS
    assert not Lane.EXPLORE.queued


def test_a_space_gives_the_distribution_of_its_frames() -> None:
    from motionstudio.models.motion_space import MotionSpace
    from motionstudio.models.space_file import row_distribution

    rng = np.random.default_rng(3)
    motions = rng.normal(size=(60, 16, 5)).astype(np.float32).cumsum(axis=1)
    space = MotionSpace.fit(motions, components=80)
    mean, covariance = row_distribution(space)
    frames = motions.reshape(-1, 5)
    assert np.allclose(mean, frames.mean(0), atol=1e-4)
    assert np.allclose(covariance, np.cov(frames.T), rtol=0.03, atol=0.05)


@pytest.mark.parametrize("name", ["heart", "figures"])
def test_the_shipped_checkpoints_carry_their_space(name: str) -> None:
    from motionstudio.core.locations import checkpoints_dir
    from motionstudio.models.checkpoint import read_card
    from motionstudio.models.space_file import read_space, row_distribution

    folder = checkpoints_dir() / name
    space = read_space(folder)
    assert space is not None
    mean, covariance = row_distribution(space)
    dims = read_card(folder).dims
    assert mean.shape == (dims,)
    assert np.linalg.eigvalsh(covariance).min() > -1e-6
