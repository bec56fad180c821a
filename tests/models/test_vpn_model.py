"""A Video Pixel Network behind the protocol: reading, costs, surprise, and drawing on."""

from __future__ import annotations

import numpy as np
import pytest

from motionstudio.core.errors import Cancelled, MotionStudioError
from motionstudio.core.motion import ORIGIN, Float
from motionstudio.models.base import Capability, Unsupported
from motionstudio.models.prediction import Futures, Predictor
from motionstudio.models.vpn_model import SURPRISE, VPNModel, card_of
from motionstudio.models.vpn_sampling import Naive
from tests.models.tiny_vpn import BASELINE, COLOUR, CONFIG, fresh

every_kind = pytest.mark.parametrize(
    "config", [CONFIG, COLOUR, BASELINE], ids=["grey", "colour", "baseline"]
)


@pytest.fixture(scope="module")
def model() -> VPNModel:
    return fresh()


def _clip(model: VPNModel, count: int = 5) -> Float:
    config = model.config
    shape = (count, config.channels, config.size, config.size)
    levels = np.random.default_rng(3).integers(0, config.levels, shape)
    return (levels / (config.levels - 1)).astype(np.float32)


def _times(count: int) -> np.ndarray:
    return np.arange(count) / 15


def test_the_cost_of_pixels_adds_up_to_the_cost_of_frames(model: VPNModel) -> None:
    found = model.score(_clip(model))
    assert found.per_pixel is not None
    assert found.per_pixel.shape == (5, 8, 8)
    assert (found.per_pixel >= 0).all()
    np.testing.assert_allclose(-found.bound, found.per_pixel.sum((1, 2)), rtol=1e-5)
    assert (found.samples, found.given) == (0, 1)


def test_what_is_saved_is_the_difference_to_the_clip_without_the_frame(model: VPNModel) -> None:
    clip = _clip(model, 4)
    found = model.score(clip)
    assert found.saved is not None
    for left_out in (1, 2, 3):
        rest = model.score(np.delete(clip, left_out, 0)).bound.sum(dtype=np.float64)
        less = rest - found.bound.sum(dtype=np.float64)
        assert found.saved[left_out] == pytest.approx(less, rel=1e-4, abs=1e-3)
    assert found.saved[0] == 0


def test_greys_between_levels_cost_what_the_nearest_level_costs(model: VPNModel) -> None:
    clip = _clip(model)
    near = np.clip(clip + np.float32(0.1), 0, 1)
    np.testing.assert_array_equal(model.score(clip).bound, model.score(near).bound)


def test_surprise_is_what_each_pixel_costs(model: VPNModel) -> None:
    clip, kept = _clip(model), np.ones(5, bool)
    motion = model.encode(clip, kept, _times(5))
    np.testing.assert_array_equal(motion.state[SURPRISE], model.score(clip).per_pixel)
    shown = model.overlays(motion, clip[0], 3, [SURPRISE])[SURPRISE]
    np.testing.assert_array_equal(shown[0], motion.state[SURPRISE][3])
    assert model.overlays(motion, clip[0], 3, []) == {}


def test_a_dropped_frame_is_not_looked_at_and_changes_nothing_before_it(model: VPNModel) -> None:
    clip, kept = _clip(model), np.ones(5, bool)
    whole = model.encode(clip, kept, _times(5))
    kept[2] = False
    clip[2] = np.nan
    motion = model.encode(clip, kept, _times(5))
    np.testing.assert_array_equal(motion.mean[:2], whole.mean[:2])
    np.testing.assert_array_equal(motion.mean[2], motion.mean[1])
    assert np.isfinite(motion.mean).all()
    assert motion.filled.tolist() == [False, False, True, False, False]
    assert np.isnan(motion.state[SURPRISE][2]).all()
    assert not np.array_equal(motion.mean[3], whole.mean[3])


def test_rows_are_relative_to_the_reference(model: VPNModel) -> None:
    clip = _clip(model)
    motion = model.encode(clip, np.ones(5, bool), _times(5))
    assert not motion.mean[0].any()
    last = motion.mean[4] + motion.state[ORIGIN][0]
    np.testing.assert_allclose(model.embed(clip), last / np.linalg.norm(last), atol=1e-6)


