"""GenLMM behind the protocol: numpy in and out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from motionstudio.core.errors import Cancelled, MotionStudioError
from motionstudio.core.motion import Motion
from motionstudio.core.phase import phases
from motionstudio.core.picture import Transform
from motionstudio.core.warp import compose, warp
from motionstudio.models.genlmm_model import GenLMMModel
from tests.models import tiny


@pytest.fixture(scope="module")
def model() -> GenLMMModel:
    return tiny.fresh()


def _encode(model: GenLMMModel, frames: np.ndarray, **options: Any) -> Motion:
    count = len(frames)
    kept = options.pop("kept", np.ones(count, bool))
    return model.encode(frames, kept, np.arange(count) / 20, **options)


def test_the_reference_row_is_zero_and_decodes_to_exactly_no_displacement(
    model: GenLMMModel,
) -> None:
    frames = tiny.pictures(6)
    motion = _encode(model, frames)
    assert not motion.mean[0].any()
    assert motion.std is not None
    assert not motion.std[0].any()
    decoded = model.decode(motion, frames[0], [0], inverse=True)
    assert decoded.displacement is not None
    assert decoded.inverse is not None
    assert not decoded.displacement.any()
    assert not decoded.inverse.any()


def test_other_rows_move_the_picture(model: GenLMMModel) -> None:
    frames = tiny.pictures(6)
    found = model.decode(_encode(model, frames), frames[0], [3]).displacement
    assert found is not None
    assert np.abs(found).max() > 0.05


def test_a_row_decoded_alone_equals_the_same_row_in_company(model: GenLMMModel) -> None:
    frames = tiny.pictures(7)
    motion = _encode(model, frames)
    together = model.decode(motion, frames[0], [0, 5, 2, 6, 3], inverse=True)
    for place, row in enumerate([0, 5, 2, 6, 3]):
        alone = model.decode(motion, frames[0], [row], inverse=True)
        assert alone.displacement is not None
        assert together.displacement is not None
        assert alone.inverse is not None
        assert together.inverse is not None
        np.testing.assert_array_equal(alone.displacement[0], together.displacement[place])
        np.testing.assert_array_equal(alone.inverse[0], together.inverse[place])


def test_the_source_chosen_before_does_not_matter(model: GenLMMModel) -> None:
    frames = tiny.pictures(4)
    motion = _encode(model, frames)
    first = model.decode(motion, frames[0], [2]).displacement
    other = model.decode(motion, 1 - frames[0], [2]).displacement
    again = model.decode(motion, frames[0], [2]).displacement
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_pixels_of_dropped_frames_are_ignored(model: GenLMMModel) -> None:
    frames = tiny.pictures(8)
    kept = np.array([1, 0, 1, 0, 0, 1, 1, 0], bool)
    motion = _encode(model, frames, kept=kept)
    spoiled = frames.copy()
    spoiled[~kept] = np.nan
    again = _encode(model, spoiled, kept=kept)
    np.testing.assert_array_equal(motion.mean, again.mean)
    np.testing.assert_array_equal(motion.std, again.std)
    np.testing.assert_array_equal(motion.filled, ~kept)


def test_dropping_a_frame_changes_its_row(model: GenLMMModel) -> None:
    frames = tiny.pictures(6)
    kept = np.ones(6, bool)
    kept[3] = False
    all_seen, some_seen = _encode(model, frames), _encode(model, frames, kept=kept)
    assert np.abs(all_seen.mean[3] - some_seen.mean[3]).max() > 1e-4


def test_only_the_reference_kept_is_enough(model: GenLMMModel) -> None:
    kept = np.zeros(5, bool)
    kept[0] = True
    assert np.isfinite(_encode(model, tiny.pictures(5), kept=kept).mean).all()


@pytest.mark.parametrize("cyclic", [False, True])
@pytest.mark.parametrize("count", [2, 3, 5, 9, 31, 70])
def test_any_number_of_frames(model: GenLMMModel, count: int, cyclic: bool) -> None:
    motion = _encode(model, tiny.pictures(count), cyclic=cyclic)
    assert motion.mean.shape == (count, 6)
    assert np.isfinite(motion.mean).all()
    assert motion.cyclic is cyclic


def test_one_frame_has_no_motion_and_says_so(model: GenLMMModel) -> None:
    with pytest.raises(MotionStudioError, match="at least two frames"):
        _encode(model, tiny.pictures(1))


def test_a_closed_cycle_is_encoded_otherwise_than_an_open_clip(model: GenLMMModel) -> None:
    frames = tiny.pictures(9)
    opened, closed = _encode(model, frames), _encode(model, frames, cyclic=True)
    assert np.abs(opened.mean - closed.mean).max() > 1e-4


def test_a_pair_takes_its_position_from_the_period() -> None:
    times = np.array([0.0, 0.35])
    np.testing.assert_allclose(phases(times, True, period=1.0), [0.0, 0.35], atol=1e-7)
    np.testing.assert_allclose(phases(times, True), [0.0, 0.5], atol=1e-7)


def test_the_period_reaches_the_network(model: GenLMMModel) -> None:
    frames = tiny.pictures(2)
    assert not np.array_equal(
        _encode(model, frames, period=1.0).mean, _encode(model, frames, period=0.1).mean
    )


def test_positions_follow_uneven_times() -> None:
    np.testing.assert_allclose(
        phases(np.array([2.0, 2.1, 2.2, 2.6]), False), [0, 1 / 7, 2 / 7, 6 / 7], atol=1e-6
    )


def test_odd_and_oblong_frames_go_through_the_transform_and_back(model: GenLMMModel) -> None:
    rng = np.random.default_rng(0)
    native = rng.integers(0, 256, (4, 37, 53, 1), np.uint8)
    for mode in ("crop", "letterbox"):
        transform = Transform.fit((37, 53), 32, mode=mode)  # type: ignore[arg-type]
        frames = transform.apply(native)
        found = model.decode(_encode(model, frames), frames[0], range(4)).displacement
        assert found is not None
        fields = transform.field_to_native(found)
        assert fields.shape == (4, 2, 37, 53)
        assert np.isfinite(fields).all()
        np.testing.assert_array_equal(warp(native[0], fields[0]), native[0])


def test_colour() -> None:
    model = tiny.fresh(channels=3)
    frames = tiny.pictures(4, channels=3)
    found = model.decode(_encode(model, frames), frames[0], [1, 2]).displacement
    assert found is not None
    assert found.shape == (2, 2, 32, 32)


def test_the_inverse_undoes_the_displacement_inside(model: GenLMMModel) -> None:
    frames = tiny.pictures(5)
    motion = _encode(model, frames)
    # Small enough to stay inside the picture, where the inverse is defined.
    gentle = replace(motion, mean=0.2 * motion.mean)
    decoded = model.decode(gentle, frames[0], [2], inverse=True)
    assert decoded.displacement is not None
    assert decoded.inverse is not None
    left = compose(decoded.displacement[0], decoded.inverse[0])[:, 6:-6, 6:-6]
    assert np.abs(left).max() < 0.15 * np.abs(decoded.displacement).max() + 0.02


@pytest.mark.parametrize("mode", ["learned", "prior"])
def test_a_seed_repeats_a_sample_and_another_gives_another(model: GenLMMModel, mode: str) -> None:
    source, times = tiny.pictures(1)[0], np.arange(9) / 10
    one = model.sample(source, times, seed=3, mode=mode)
    same = model.sample(source, times, seed=3, mode=mode)
    other = model.sample(source, times, seed=4, mode=mode)
    np.testing.assert_array_equal(one.mean, same.mean)
    assert not np.array_equal(one.mean, other.mean)
    assert one.mean.shape == (9, 6)
    assert not one.mean[0].any()


def test_temperature_zero_gives_the_mean_motion_and_rest(model: GenLMMModel) -> None:
    source, times = tiny.pictures(1)[0], np.arange(9) / 10
    means = [model.sample(source, times, seed=s, temperature=0.0).mean for s in (1, 2)]
    np.testing.assert_array_equal(*means)
    assert not model.sample(source, times, seed=1, temperature=0.0, mode="prior").mean.any()


def test_prior_samples_are_smooth_in_time(model: GenLMMModel) -> None:
    source, times = tiny.pictures(1)[0], np.arange(40) / 40
    mean = model.sample(source, times, seed=1, mode="prior").mean[1:]
    steps = np.abs(np.diff(mean, axis=0)).mean()
    shuffled = np.random.default_rng(0).permutation(mean)
    assert steps < 0.6 * np.abs(np.diff(shuffled, axis=0)).mean()


def test_an_unknown_mode_of_sampling_is_refused(model: GenLMMModel) -> None:
    with pytest.raises(ValueError, match="magic"):
        model.sample(tiny.pictures(1)[0], np.arange(4.0), seed=0, mode="magic")


def _error(model: GenLMMModel, motion: Motion, frames: np.ndarray, row: int) -> float:
    u = model.decode(motion, frames[0], [row]).displacement
    assert u is not None
    return float(np.mean((warp(frames[0, 0], u[0]) - frames[row, 0]) ** 2))


def test_refining_lowers_the_error_of_every_kept_frame(model: GenLMMModel) -> None:
    frames = tiny.pictures(5)
    motion = _encode(model, frames)
    better = model.refine(motion, frames, steps=30)
    for row in range(1, 5):
        assert _error(model, better, frames, row) < _error(model, motion, frames, row)
    assert not better.mean[0].any()


def test_refining_never_looks_at_dropped_frames_and_carries_the_change_over(
    model: GenLMMModel,
) -> None:
    frames = tiny.pictures(6)
    kept = np.array([1, 1, 0, 1, 1, 1], bool)
    motion = _encode(model, frames, kept=kept)
    better = model.refine(motion, frames, steps=5)
    spoiled = frames.copy()
    spoiled[2] = np.nan
    np.testing.assert_array_equal(better.mean, model.refine(motion, spoiled, steps=5).mean)
    change = better.mean - motion.mean
    np.testing.assert_allclose(change[2], (change[1] + change[3]) / 2, atol=1e-5)


def test_a_tick_that_says_stop_cancels_encoding_decoding_and_refining(model: GenLMMModel) -> None:
    frames = tiny.pictures(5)
    motion = _encode(model, frames)
    seen: list[float] = []

    def stop(progress: float) -> bool:
        seen.append(progress)
        return len(seen) < 2

    calls = (
        lambda: _encode(model, frames, tick=stop),
        lambda: model.decode(motion, frames[0], range(5), tick=stop),
        lambda: model.refine(motion, frames, steps=2, tick=stop),
    )
    for call in calls:
        seen.clear()
        with pytest.raises(Cancelled):
            call()
        assert len(seen) == 2
        assert seen == sorted(seen)
        assert 0 <= seen[0] <= 1


def test_progress_ends_at_or_before_one(model: GenLMMModel) -> None:
    seen: list[float] = []
    frames = tiny.pictures(4)
    motion = _encode(model, frames)
    model.decode(motion, frames[0], range(4), tick=lambda p: seen.append(p) or True)
    assert seen[-1] == 1.0


def test_wrong_shapes_are_refused_with_both_shapes(model: GenLMMModel) -> None:
    frames = tiny.pictures(4)
    with pytest.raises(ValueError, match=r"\(1, 32, 32\).*\(1, 16, 16\)"):
        _encode(model, frames[..., :16, :16])
    with pytest.raises(ValueError, match=r"\(4,\).*\(3,\)"):
        model.encode(frames, np.ones(3, bool), np.arange(4.0))
    with pytest.raises(ValueError, match="must be kept"):
        _encode(model, frames, kept=np.array([0, 1, 1, 1], bool))


def test_refining_leaves_the_end_of_a_closed_cycle_near_its_beginning(model: GenLMMModel) -> None:
    frames, times = tiny.pictures(6), np.arange(6) / 20
    kept = np.array([True, True, True, False, False, False])
    for cyclic, lasting in ((False, 1.0), (True, 0.25)):
        motion = model.encode(frames, kept, times, cyclic=cyclic)
        change = model.refine(motion, frames, steps=5).mean - motion.mean
        np.testing.assert_allclose(change[5], lasting * change[2], atol=1e-5)
