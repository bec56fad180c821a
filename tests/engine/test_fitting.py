"""Solving for points, live refining, draws, variations and uncertainty, through the runner."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

from motionstudio.core.clip import Clip
from motionstudio.core.draws import Draw
from motionstudio.core.motion import Motion
from motionstudio.core.picture import Transform
from motionstudio.core.tracks import carried
from motionstudio.engine import responses
from motionstudio.engine.fit_requests import SolveRequest, UncertaintyRequest, VariationsRequest
from motionstudio.engine.fit_responses import Refining, Solved, UncertaintyReady, VariationReady
from motionstudio.engine.mailbox import Mailbox
from motionstudio.engine.requests import DecodeRequest, Lane, Request, SampleRequest
from motionstudio.engine.responses import FrameReady, Response
from motionstudio.engine.runner import Runner
from motionstudio.models.base import Capability
from motionstudio.models.device import DeviceChoice
from tests.engine.fakes import (
    FakeModel,
    clip_of,
    compare_request,
    encode_request,
    motion_of,
    picture_of,
    refine_request,
    transform_of,
)
from tests.engine.real_model import random_genlmm
from tests.models import tiny

CPU = DeviceChoice("cpu", "test")
ABOUT = {"subject": "s", "revision": 0, "model": "random"}


def answers(runner: Runner, request: Request) -> list[Response]:
    out: list[Response] = []
    runner.handle(request, out.append, lambda: False)
    return out


@pytest.fixture(scope="module")
def real() -> Runner:
    model = random_genlmm(liveliness=10.0)
    return Runner(load=lambda _name, _device: model, device=CPU)


def real_clip(height: int = 90, width: int = 140) -> Clip:
    clip = clip_of(6, height=height, width=width)
    small = tiny.pictures(6, size=140)[:, 0, :height, :width, np.newaxis]
    return replace(clip, frames=np.rint(small * 255).astype(np.uint8))


def real_motion(runner: Runner, clip: Clip, transform: Transform) -> Motion:
    request = replace(encode_request(clip), model="random", transform=transform)
    last = answers(runner, request)[-1]
    assert isinstance(last, responses.Encoded)
    return last.motion


def framings(clip: Clip) -> list[Transform]:
    return [
        Transform.fit(clip.size, 64, mode="letterbox"),
        Transform.fit(clip.size, 64, mode="crop", crop=(10, 20, 60, 90)),
    ]


@pytest.mark.parametrize("place", [0, 1])
def test_solved_points_lie_where_the_picture_shows_them(real: Runner, place: int) -> None:
    clip = real_clip()
    transform = framings(clip)[place]
    motion = real_motion(real, clip, transform)
    points = np.array([[62.0, 41.0], [70.5, 50.25]])
    targets = points + [[2.0, -1.0], [0.5, 0.5]]
    solved = answers(
        real,
        SolveRequest(
            **ABOUT, motion=motion, source=picture_of(clip), transform=transform, row=3,
            points=points, targets=targets, weights=np.ones(2),
        ),
    )[-1]  # fmt: skip
    assert isinstance(solved, Solved)
    mean = motion.mean.copy()
    mean[3] = solved.values
    decode = DecodeRequest(
        **ABOUT, lane=Lane.SCRUB, motion=replace(motion, mean=mean), source=picture_of(clip),
        transform=transform, frames=(3,), inverse=True,
    )  # fmt: skip
    ready = next(r for r in answers(real, decode) if isinstance(r, FrameReady))
    assert ready.inverse is not None
    np.testing.assert_allclose(carried(points, ready.inverse), solved.reached, atol=0.25)
    assert np.hypot(*(solved.reached - targets).T).sum() < np.hypot(*(points - targets).T).sum()


def solve_request(model: str = "fake", row: int = 3) -> SolveRequest:
    clip = clip_of(6)
    return SolveRequest(
        subject="s", revision=0, model=model, motion=motion_of(6), source=picture_of(clip),
        transform=transform_of(clip), row=row, points=np.ones((1, 2)), targets=np.ones((1, 2)),
        weights=np.ones(1),
    )  # fmt: skip


def test_the_reference_cannot_be_dragged() -> None:
    runner = Runner(load=lambda _n, _d: tiny.fresh(), device=CPU)
    motion = replace(motion_of(6), mean=np.zeros((6, 6), np.float32), model_hash="")
    failed = answers(runner, replace(solve_request(row=0), motion=motion))[-1]
    assert isinstance(failed, responses.Failed)
    assert "Frame 0 is the picture itself" in failed.message


def test_a_model_without_handles_says_so() -> None:
    model = FakeModel(capabilities=Capability.DECODE)
    failed = answers(Runner(load=lambda _n, _d: model, device=CPU), solve_request())[-1]
    assert isinstance(failed, responses.Failed)
    assert failed.message == "Fake cannot be moved by points of its picture."


def test_refining_tells_frame_error_and_motion_from_the_frame_on_screen() -> None:
    runner = Runner(load=lambda _n, _d: FakeModel(), device=CPU)
    request = replace(refine_request(motion_of(6), clip_of(6), steps=4), frames=(4, 2))
    out = answers(runner, request)
    live = [r for r in out if isinstance(r, Refining)]
    assert {r.frame for r in live} == {4}
    assert [r.error for r in live] == sorted((r.error for r in live), reverse=True)
    assert all(r.error_before == live[0].error_before > 0 for r in live)
    assert live[0].motion.mean.shape == (6, 4)
    assert isinstance(out[-1], responses.Refined)


def test_live_errors_are_those_of_all_kept_frames(real: Runner) -> None:
    clip = real_clip(64, 64)
    transform = Transform.fit(clip.size, 64)
    motion = real_motion(real, clip, transform)
    request = replace(
        refine_request(motion, clip, steps=13), model="random", transform=transform, frames=(3, 5)
    )
    out = answers(real, request)
    live = [r for r in out if isinstance(r, Refining)]
    assert list(dict.fromkeys(r.frame for r in live)) == [3, 5]
    last = out[-1]
    assert isinstance(last, responses.Refined)
    assert live[-1].error == pytest.approx(last.error_after, rel=0.2)
    assert last.error_after < last.error_before == live[0].error_before


def test_refining_survives_a_frame_that_is_dropped_later(real: Runner) -> None:
    clip = real_clip(64, 64)
    transform = Transform.fit(clip.size, 64)
    motion = real_motion(real, clip, transform)
    refined = answers(
        real,
        replace(refine_request(motion, clip, steps=3), model="random", transform=transform),
    )[-1]
    assert isinstance(refined, responses.Refined)
    kept = np.array([True, True, True, False, True, True])
    again = answers(
        real,
        replace(
            encode_request(clip, kept), model="random", transform=transform, refined=refined.motion
        ),
    )[-1]
    assert isinstance(again, responses.Encoded)
    np.testing.assert_array_equal(again.motion.mean[[1, 2]], refined.motion.mean[[1, 2]])
    assert not np.array_equal(again.motion.mean[3], refined.motion.mean[3])
    plain = answers(real, replace(encode_request(clip, kept), model="random", transform=transform))
    assert isinstance(plain[-1], responses.Encoded)
    assert not plain[-1].motion.state


def sample(runner: Runner, *draws: Draw, period: float | None = None) -> Motion:
    first, *later = draws
    clip = clip_of(6)
    request = SampleRequest(
        subject="s", revision=0, model="fake", source=picture_of(clip),
        transform=transform_of(clip), times=clip.times, seed=first.seed, mode=first.mode,
        temperature=first.temperature, varied=tuple(later), period=period, cyclic=True,
    )  # fmt: skip
    last = answers(runner, request)[-1]
    assert isinstance(last, responses.Sampled)
    return last.motion


def test_a_varied_draw_adds_its_own_deviation() -> None:
    runner = Runner(load=lambda _n, _d: FakeModel(), device=CPU)
    one, two = Draw(3), Draw(8, 0.25)
    both = sample(runner, one, two)
    alone, deviation = sample(runner, one), sample(runner, two)
    np.testing.assert_allclose(both.mean, alone.mean + deviation.mean, atol=1e-6)
    np.testing.assert_array_equal(sample(runner, one, two).mean, both.mean)
    np.testing.assert_array_equal(sample(runner, one, Draw(8, 0.0)).mean, alone.mean)


def test_the_period_of_a_cycle_reaches_the_model() -> None:
    model = tiny.fresh()
    source, times = tiny.pictures(1)[0], np.arange(6.0)
    short = model.sample(source, times, seed=1, cyclic=True)
    long = model.sample(source, times, seed=1, cyclic=True, period=12.0)
    # In half a cycle: the sixth frame of a cycle of 12 lies where the third of one of 6 lies.
    assert not np.array_equal(short.mean, long.mean)
    np.testing.assert_allclose(long.mean[4], short.mean[2], atol=1e-6)


def variations_request(*seeds: int) -> VariationsRequest:
    clip = clip_of(30)
    return VariationsRequest(
        subject="s", revision=0, model="fake", source=picture_of(clip),
        transform=transform_of(clip), times=clip.times, draws=tuple((Draw(s),) for s in seeds),
        side=12, frames=10,
    )  # fmt: skip


def test_variations_come_one_by_one_with_small_films() -> None:
    runner = Runner(load=lambda _n, _d: FakeModel(), device=CPU)
    out = answers(runner, variations_request(5, 6, 5))
    ready = [r for r in out if isinstance(r, VariationReady)]
    assert [r.place for r in ready] == [0, 1, 2]
    assert isinstance(out[-1], responses.Done)
    assert all(r.pictures.shape[0] == 10 and max(r.pictures.shape[1:3]) <= 12 for r in ready)
    np.testing.assert_array_equal(ready[0].motion.mean, ready[2].motion.mean)
    np.testing.assert_array_equal(ready[0].pictures, ready[2].pictures)
    assert not np.array_equal(ready[0].motion.mean, ready[1].motion.mean)


def test_variations_stop_between_two_pictures() -> None:
    runner = Runner(load=lambda _n, _d: FakeModel(), device=CPU)
    out: list[Response] = []
    request = variations_request(1, 2, 3)
    runner.handle(request, out.append, lambda: any(isinstance(r, VariationReady) for r in out))
    assert [type(r) for r in out] == [VariationReady, responses.Cancelled]


def uncertainty_request(std: float | None, *, count: int = 24, seed: int = 0) -> UncertaintyRequest:
    clip, motion = clip_of(6), motion_of(6)
    spread = None if std is None else np.full_like(motion.mean, std)
    return UncertaintyRequest(
        subject="s", revision=0, model="fake", motion=replace(motion, std=spread),
        source=picture_of(clip), transform=transform_of(clip), frame=3, count=count, seed=seed,
    )  # fmt: skip


def test_uncertainty_repeats_and_grows_with_the_std() -> None:
    runner = Runner(load=lambda _n, _d: FakeModel(), device=CPU)

    def std(of: float, seed: int = 0) -> np.ndarray:
        ready = answers(runner, uncertainty_request(of, seed=seed))[-1]
        assert isinstance(ready, UncertaintyReady)
        assert ready.std.shape == (20, 24)
        return ready.std

    np.testing.assert_array_equal(std(0.3), std(0.3))
    assert not np.array_equal(std(0.3), std(0.3, seed=1))
    assert std(0.0).max() == 0
    assert std(0.05).mean() < std(0.3).mean()


def test_uncertainty_is_the_std_over_rendered_samples() -> None:
    runner = Runner(load=lambda _n, _d: FakeModel(), device=CPU)
    request = uncertainty_request(0.2, count=8)
    ready = answers(runner, request)[-1]
    assert isinstance(ready, UncertaintyReady)
    motion = request.motion
    assert motion.std is not None
    noise = np.random.default_rng(0).standard_normal((8, *motion.mean.shape))
    pictures = []
    for one in (motion.mean + motion.std * noise).astype(np.float32):
        decode = DecodeRequest(
            subject="s", revision=0, model="fake", lane=Lane.SCRUB,
            motion=replace(motion, mean=one), source=request.source,
            transform=request.transform, frames=(3,),
        )  # fmt: skip
        shown = next(r for r in answers(runner, decode) if isinstance(r, FrameReady))
        pictures.append(shown.picture[..., 0].astype(float))
    expected = np.std(pictures, axis=0, ddof=1)
    # The pictures above are rounded to whole grey levels, the measurement is not.
    np.testing.assert_allclose(ready.std, expected, atol=0.6)


def test_a_motion_without_std_has_no_uncertainty() -> None:
    runner = Runner(load=lambda _n, _d: FakeModel(), device=CPU)
    failed = answers(runner, uncertainty_request(None))[-1]
    assert isinstance(failed, responses.Failed)
    assert "no uncertainty" in failed.message


def test_topics_of_one_lane_do_not_push_each_other_out() -> None:
    box = Mailbox()
    compare = compare_request(motion_of(6), clip_of(6), [1])
    first, second = uncertainty_request(0.1), uncertainty_request(0.2)
    assert box.post(compare) is None
    assert box.post(first) is None
    assert box.post(second) is first
    assert not box.stale(compare)
    assert box.stale(first)
    tickets = [responses.Ticket.of(r) for r in (compare, first, second)]
    assert [box.is_current(t) for t in tickets] == [True, False, True]
    box.close()


@pytest.mark.parametrize(
    "request_", [solve_request(), variations_request(1), uncertainty_request(0.1)]
)
def test_questions_can_be_pickled(request_: Request) -> None:
    again = pickle.loads(pickle.dumps(request_))
    assert (again.lane, again.topic, again.id) == (request_.lane, request_.topic, request_.id)


@pytest.mark.parametrize(("same", "said"), [(True, 0), (False, 1)])
def test_a_refinement_that_is_left_out_is_said_once(real: Runner, same: bool, said: int) -> None:
    clip = real_clip(64, 64)
    transform = Transform.fit(clip.size, 64)
    motion = real_motion(real, clip, transform)
    request = replace(
        refine_request(motion, clip, steps=1), model="random", transform=transform, frames=(2,)
    )
    refined = answers(real, request)[-1]
    assert isinstance(refined, responses.Refined)
    other = transform if same else replace(transform, range=(10.0, 200.0))
    decode = DecodeRequest(
        **ABOUT, lane=Lane.SCRUB, motion=refined.motion, source=picture_of(clip),
        transform=other, frames=(2, 3),
    )  # fmt: skip
    out = [*answers(real, decode), *answers(real, decode)]
    notices = [r for r in out if isinstance(r, responses.Notice)]
    assert len(notices) == said
    assert all("left out" in notice.text for notice in notices)