def test_rows_make_no_pictures(model: VPNModel) -> None:
    motion = model.encode(_clip(model), np.ones(5, bool), _times(5))
    with pytest.raises(Unsupported):
        model.decode(motion, _clip(model)[0], [1])
    assert Capability.DECODE not in model.card.capabilities


@every_kind
def test_futures_repeat_by_seed_and_do_not_depend_on_how_many_there_are(config: object) -> None:
    model = fresh(config)  # type: ignore[arg-type]
    assert isinstance(model, Predictor)
    past = _clip(model, 2)
    one = model.predict(past, 2, seed=5).frames
    three = model.predict(past, 2, futures=3, seed=5).frames
    assert one.shape == (1, 2, *past.shape[1:])
    np.testing.assert_array_equal(one[0], three[0])
    np.testing.assert_array_equal(model.predict(past, 2, seed=6).frames[0], three[1])
    assert not np.array_equal(three[0], three[1])


@every_kind
def test_what_is_drawn_has_whole_levels_and_follows_the_past(config: object) -> None:
    model = fresh(config)  # type: ignore[arg-type]
    past = _clip(model, 3)
    drawn = model.predict(past, 1, futures=2).frames
    steps = model.config.levels - 1
    np.testing.assert_allclose(drawn * steps, np.rint(drawn * steps), atol=1e-5)
    other = model.predict(np.ascontiguousarray(past[::-1]), 1, futures=2).frames
    assert not np.array_equal(drawn, other)


def test_drawn_by_the_whole_decoder_futures_are_the_same(model: VPNModel) -> None:
    past = _clip(model, 2)
    kept, whole = (
        model.predict(past, 2, futures=2, seed=1, **how).frames  # type: ignore[arg-type]
        for how in ({}, {"teller": Naive})
    )
    np.testing.assert_array_equal(kept, whole)


def test_pixels_are_revealed_in_the_order_in_which_they_are_drawn(model: VPNModel) -> None:
    shown: list[Futures] = []
    last = model.predict(_clip(model, 2), 2, futures=2, reveal=shown.append)
    counts = []
    for futures in shown:
        assert futures.known is not None
        known = futures.known[0].ravel()
        counts.append(int(known.sum()))
        assert known[: counts[-1]].all()
        held = np.moveaxis(futures.frames, 2, -1)[futures.known]
        np.testing.assert_array_equal(held, np.moveaxis(last.frames, 2, -1)[futures.known])
        assert not np.moveaxis(futures.frames, 2, -1)[~futures.known].any()
    assert counts == sorted(set(counts))
    assert len(counts) > 2 * 8
    assert counts[-1] == 2 * 8 * 8
    assert last.known is None


def test_drawing_stops_between_rows(model: VPNModel) -> None:
    shown: list[Futures] = []
    with pytest.raises(Cancelled):
        model.predict(_clip(model, 2), 2, reveal=shown.append, tick=lambda progress: progress < 0.2)
    assert shown[-1].known is not None
    assert shown[-1].known.sum() == 4 * 8


def test_the_likeliest_future_needs_no_chance(model: VPNModel) -> None:
    past = _clip(model, 2)
    drawn = [model.predict(past, 1, seed=s, temperature=0).frames for s in (1, 2)]
    np.testing.assert_array_equal(drawn[0], drawn[1])


def test_a_single_frame_is_enough_to_go_on_from(model: VPNModel) -> None:
    assert model.card.context_needed == 1
    assert model.predict(_clip(model, 1), 1).frames.shape == (1, 1, 1, 8, 8)


def test_a_card_of_other_sizes_is_refused() -> None:
    weights = {name: value.numpy() for name, value in fresh().network.state_dict().items()}
    with pytest.raises(MotionStudioError, match="do not fit"):
        VPNModel(card_of("other", COLOUR), weights)
    card = card_of("other", CONFIG)
    with pytest.raises(MotionStudioError, match="depth"):
        VPNModel(card.model_copy(update={"config": {"depth": 2}}), weights)
