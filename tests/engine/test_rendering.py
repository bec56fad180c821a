"""Pictures that a model draws itself, joined to the full picture or moved by its field."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from motionstudio.core.clip import uniform_times
from motionstudio.core.motion import Decoded
from motionstudio.core.picture import Transform
from motionstudio.core.rendering import HARD, Rendering
from motionstudio.core.warp import warp
from motionstudio.engine.keys import content_key
from motionstudio.engine.painter import Painter
from motionstudio.engine.requests import DecodeRequest, Picture
from motionstudio.engine.runner import Runner
from motionstudio.engine.sync import SyncEngine
from motionstudio.models.device import DeviceChoice
from tests.gui.small_model import SIZE as SIDE
from tests.gui.small_model import SmallModel, small_card

SIZE, BOX = (48, 64), (8, 16, 32, 32)
FIELD = Rendering("field", fill=False, feather=0.0)
TRANSFORM = Transform.fit(SIZE, 16, crop=BOX, range=(0, 255))


def source() -> Picture:
    frame = np.random.default_rng(3).integers(0, 256, (*SIZE, 3), dtype=np.uint8)
    return Picture(content_key(frame), frame)


def drawn(visible: float = 1.0) -> Decoded:
    """A grey picture with a field of one model pixel to the right, as a model that draws gives."""
    u = np.zeros((1, 2, 16, 16), np.float32)
    u[:, 0] = 1
    occlusion = np.full((1, 1, 4, 4), visible, np.float32)
    return Decoded(np.full((1, 3, 16, 16), 0.5, np.float32), u, None, {"occlusion": occlusion})


def crop(picture: np.ndarray) -> np.ndarray:
    y, x, height, width = BOX
    return picture[y : y + height, x : x + width]


def test_the_border_is_soft_and_nothing_outside_the_crop_changes() -> None:
    picture = source()
    hard = Painter(2**20).paint(drawn(), picture, TRANSFORM, rendering=HARD).picture
    soft = Painter(2**20).paint(drawn(), picture, TRANSFORM, rendering=Rendering()).picture
    outside = np.ones(SIZE, np.bool_)
    crop(outside)[:] = False
    np.testing.assert_array_equal(soft[outside], picture.frame[outside])
    assert (crop(hard) == 128).all()
    assert (crop(soft)[6:-6, 6:-6] == 128).all()
    assert (crop(soft)[0] != 128).any()


def test_the_field_moves_the_source_at_its_own_resolution() -> None:
    picture = source()
    painted = Painter(2**20).paint(drawn(), picture, TRANSFORM, rendering=FIELD)
    assert painted.displacement is not None
    bent = warp(picture.frame, painted.displacement)
    np.testing.assert_array_equal(crop(painted.picture), crop(bent))
    # One model pixel is two of the picture: its grain is there, merely two pixels further left.
    np.testing.assert_array_equal(crop(painted.picture)[:, :-2], crop(picture.frame)[:, 2:])


def test_hidden_parts_come_from_what_the_model_draws() -> None:
    filled = replace(FIELD, fill=True)
    for visible, expected in ((1.0, FIELD), (0.0, HARD)):
        made = Painter(2**20).paint(drawn(visible), source(), TRANSFORM, rendering=filled)
        like = Painter(2**20).paint(drawn(visible), source(), TRANSFORM, rendering=expected)
        np.testing.assert_array_equal(crop(made.picture), crop(like.picture))


def test_previews_are_made_the_same_way() -> None:
    for rendering in (HARD, FIELD, Rendering()):
        full = Painter(2**20).paint(drawn(), source(), TRANSFORM, rendering=rendering).picture
        small = Painter(2**20).preview(drawn(), source(), TRANSFORM, rendering).picture
        reduced = full.reshape(24, 2, 32, 2, 3).mean((1, 3))
        assert np.abs(small - reduced).mean() < 12


def test_every_rendering_has_pictures_of_its_own_and_decodes_once() -> None:
    model = SmallModel(small_card("heart"))
    engine = SyncEngine(Runner(load=lambda *_: model, device=DeviceChoice("cpu", "test")))
    frame = np.zeros((SIDE, SIDE, 1), np.uint8)
    times = uniform_times(3, 10)
    motion = model.encode(
        np.random.default_rng(0).random((3, 1, SIDE, SIDE)).astype(np.float32),
        np.ones(3, np.bool_), times,
    )  # fmt: skip
    keys = set()
    for rendering in (HARD, FIELD):
        request = DecodeRequest(
            lane=0, subject="s", revision=0, model="heart", motion=motion,  # type: ignore[arg-type]
            source=Picture(content_key(frame), frame), frames=(1,), rendering=rendering,
            transform=Transform.fit((SIDE, SIDE), SIDE),
        )  # fmt: skip
        assert engine.runner.gallery.lookup(request, 1) is None
        keys |= {ready.key for ready in engine.frames_of(request)}
        assert engine.runner.gallery.lookup(request, 1) is not None
    assert len(keys) == 2
    assert model.decodes == 1
