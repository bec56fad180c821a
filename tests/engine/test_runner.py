"""The runner: exact, lazy, cancellable, and never at a loss when memory runs out."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from motionstudio.core.errors import Cancelled, MotionStudioError
from motionstudio.core.motion import Motion
from motionstudio.core.picture import Transform
from motionstudio.engine import responses
from motionstudio.engine.gallery import Gallery
from motionstudio.engine.painter import half
from motionstudio.engine.requests import LoadRequest, Request, SampleRequest, Scale
from motionstudio.engine.responses import FrameReady, Response
from motionstudio.engine.runner import Budget, Runner
from motionstudio.engine.sync import SyncEngine
from motionstudio.models.base import Capability
from motionstudio.models.device import DeviceChoice
from tests.engine.fakes import (
    FakeModel,
    clip_of,
    compare_request,
    decode_request,
    edited,
    encode_request,
    motion_of,
    picture_of,
    refine_request,
    transform_of,
)

CPU = DeviceChoice("cpu", "test")
CLIP = clip_of(6)


def runner_of(model: FakeModel, device: DeviceChoice = CPU, budget: Budget | None = None) -> Runner:
    return Runner(load=lambda _name, _device: model, device=device, budget=budget)


def answers(
    runner: Runner, request: Request, cancelled: Callable[[], bool] = lambda: False
) -> list[Response]:
    out: list[Response] = []
    runner.handle(request, out.append, cancelled)
    return out


def frames(out: list[Response]) -> dict[int, FrameReady]:
    return {response.frame: response for response in out if isinstance(response, FrameReady)}


def test_frames_come_in_the_order_of_need() -> None:
    out = answers(runner_of(FakeModel()), decode_request(motion_of(6), CLIP, [3, 4, 2]))
    assert [r.frame for r in out if isinstance(r, FrameReady)] == [3, 4, 2]
    assert isinstance(out[-1], responses.Done)


def test_alone_or_in_company_a_frame_is_the_same() -> None:
    motion = motion_of(6)
    together = frames(
        answers(
            runner_of(FakeModel(), DeviceChoice("cuda", "pretended")),
            decode_request(motion, CLIP, range(6)),
        )
    )
    for frame in range(6):
        alone = frames(answers(runner_of(FakeModel()), decode_request(motion, CLIP, [frame])))
        np.testing.assert_array_equal(alone[frame].picture, together[frame].picture)
        np.testing.assert_array_equal(alone[frame].displacement, together[frame].displacement)


def test_reference_row_gives_the_source_itself() -> None:
    out = frames(answers(runner_of(FakeModel()), decode_request(motion_of(6), CLIP, [0])))
    np.testing.assert_array_equal(out[0].picture, CLIP.frames[0])


def test_only_changed_rows_are_decoded_again() -> None:
    model, motion = FakeModel(), motion_of(6)
    runner = runner_of(model)
    answers(runner, decode_request(motion, CLIP, range(6)))
    model.decoded.clear()
    answers(runner, decode_request(edited(motion, 2, 0.5), CLIP, range(6)))
    assert model.decoded == [(2,)]


def test_undo_is_a_lookup_that_gives_the_same_picture() -> None:
    model, motion = FakeModel(), motion_of(6)
    runner = runner_of(model)
    before = frames(answers(runner, decode_request(motion, CLIP, [2])))[2]
    changed = frames(answers(runner, decode_request(edited(motion, 2, 3), CLIP, [2])))[2]
    model.decoded.clear()
    after = frames(answers(runner, decode_request(edited(motion, 2, 0), CLIP, [2])))[2]
    assert model.decoded == []
    assert after.key == before.key != changed.key
    assert after.picture is before.picture
    assert not np.array_equal(changed.picture, before.picture)


def test_another_source_is_another_picture() -> None:
    model, motion = FakeModel(), motion_of(6)
    runner = runner_of(model)
    one = decode_request(motion, CLIP, [2])
    answers(runner, one)
    out = answers(runner, replace(one, source=picture_of(CLIP, 4)))
    assert model.decoded == [(2,), (2,)]
    assert frames(out)[2].picture.shape == CLIP.frames[0].shape


def test_inverse_is_made_when_it_is_wanted_later() -> None:
    model, motion = FakeModel(), motion_of(6)
    runner = runner_of(model)
    without = frames(answers(runner, decode_request(motion, CLIP, [2])))[2]
    both = frames(answers(runner, decode_request(motion, CLIP, [2], inverse=True)))[2]
    assert without.inverse is None
    assert both.inverse is not None
    np.testing.assert_array_equal(both.picture, without.picture)
    model.decoded.clear()
    answers(runner, decode_request(motion, CLIP, [2], inverse=True))
    assert model.decoded == []


def test_inverse_is_left_out_where_the_model_has_none() -> None:
    able = FakeModel().card.capabilities & ~Capability.INVERSE
    runner = runner_of(FakeModel(capabilities=able))
    request = decode_request(motion_of(6), CLIP, [2], inverse=True)
    assert frames(answers(runner, request))[2].inverse is None


def test_models_that_give_frames_work_too() -> None:
    motion = edited(motion_of(6), 0, 0.0)
    ready = frames(answers(runner_of(FakeModel(warps=False)), decode_request(motion, CLIP, [0, 3])))
    assert ready[0].displacement is None
    assert ready[0].picture.shape == CLIP.frames[0].shape
    assert not np.array_equal(ready[0].picture, ready[3].picture)


def test_evicted_fields_are_decoded_again() -> None:
    model, motion = FakeModel(), motion_of(6)
    runner = Runner(
        load=lambda _name, _device: model,
        device=CPU,
        gallery=Gallery(0),
        budget=Budget(fields=0),
    )
    first = frames(answers(runner, decode_request(motion, CLIP, [1, 2])))
    again = frames(answers(runner, decode_request(motion, CLIP, [1, 2])))
    assert model.decoded == [(1,), (2,), (1,), (2,)]
    np.testing.assert_array_equal(first[2].picture, again[2].picture)
    assert runner.gallery.bytes == 0


def test_cancelled_between_frames() -> None:
    model, asked = FakeModel(), iter([False, False, False, True])
    out = answers(
        runner_of(model), decode_request(motion_of(6), CLIP, range(6)), lambda: next(asked)
    )
    assert model.decoded == [(0,), (1,)]
    assert isinstance(out[-1], responses.Cancelled)


def test_inference_mode_for_all_but_fitting() -> None:
    model = FakeModel()
    runner = runner_of(model)
    answers(runner, encode_request(CLIP))
    answers(runner, decode_request(motion_of(6), CLIP, [1]))
    assert model.inference == [True, True]
    model.inference.clear()
    answers(runner, refine_request(motion_of(6), CLIP))
    assert model.inference.count(False) == 1
    assert not torch.is_inference_mode_enabled()


def test_small_pictures_keep_full_size_and_slow_ones_are_halved() -> None:
    model, motion, now = FakeModel(), motion_of(6), [0.0]
    runner = Runner(load=lambda _n, _d: model, device=CPU, clock=lambda: now[0])
    request = decode_request(motion, CLIP, [1], scale=Scale.AUTO)
    assert frames(answers(runner, request))[1].scale is Scale.FULL
    for _ in range(20):
        runner.frames.pace.saw_decode(100.0)
    slow = frames(answers(runner, decode_request(motion, CLIP, [2], scale=Scale.AUTO)))[2]
    assert slow.scale is Scale.HALF
    assert slow.preview
    assert slow.picture.shape[:2] == half(CLIP.size)
    assert model.fast == [False, True]


def test_previews_never_count_as_final() -> None:
    model, motion = FakeModel(), motion_of(6)
    runner = runner_of(model)
    for _ in range(20):
        runner.frames.pace.saw_decode(100.0)
    answers(runner, decode_request(motion, CLIP, [2], scale=Scale.HALF))
    assert runner.gallery.lookup(decode_request(motion, CLIP, [2]), 2) is None
    final = frames(answers(runner, decode_request(motion, CLIP, [2])))[2]
    assert model.fast == [True, False]
    assert not final.preview
    assert final.scale is Scale.FULL


def test_auto_takes_the_final_picture_when_it_is_there() -> None:
    model, motion = FakeModel(), motion_of(6)
    runner = runner_of(model)
    answers(runner, decode_request(motion, CLIP, [2]))
    for _ in range(20):
        runner.frames.pace.saw_decode(100.0)
    out = answers(runner, decode_request(motion, CLIP, [2], scale=Scale.AUTO))
    assert frames(out)[2].scale is Scale.FULL


def test_lookup_answers_without_the_model() -> None:
    model, motion = FakeModel(), motion_of(6)
    runner = runner_of(model)
    request = decode_request(motion, CLIP, [2], revision=7)
    assert runner.gallery.lookup(request, 2) is None
    made = frames(answers(runner, request))[2]
    found = runner.gallery.lookup(request, 2)
    assert found is not None
    assert found.picture is made.picture
    assert (found.revision, found.lane, found.key) == (7, request.lane, made.key)


def test_same_encoding_is_looked_up_and_another_mask_is_not() -> None:
    model = FakeModel()
    runner = runner_of(model)
    dropped = np.array([True, False, True, True, True, True])
    for kept in (None, dropped, None, dropped):
        answers(runner, encode_request(CLIP, kept))
    assert len(model.encoded) == 2


def test_encoding_from_another_reference_keeps_rows_under_their_frames() -> None:
    model = FakeModel()
    out = answers(runner_of(model), encode_request(CLIP, reference=2, cyclic=True))
    encoded = out[-1]
    assert isinstance(encoded, responses.Encoded)
    assert not encoded.motion.mean[2].any()
    assert encoded.motion.mean[:, 3].tolist() == [4, 5, 0, 1, 2, 3]
    np.testing.assert_array_equal(encoded.motion.times, CLIP.times)


def test_encoding_reports_progress_and_stops_when_cancelled() -> None:
    out = answers(runner_of(FakeModel()), encode_request(CLIP))
    shown = [r.fraction for r in out if isinstance(r, responses.Progress)]
    assert shown == sorted(shown)
    assert len(shown) > 2
    asked = iter([False] * 8 + [True] * 9)
    stopped = answers(runner_of(FakeModel()), encode_request(CLIP), lambda: next(asked))
    assert isinstance(stopped[-1], responses.Cancelled)


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (encode_request(CLIP, np.zeros(6, np.bool_)), "reference and cannot be dropped"),
        (encode_request(clip_of(1)), "has 1 frames"),
        (
            decode_request(replace(motion_of(6), model_hash="0" * 16), CLIP, [1]),
            "was made by the model fake",
        ),
        (
            decode_request(replace(motion_of(6), mean=np.zeros((6, 9), np.float32)), CLIP, [1]),
            "has 9 dimensions",
        ),
    ],
)
def test_what_a_user_can_mend_is_one_sentence(request_: Request, sentence: str) -> None:
    failed = answers(runner_of(FakeModel()), request_)[-1]
    assert isinstance(failed, responses.Failed)
    assert sentence in failed.message
    assert failed.hint
    assert not failed.details


def test_missing_checkpoint_is_an_answer() -> None:
    def load(name: str, _device: str) -> FakeModel:
        raise MotionStudioError(f"There is no checkpoint {name}.", "At hand: heart.")

    failed = answers(Runner(load=load, device=CPU), LoadRequest(model="hart"))[-1]
    assert isinstance(failed, responses.Failed)
    assert failed.message == "There is no checkpoint hart."


def test_capability_that_is_missing_is_said_plainly() -> None:
    runner = runner_of(FakeModel(capabilities=Capability.ENCODE | Capability.DECODE))
    failed = answers(runner, refine_request(motion_of(6), CLIP))[-1]
    assert isinstance(failed, responses.Failed)
    assert failed.message == "Fake cannot be fitted to a clip."


def test_unexpected_error_is_an_answer_with_details_and_the_runner_lives_on() -> None:
    model = FakeModel()
    model.fails = [KeyError("strange")]
    runner = runner_of(model)
    failed = answers(runner, decode_request(motion_of(6), CLIP, [1]))[-1]
    assert isinstance(failed, responses.Failed)
    assert "KeyError" in failed.message
    assert "Traceback" in failed.details
    assert 1 in frames(answers(runner, decode_request(motion_of(6), CLIP, [1])))


def oom() -> Exception:
    return torch.OutOfMemoryError("CUDA out of memory (injected)")


def notices(out: list[Response]) -> list[str]:
    return [response.text for response in out if isinstance(response, responses.Notice)]


def test_out_of_memory_frees_caches_first() -> None:
    model, motion = FakeModel(), motion_of(6)
    runner = runner_of(model)
    answers(runner, decode_request(motion, CLIP, [1]))
    model.fails = [MemoryError()]
    assert runner.gallery.bytes > 0
    out = answers(runner, decode_request(motion, CLIP, [2]))
    assert notices(out) == ["Memory ran out: cached pictures were dropped to make room."]
    assert 2 in frames(out)
    assert runner.gallery.lookup(decode_request(motion, CLIP, [1]), 1) is None


def test_out_of_memory_then_smaller_chunks_then_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
    model, motion = FakeModel(), motion_of(20)
    runner = runner_of(model, DeviceChoice("cuda", "pretended"))
    model.fails = [oom() for _ in range(6)]
    out = answers(runner, decode_request(motion, clip_of(20), range(20)))
    assert [len(rows) for rows in model.decoded[:7]] == [16, 16, 8, 4, 2, 1, 1]
    assert len(frames(out)) == 20
    assert model.devices == ["cpu"]
    assert runner.device == ("cpu", "the GPU's memory ran out")
    assert "on the CPU from here on" in notices(out)[-1]


def test_out_of_memory_on_the_cpu_too_is_one_sentence() -> None:
    model = FakeModel()
    model.fails = [MemoryError(), MemoryError()]
    runner = runner_of(model)
    failed = answers(runner, decode_request(motion_of(6), CLIP, [1]))[-1]
    assert isinstance(failed, responses.Failed)
    assert failed.message == "There is not enough memory for this."
    assert 1 in frames(answers(runner, decode_request(motion_of(6), CLIP, [1])))


def test_encoding_skips_the_smaller_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
    model = FakeModel()
    model.fails = [oom(), oom()]
    out = answers(runner_of(model, DeviceChoice("cuda", "pretended")), encode_request(CLIP))
    assert isinstance(out[-1], responses.Encoded)
    assert len(notices(out)) == 2
    assert model.devices == ["cpu"]


def test_clip_too_long_for_memory_names_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    runner = runner_of(FakeModel())
    monkeypatch.setattr(runner._prepared, "_clip_limit", 4 * 16 * 16 * 4)
    failed = answers(runner, encode_request(CLIP))[-1]
    assert isinstance(failed, responses.Failed)
    assert failed.message == "noise has 6 frames; at most 4 can be encoded at once."


def test_refining_tells_the_error_before_and_after() -> None:
    clip = replace(CLIP, frames=np.repeat(np.asarray(CLIP.frames[:1]), 6, axis=0))
    out = answers(runner_of(FakeModel()), refine_request(motion_of(6), clip))
    refined = out[-1]
    assert isinstance(refined, responses.Refined)
    assert 0 < refined.error_after < refined.error_before


def test_sampling_repeats_with_its_seed() -> None:
    def drawn(seed: int) -> Motion:
        request = SampleRequest(
            subject="s",
            revision=0,
            model="fake",
            source=picture_of(CLIP),
            transform=transform_of(CLIP),
            times=CLIP.times,
            seed=seed,
        )
        response = SyncEngine(runner_of(FakeModel())).ask(request, responses.Sampled)
        return response.motion

    np.testing.assert_array_equal(drawn(1).mean, drawn(1).mean)
    assert not np.array_equal(drawn(1).mean, drawn(2).mean)


@pytest.mark.parametrize("cyclic", [False, True])
def test_a_drawn_motion_rests_at_the_frame_that_is_animated(cyclic: bool) -> None:
    request = SampleRequest(
        subject="s",
        revision=0,
        model="fake",
        source=picture_of(CLIP, 2),
        transform=transform_of(CLIP),
        times=CLIP.times,
        seed=1,
        cyclic=cyclic,
        reference=2,
    )
    motion = SyncEngine(runner_of(FakeModel())).ask(request, responses.Sampled).motion
    assert [t for t, row in enumerate(motion.mean) if not row.any()] == [2]
    assert motion.kept.tolist() == [t == 2 for t in range(6)]
    np.testing.assert_array_equal(motion.times, CLIP.times)


def test_comparing_tells_the_error_against_the_withheld_truth() -> None:
    still = replace(motion_of(6), mean=np.zeros((6, 4), np.float32))
    out = answers(runner_of(FakeModel()), compare_request(still, CLIP, [0, 3]))
    errors = {r.frame: r.rmse for r in out if isinstance(r, responses.FrameError)}
    truth = np.asarray(CLIP.frames, np.float64) / 255
    assert errors[0] == 0
    assert errors[3] == pytest.approx(np.sqrt(np.mean((truth[3] - truth[0]) ** 2)), rel=1e-5)


def test_rendering_everything_gives_what_single_frames_give() -> None:
    motion = motion_of(6)
    rendered = SyncEngine(runner_of(FakeModel())).render(
        motion, np.asarray(CLIP.frames[0]), transform_of(CLIP), model="fake", inverse=True
    )
    single = frames(answers(runner_of(FakeModel()), decode_request(motion, CLIP, range(6))))
    assert rendered.frames.shape == (6, 20, 24, 1)
    for frame in range(6):
        np.testing.assert_array_equal(rendered.frames[frame], single[frame].picture)
    assert rendered.displacement is not None
    assert rendered.inverse is not None
    assert rendered.displacement.shape == rendered.inverse.shape == (6, 2, 20, 24)


def test_requests_and_answers_can_cross_a_process() -> None:
    request = decode_request(motion_of(6), CLIP, [1, 2])
    again = pickle.loads(pickle.dumps(request))
    assert (again.id, again.frames, again.lane) == (request.id, request.frames, request.lane)
    here = frames(answers(runner_of(FakeModel()), request))
    there = pickle.loads(pickle.dumps(frames(answers(runner_of(FakeModel()), again))))
    np.testing.assert_array_equal(here[2].picture, there[2].picture)
    assert there[2].id == request.id


def test_sync_engine_raises() -> None:
    with pytest.raises(Cancelled):
        SyncEngine(runner_of(FakeModel())).run(encode_request(CLIP), cancelled=lambda: True)


def test_frames_outside_the_motion_are_a_programming_error() -> None:
    request = decode_request(motion_of(6), CLIP, [6])
    with pytest.raises(ValueError, match=r"\[0, 6\), got \[6\]"):
        SyncEngine(runner_of(FakeModel())).run(request)


def test_a_transform_of_another_picture_is_a_programming_error() -> None:
    request = replace(decode_request(motion_of(6), CLIP, [1]), transform=Transform.fit((9, 9), 16))
    with pytest.raises(ValueError, match="source of"):
        SyncEngine(runner_of(FakeModel())).run(request)
