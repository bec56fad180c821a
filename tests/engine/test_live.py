"""Serving a live driver: poses, pictures, stages, and models that cannot."""

from __future__ import annotations

import numpy as np
import pytest

from motionstudio.core.live_drive import DriveSettings, LiveDrive
from motionstudio.core.picture import Transform
from motionstudio.engine import live_requests as live
from motionstudio.engine.keys import content_key
from motionstudio.engine.requests import Picture, Request
from motionstudio.engine.responses import Failed, Response
from motionstudio.engine.runner import Runner
from motionstudio.models.base import Capability, MotionModel
from motionstudio.models.device import DeviceChoice
from motionstudio.models.fomm_model import FOMMModel
from motionstudio.models.live import KeypointModel, StagedModel
from tests.engine.fakes import FakeModel
from tests.models import tiny_fomm


@pytest.fixture(scope="module")
def fomm() -> FOMMModel:
    return tiny_fomm.fresh()


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    """(4, 48, 48, 3): a bright square that wanders."""
    found = np.zeros((4, 48, 48, 3), np.uint8)
    for number, picture in enumerate(found):
        picture[8 + 6 * number : 24 + 6 * number, 10:30] = 220
    return found


FRAME = np.random.default_rng(0).integers(0, 255, (40, 64, 1), np.uint8)


def runner(model: MotionModel) -> Runner:
    return Runner(load=lambda _name, _device: model, device=DeviceChoice("cpu", "tests"))


def ask(engine: Runner, request: Request) -> Response:
    out: list[Response] = []
    engine.handle(request, out.append, lambda: False)
    return out[-1]


def about(model: MotionModel) -> dict[str, object]:
    return {"subject": "s", "revision": 1, "model": model.card.name}


def source(model: MotionModel) -> dict[str, object]:
    size = model.card.size
    transform = Transform.fit((40, 64), size, mode="crop")
    return {"source": Picture(content_key(FRAME), FRAME), "transform": transform, **about(model)}


def test_fomm_is_a_live_model(fomm: FOMMModel) -> None:
    assert isinstance(fomm, KeypointModel)
    assert isinstance(fomm, StagedModel)


def test_a_pose_drives_a_source_at_its_own_resolution(
    fomm: FOMMModel, pictures: np.ndarray
) -> None:
    engine, drive = runner(fomm), LiveDrive(DriveSettings(strength=20))
    ready = ask(engine, live.SourceRequest(**source(fomm)))
    assert isinstance(ready, live.SourceReady)
    assert (ready.model_hash, ready.device) == (fomm.card.hash, "cpu")
    drive.set_source(ready.rest)
    made, rows = [], []
    for number in (0, 2):
        found = ask(engine, live.PoseRequest(
            picture=pictures[number], moment=number / 10, number=number, **about(fomm)
        ))  # fmt: skip
        assert isinstance(found, live.PoseReady)
        assert (found.number, found.moment) == (number, number / 10)
        assert found.milliseconds["detector"] > 0
        row = drive.drive(found.pose, found.moment)
        rows.append(row)
        driven = ask(engine, live.DrivenRequest(row=row, number=number, **source(fomm)))
        assert isinstance(driven, live.DrivenReady)
        assert driven.picture.shape == FRAME.shape
        assert {"motion", "generator", "paint"} <= set(driven.milliseconds)
        made.append(driven.picture)
    np.testing.assert_array_equal(made[0][:, :12], FRAME[:, :12])
    assert np.any(made[0][:, 12:52] != FRAME[:, 12:52])
    assert not rows[0].any()
    assert rows[1].any()


def test_the_driver_s_first_picture_gives_the_picture_at_rest(
    fomm: FOMMModel, pictures: np.ndarray
) -> None:
    engine = runner(fomm)
    zero = np.zeros(fomm.card.dims, np.float32)
    rest = ask(engine, live.DrivenRequest(row=zero, **source(fomm)))
    drive = LiveDrive()
    found = ask(engine, live.PoseRequest(picture=pictures[1], moment=0, number=0, **about(fomm)))
    assert isinstance(found, live.PoseReady)
    row = drive.drive(found.pose, 0)
    driven = ask(engine, live.DrivenRequest(row=row, **source(fomm)))
    assert isinstance(rest, live.DrivenReady)
    assert isinstance(driven, live.DrivenReady)
    np.testing.assert_array_equal(rest.picture, driven.picture)


def test_results_can_be_smaller_than_the_source(fomm: FOMMModel) -> None:
    row = np.zeros(fomm.card.dims, np.float32)
    made = ask(runner(fomm), live.DrivenRequest(row=row, size=(20, 32), **source(fomm)))
    assert isinstance(made, live.DrivenReady)
    assert made.picture.shape == (20, 32, 1)


def test_the_gain_of_previews_is_measured(fomm: FOMMModel) -> None:
    found = ask(runner(fomm), live.GainRequest(**source(fomm)))
    assert isinstance(found, live.GainReady)
    assert found.plain > 0
    assert found.fast > 0
    assert found.gain == pytest.approx(found.plain / found.fast)


def test_a_model_without_keypoints_drives_by_rows_since_the_reference(
    pictures: np.ndarray,
) -> None:
    model = FakeModel(capabilities=Capability.FRAMEWISE | Capability.DECODE | Capability.ENCODE)
    engine = runner(model)
    ready = ask(engine, live.SourceRequest(**source(model)))
    assert isinstance(ready, live.SourceReady)
    assert ready.rest is None
    dark, bright = pictures[0] // 2, pictures[0]
    rows = []
    for picture in (dark, bright):
        found = ask(engine, live.PoseRequest(
            picture=picture, reference=dark, moment=0, number=0, **about(model)
        ))  # fmt: skip
        assert isinstance(found, live.PoseReady)
        assert found.pose.row is not None
        rows.append(found.pose.row)
    assert rows[0][0] == 0
    assert rows[1][0] > 0
    made = ask(engine, live.DrivenRequest(row=rows[1], **source(model)))
    assert isinstance(made, live.DrivenReady)
    assert set(made.milliseconds) == {"generator", "paint"}


def test_a_model_that_needs_sequences_says_so(pictures: np.ndarray) -> None:
    model = FakeModel(capabilities=Capability.ENCODE | Capability.DECODE)
    found = ask(runner(model), live.PoseRequest(
        picture=pictures[0], moment=0, number=0, **about(model)
    ))  # fmt: skip
    assert isinstance(found, Failed)
    assert "live" in found.message
