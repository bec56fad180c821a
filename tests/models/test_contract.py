"""What every system must keep to: the flags of its card against its behaviour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from motionstudio.core.errors import Cancelled
from motionstudio.core.handles import HandleGoals
from motionstudio.core.motion import Motion, RowKind
from motionstudio.models import registry
from motionstudio.models.base import Capability, HandleModel, Iterate, MotionModel, Unsupported
from motionstudio.models.prediction import Predictor
from motionstudio.models.scoring import Scorer
from tests.models import (
    tiny,
    tiny_draw,
    tiny_fomm,
    tiny_recomposing,
    tiny_stae,
    tiny_vae,
    tiny_visual_dynamics,
    tiny_vpn,
)

FRESH: dict[str, Callable[[], MotionModel]] = {
    "genlmm": tiny.fresh,
    "fomm": tiny_fomm.fresh,
    "draw": tiny_draw.fresh,
    "vae": tiny_vae.fresh,
    "inbetween": tiny_vae.fresh_inbetween,
    "stae": tiny_stae.fresh,
    "vpn": tiny_vpn.fresh,
    "visual_dynamics": tiny_visual_dynamics.fresh,
    "recomposing": tiny_recomposing.fresh,
}
"""One small, freshly initialised model of every registered system."""


def test_every_registered_system_is_under_contract() -> None:
    assert set(FRESH) == set(registry._SYSTEMS)


@pytest.fixture(scope="module", params=sorted(FRESH))
def model(request: pytest.FixtureRequest) -> MotionModel:
    return FRESH[request.param]()


def _clip(model: MotionModel) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    pairs = model.card.rows is RowKind.PAIR
    count = max(6, model.card.frames_min) + pairs  # Pairs have one row less.
    frames = tiny.pictures(count, model.card.channels, model.card.size)
    return frames, np.ones(count, bool), np.arange(count) / 20


def _motion(model: MotionModel) -> Motion:
    return model.encode(*_clip(model))


def _needs(model: MotionModel, flag: Capability) -> None:
    if flag not in model.card.capabilities:
        pytest.skip(f"{model.card.system} has no {flag.name}")


def test_it_keeps_to_the_protocol(model: MotionModel) -> None:
    assert isinstance(model, MotionModel)


def test_encoding_gives_a_row_per_frame_and_names_the_model(model: MotionModel) -> None:
    _needs(model, Capability.ENCODE)
    motion = _motion(model)
    assert motion.mean.dtype == np.float32
    assert motion.dims == model.card.dims
    assert motion.rows is model.card.rows
    assert motion.row_times.shape == (len(motion.mean), 2)
    assert motion.model == model.card.name
    assert np.isfinite(motion.mean).all()


def test_encoding_twice_gives_the_same_bits(model: MotionModel) -> None:
    _needs(model, Capability.ENCODE)
    np.testing.assert_array_equal(_motion(model).mean, _motion(model).mean)


def test_encoding_leaves_its_arguments_alone(model: MotionModel) -> None:
    _needs(model, Capability.ENCODE)
    frames, kept, times = _clip(model)
    copies = frames.copy(), kept.copy(), times.copy()
    motion = model.encode(frames, kept, times)
    motion.kept[:] = False
    for before, after in zip(copies, (frames, kept, times), strict=True):
        np.testing.assert_array_equal(before, after)


def test_in_betweening_ignores_dropped_pictures_and_flags_their_rows(model: MotionModel) -> None:
    _needs(model, Capability.INBETWEEN)
    frames, kept, times = _clip(model)
    kept[[2, 3]] = False
    motion = model.encode(frames, kept, times)
    frames[~kept] = np.nan
    np.testing.assert_array_equal(motion.mean, model.encode(frames, kept, times).mean)
    if motion.rows is RowKind.PAIR:
        np.testing.assert_array_equal(motion.filled, ~kept[1:])
        return
    each = len(motion.mean) // len(frames)
    np.testing.assert_array_equal(motion.filled, np.repeat(~kept, each))


def test_what_it_decodes_is_what_its_card_promises(model: MotionModel) -> None:
    _needs(model, Capability.DECODE)
    frames, _, _ = _clip(model)
    decoded = model.decode(_motion(model), frames[0], [1, 3], inverse=True)
    side, flags = model.card.size, model.card.capabilities
    assert (decoded.displacement is not None) == (Capability.DISPLACEMENT in flags)
    assert (decoded.inverse is not None) == (Capability.INVERSE in flags)
    for field in (decoded.displacement, decoded.inverse):
        assert field is None or (field.shape, field.dtype) == ((2, 2, side, side), np.float32)
    assert decoded.frames is not None or decoded.displacement is not None


def test_the_inverse_comes_only_when_asked_for(model: MotionModel) -> None:
    _needs(model, Capability.INVERSE)
    frames, _, _ = _clip(model)
    assert model.decode(_motion(model), frames[0], [1]).inverse is None


def test_a_row_alone_equals_the_row_in_company(model: MotionModel) -> None:
    _needs(model, Capability.DISPLACEMENT)
    frames, _, _ = _clip(model)
    motion = _motion(model)
    alone = model.decode(motion, frames[0], [3]).displacement
    company = model.decode(motion, frames[0], [1, 3, 5]).displacement
    assert alone is not None
    assert company is not None
    np.testing.assert_array_equal(alone[0], company[1])


def test_decoding_no_rows_gives_no_pictures(model: MotionModel) -> None:
    _needs(model, Capability.DISPLACEMENT)
    frames, _, _ = _clip(model)
    found = model.decode(_motion(model), frames[0], []).displacement
    assert found is not None
    assert len(found) == 0


def _made(model: MotionModel, motion: Motion) -> np.ndarray:
    """Rows 2 and 4 as fields where the model bends the source, else as pictures."""
    decoded = model.decode(motion, _clip(model)[0][0], [2, 4])
    made = decoded.displacement if decoded.displacement is not None else decoded.frames
    assert made is not None
    return made


def test_an_edited_row_changes_its_picture_and_no_other(model: MotionModel) -> None:
    _needs(model, Capability.EDIT)
    motion = _motion(model)
    before = _made(model, motion)
    mean = motion.mean.copy()
    mean[4] += 1.0
    after = _made(model, replace(motion, mean=mean))
    np.testing.assert_array_equal(before[0], after[0])
    assert not np.array_equal(before[1], after[1])


def test_transport_reads_the_other_source(model: MotionModel) -> None:
    _needs(model, Capability.TRANSPORT)
    frames, _, _ = _clip(model)
    motion = _motion(model)
    own = model.decode(motion, frames[0], [3])
    other = model.decode(motion, np.ascontiguousarray(1 - frames[0]), [3])
    # Flow of what was watched is the same on any picture; all other systems adapt their field.
    retargets = model.card.system == "stae"
    for mine, theirs in ((own.displacement, other.displacement), (own.frames, other.frames)):
        assert mine is None or np.array_equal(mine, theirs) == retargets
    assert own.displacement is not None or own.frames is not None


def test_futures_are_of_the_length_asked_for_and_repeat_by_seed(model: MotionModel) -> None:
    _needs(model, Capability.PREDICT)
    assert isinstance(model, Predictor)
    frames, _, _ = _clip(model)
    before, shown = frames.copy(), []
    made = [model.predict(frames, 2, futures=2, seed=s, reveal=shown.append) for s in (1, 1)]
    np.testing.assert_array_equal(frames, before)
    assert made[0].frames.shape == (2, 2, *frames.shape[1:])
    assert made[0].frames.dtype == np.float32
    assert np.isfinite(made[0].frames).all()
    np.testing.assert_array_equal(made[0].frames, made[1].frames)
    assert all(one.frames.shape[0] == 2 for one in shown)
    if model.card.one_future:
        np.testing.assert_array_equal(made[0].frames[0], made[0].frames[1])
    with pytest.raises(Cancelled):
        model.predict(frames, 2, tick=lambda _: False)


def test_samples_repeat_by_seed(model: MotionModel) -> None:
    _needs(model, Capability.SAMPLE)
    frames, _, times = _clip(model)
    draws = [model.sample(frames[0], times, seed=s).mean for s in (1, 1, 2)]
    np.testing.assert_array_equal(draws[0], draws[1])
    assert not np.array_equal(draws[0], draws[2])


def test_frames_are_scored_by_those_who_say_so(model: MotionModel) -> None:
    _needs(model, Capability.LIKELIHOOD)
    assert isinstance(model, Scorer)
    frames, _, _ = _clip(model)
    before = frames.copy()
    scores = [model.score(frames, samples=4, seed=s) for s in (1, 1, 2)]
    np.testing.assert_array_equal(frames, before)
    for name in ("bound", "weighted", "floor"):
        nats = getattr(scores[0], name)
        assert (nats.shape, nats.dtype) == ((len(frames),), np.float32)
        # The first frame follows nothing where frames are scored by the one before.
        assert np.isfinite(nats[1:]).all()
        assert np.isfinite(nats[0]) or model.card.rows is RowKind.PAIR
        np.testing.assert_array_equal(nats, getattr(scores[1], name))
    # Nothing is drawn where the likelihood is exact.
    assert np.array_equal(scores[0].bound, scores[2].bound) == (scores[0].samples == 0)
    assert (scores[0].bound[1:] <= -scores[0].floor[1:]).all()


def test_refining_changes_the_motion_and_not_its_input(model: MotionModel) -> None:
    _needs(model, Capability.REFINE)
    frames, _, _ = _clip(model)
    motion = _motion(model)
    before = motion.mean.copy()
    better = model.refine(motion, frames, steps=2)
    np.testing.assert_array_equal(motion.mean, before)
    assert not np.array_equal(better.mean, before)


def test_refining_some_rows_leaves_the_pictures_of_other_kept_frames(model: MotionModel) -> None:
    _needs(model, Capability.REFINE)
    _needs(model, Capability.DISPLACEMENT)
    frames, _, _ = _clip(model)
    motion = _motion(model)
    better = model.refine(motion, frames, steps=2, rows=[2, 4])
    others = [1, 3, 5]
    np.testing.assert_array_equal(better.mean[others], motion.mean[others])
    assert (better.mean[[2, 4]] != motion.mean[[2, 4]]).any(1).all()
    before, after = (model.decode(m, frames[0], others).displacement for m in (motion, better))
    np.testing.assert_array_equal(before, after)


def test_refining_is_watched_row_by_row_in_the_order_asked_for(model: MotionModel) -> None:
    _needs(model, Capability.REFINE)
    frames, _, _ = _clip(model)
    seen: list[Iterate] = []
    model.refine(_motion(model), frames, steps=14, rows=[4, 2], watch=seen.append)
    rows = [iterate.row for iterate in seen]
    assert list(dict.fromkeys(rows)) == [4, 2]
    assert all(np.isfinite(i.error) and i.motion.mean.shape == (6, model.card.dims) for i in seen)


def test_points_are_solved_for_by_those_who_say_so(model: MotionModel) -> None:
    _needs(model, Capability.HANDLES)
    assert isinstance(model, HandleModel)
    frames, _, _ = _clip(model)
    motion, middle = _motion(model), model.card.size / 2
    points = np.array([[middle, middle]], np.float32)
    goals = HandleGoals(points, points + np.float32(0.5), np.ones(1, np.float32))
    before = motion.mean.copy()
    draws = [model.solve(motion, frames[0], 2, goals, steps=3) for _ in range(2)]
    np.testing.assert_array_equal(draws[0].row, draws[1].row)
    np.testing.assert_array_equal(motion.mean, before)
    assert draws[0].row.shape == (model.card.dims,)
    assert draws[0].row.dtype == np.float32
    assert draws[0].reached.shape == (1, 2)


@pytest.mark.parametrize(
    ("flag", "call"),
    [
        (Capability.ENCODE, lambda m: m.encode(*_clip(m))),
        (Capability.SAMPLE, lambda m: m.sample(_clip(m)[0][0], np.arange(6.0), seed=0)),
        (Capability.REFINE, lambda m: m.refine(_motion(m), _clip(m)[0], steps=1)),
    ],
    ids=["encode", "sample", "refine"],
)
def test_a_capability_that_lacks_is_refused_as_such(
    model: MotionModel, flag: Capability, call: Callable[[MotionModel], object]
) -> None:
    if flag in model.card.capabilities:
        assert call(model) is not None
        return
    with pytest.raises(Unsupported):
        call(model)
