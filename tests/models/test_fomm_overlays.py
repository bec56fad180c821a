"""Maps of FOMM: consistent with the picture that they belong to."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.keypoint_maps import veil_of
from motionstudio.core.motion import Motion
from motionstudio.core.picture import Transform
from motionstudio.engine.keys import content_key
from motionstudio.engine.overlay_requests import MapsRequest
from motionstudio.engine.overlay_responses import MapsReady
from motionstudio.engine.requests import Picture
from motionstudio.engine.runner import Runner
from motionstudio.engine.sync import SyncEngine
from motionstudio.models.base import OverlayModel
from motionstudio.models.device import DeviceChoice
from motionstudio.models.fomm_geometry import coordinate_grid, resized, sample
from motionstudio.models.fomm_model import FOMMModel
from motionstudio.models.fomm_overlays import heat_maps
from tests.models import tiny, tiny_fomm

SIDE, COUNT = 32, 4


@pytest.fixture(scope="module")
def model() -> FOMMModel:
    return tiny_fomm.fresh()


@pytest.fixture(scope="module")
def moved(model: FOMMModel) -> tuple[Motion, np.ndarray]:
    frames = tiny.pictures(COUNT)[:, :1, :SIDE, :SIDE].copy()
    times = np.arange(COUNT, dtype=np.float64)
    return model.encode(frames, np.ones(COUNT, np.bool_), times), frames


def test_at_rest_nothing_is_moved(model: FOMMModel, moved: tuple[Motion, np.ndarray]) -> None:
    motion, frames = moved
    found = model.overlays(motion, frames[0], 0, model.card.overlays)
    assert isinstance(model, OverlayModel)
    np.testing.assert_allclose(found["masks"].sum(0), 1, atol=1e-5)
    # As in the published code a field is enlarged without aligned corners, at rest as well.
    picture = torch.from_numpy(frames[:1])
    height, width = found["masks"].shape[-2:]
    rest = coordinate_grid(height, width, picture).permute(2, 0, 1)[None]
    grid = resized(rest, SIDE, SIDE).permute(0, 2, 3, 1)
    np.testing.assert_allclose(found["deformed"], sample(picture, grid, True)[0], atol=1e-4)
    for each in found["sparse motions"]:
        np.testing.assert_allclose(each, found["sparse motions"][0], atol=1e-4)
    assert found["occlusion"].min() >= 0
    assert found["occlusion"].max() <= 1


def test_only_what_is_asked_for_is_made(model: FOMMModel, moved: tuple[Motion, np.ndarray]) -> None:
    motion, frames = moved
    assert set(model.overlays(motion, frames[0], 1, ("occlusion",))) == {"occlusion"}
    whole = model.decode(motion, frames[0], [1])
    masks = model.overlays(motion, frames[0], 1, ("masks",))["masks"]
    np.testing.assert_allclose(masks, whole.overlays["masks"][0], atol=1e-5)


def test_heat_maps_have_their_keypoint_in_the_middle(
    model: FOMMModel, moved: tuple[Motion, np.ndarray]
) -> None:
    frame = torch.from_numpy(moved[1][2:3])
    detector = model.network.kp_detector
    with torch.no_grad():
        raw = detector.heat_maps(detector.features(frame))
        heat = heat_maps(detector, frame, (raw.shape[-2], raw.shape[-1]))
        grid = coordinate_grid(heat.shape[-2], heat.shape[-1], heat)
        share = heat / heat.sum((1, 2), keepdim=True)
        middle = torch.einsum("khw,hwc->kc", share, grid)
    np.testing.assert_allclose(middle, model.keypoints(moved[1][2:3]).value[0], atol=1e-4)
    np.testing.assert_allclose(heat.flatten(1).amax(1), 1, atol=1e-6)


def test_the_engine_answers_with_maps_that_can_be_shown(
    model: FOMMModel, moved: tuple[Motion, np.ndarray]
) -> None:
    motion, frames = moved
    engine = SyncEngine(Runner(load=lambda *_: model, device=DeviceChoice("cpu", "test")))
    picture = np.rint(np.moveaxis(frames[0], 0, -1) * 255).astype(np.uint8)

    def request(*names: str) -> MapsRequest:
        return MapsRequest(
            subject="s", revision=0, model=model.card.name, motion=motion, row=1, names=names,
            source=Picture(content_key(picture), picture), truth=picture,
            transform=Transform.fit((SIDE, SIDE), SIDE),
        )  # fmt: skip

    ready = engine.ask(request(*model.card.overlays), MapsReady)
    for name in model.card.overlays:
        veil = veil_of(name, ready.maps)
        assert veil is not None
        assert veil.shape[2] == 4
    assert veil_of("heat maps", ready.truth) is not None
    with pytest.raises(MotionStudioError, match="has no glimpses"):
        engine.ask(request("glimpses"), MapsReady)
