"""The spatio-temporal autoencoder: memory, flow, editing, filling and continuing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import GATES, MEMORY, RowKind
from motionstudio.core.warp import compose, warp
from motionstudio.models.configuration import from_plain
from motionstudio.models.prediction import Futures
from motionstudio.models.stae import STAE, STAEConfig
from motionstudio.models.stae_flow import carried_back, filled, inverse_of
from motionstudio.models.stae_model import STAEModel
from motionstudio.models.stae_objective import DELTA, Weights, gradients, objective, roughness
from motionstudio.models.stae_space import MemorySpace
from tests.models import tiny, tiny_stae

COUNT = 6


def _clip(count: int = COUNT) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return tiny.pictures(count, 1, 16), np.ones(count, bool), np.arange(count) / 10


def test_a_fresh_network_predicts_no_flow_so_that_the_next_frame_is_this_one() -> None:
    torch.manual_seed(0)
    frames = torch.rand(2, 4, 1, 16, 16)
    made, flows = STAE(STAEConfig(size=16, memory=4, features=4))(frames)
    assert not flows.any()
    torch.testing.assert_close(made, frames[:, :-1])


def test_a_prediction_never_looks_at_the_frame_it_predicts_nor_beyond() -> None:
    network, frames = tiny_stae.network(), torch.rand(1, 5, 1, 16, 16)
    other = frames.clone()
    other[:, 3:] = torch.rand(1, 2, 1, 16, 16)
    before, after = network(frames)[0], network(other)[0]
    torch.testing.assert_close(before[:, :3], after[:, :3], rtol=0, atol=0)
    assert (before[:, 3] != after[:, 3]).any(), "frame 3 is what the last one is made from"


def test_the_first_step_has_no_forget_gate_and_later_ones_have() -> None:
    motion = tiny_stae.fresh().encode(*_clip())
    gates = motion.state[GATES]
    assert gates.shape == (COUNT, 3)
    assert gates[0, 1] == 0
    assert (gates[1:] > 0).all()
    assert (gates < 1).all()


def test_the_objective_counts_errors_of_all_frames_the_first_little() -> None:
    network, frames = tiny_stae.network(), torch.rand(2, 4, 1, 16, 16)
    loss, terms = objective(network, frames, Weights(pixels=1.0, smoothness=0.0))
    wrong = (network(frames)[0] - frames[:, 1:]).square().sum((2, 3, 4)).mean(0)
    expected = (0.1 * wrong[0] + wrong[1] + wrong[2]) / 2.1
    torch.testing.assert_close(loss, expected / 10)
    torch.testing.assert_close(terms["squared error"], expected.detach())


def test_the_gradient_loss_does_not_see_a_constant_offset() -> None:
    frames = torch.rand(1, 2, 1, 8, 8)
    torch.testing.assert_close(gradients(frames), gradients(frames + 0.3), rtol=0, atol=1e-5)
    _, terms = objective(tiny_stae.network(), torch.rand(1, 3, 1, 16, 16), Weights(gradient=1.0))
    assert terms["gradients"] > 0


@pytest.mark.parametrize("slope", [DELTA / 2, DELTA, 4 * DELTA])
def test_roughness_is_huber_of_the_length_of_the_gradient(slope: float) -> None:
    ramp = slope * torch.arange(8.0).repeat(8, 1)
    flows = torch.stack([ramp, torch.zeros(8, 8)])[None, None]
    expected = slope**2 / 2 if slope <= DELTA else DELTA * (slope - DELTA / 2)
    torch.testing.assert_close(roughness(flows)[0, 0, 0], torch.full((6, 6), expected))
    assert not roughness(flows)[0, 0, 1].max() > 1e-5


def test_the_inverse_of_a_shift_is_the_shift_back() -> None:
    shift = torch.tensor([1.5, -2.0]).view(1, 2, 1, 1).expand(1, 2, 12, 12)
    torch.testing.assert_close(inverse_of(shift), -shift, rtol=0, atol=1e-3)
    torch.testing.assert_close(carried_back(shift), shift, rtol=0, atol=1e-3)


def test_plain_places_take_the_flow_of_textured_ones_around_them() -> None:
    flow = torch.randn(1, 2, 16, 16, generator=torch.Generator().manual_seed(0))
    flow[:, :, 6:10, 6:10] = torch.tensor([1.0, -0.5]).view(1, 2, 1, 1)
    weight = torch.zeros(1, 1, 16, 16)
    weight[..., 6:10, 6:10] = 1.0
    found = filled(flow, weight, 3.0)
    torch.testing.assert_close(found[0, :, 8, 12], torch.tensor([1.0, -0.5]), rtol=0.02, atol=0.02)
    assert filled(flow, weight, 0.0) is flow
    assert not filled(flow, torch.zeros_like(weight), 3.0).any()


def test_rows_are_pairs_and_decode_to_all_flows_composed() -> None:
    model, (frames, kept, times) = tiny_stae.fresh(), _clip()
    motion = model.encode(frames, kept, times)
    assert motion.rows is RowKind.PAIR
    assert len(motion.mean) == COUNT - 1
    assert np.array_equal(motion.row_times, np.stack([times[:-1], times[1:]], 1))
    found = model.decode(motion, frames[0], [0, 1, 2]).displacement
    flows = [model.overlays(motion, frames[0], row, ("flow",))["flow"] for row in range(3)]
    assert found is not None
    so_far = np.zeros_like(flows[0])
    for row, flow in enumerate(flows):
        so_far = compose(so_far, flow)
        np.testing.assert_allclose(found[row], so_far, atol=0.05)


def test_a_changed_row_changes_its_picture_and_later_ones_only() -> None:
    model, (frames, kept, times) = tiny_stae.fresh(), _clip()
    motion = model.encode(frames, kept, times)
    rows = range(COUNT - 1)
    before = model.decode(motion, frames[0], rows).displacement
    mean = motion.mean.copy()
    mean[2] += 2.0
    after = model.decode(replace(motion, mean=mean), frames[0], rows).displacement
    again = model.decode(replace(motion, mean=motion.mean.copy()), frames[0], rows).displacement
    assert before is not None
    assert after is not None
    np.testing.assert_array_equal(before[:2], after[:2])
    assert all((before[row] != after[row]).any() for row in rows[2:])
    np.testing.assert_array_equal(before, again)


def test_a_motion_without_its_memory_is_read_from_its_rows() -> None:
    """What is carried to a still has rows alone."""
    model, (frames, kept, times) = tiny_stae.fresh(), _clip()
    motion = model.encode(frames, kept, times)
    bare = replace(motion, state={})
    found = model.decode(bare, frames[0], [1, 3]).displacement
    assert found is not None
    assert np.isfinite(found).all()
    assert (found != model.decode(motion, frames[0], [1, 3]).displacement).any()


def test_a_dropped_frame_is_filled_with_what_the_memory_expects() -> None:
    model, (frames, kept, times) = tiny_stae.fresh(), _clip()
    kept[3] = False
    motion = model.encode(frames, kept, times)
    whole = model.encode(frames, np.ones(COUNT, bool), times)
    expected = model.overlays(whole, frames[0], 2, ("next frame",))["next frame"]
    taken = model.taken(motion, 3)
    assert taken is not None
    np.testing.assert_allclose(taken[0].numpy(), expected, atol=0.01)
    np.testing.assert_array_equal(motion.filled, ~kept[1:])
    np.testing.assert_array_equal(motion.mean[:3], whole.mean[:3])
    error = model.overlays(motion, frames[0], 2, ("next error",))["next error"]
    assert np.isnan(error).all(), "what was not seen is not measured"


def test_the_next_frame_is_the_one_before_bent_by_the_flow() -> None:
    model, (frames, kept, times) = tiny_stae.fresh(), _clip()
    motion = model.encode(frames, kept, times)
    maps = model.overlays(motion, frames[0], 3, ("flow", "next frame", "next error", "memory"))
    seen = np.round(frames[3] * 255) / 255
    bent = warp(np.moveaxis(seen, 0, -1).astype(np.float32), maps["flow"])
    np.testing.assert_allclose(maps["next frame"], np.moveaxis(bent, -1, 0), atol=2e-3)
    truth = np.round(frames[4] * 255) / 255
    np.testing.assert_allclose(maps["next error"], maps["next frame"] - truth, atol=1e-5)
    assert maps["memory"].shape == motion.state[MEMORY].shape[1:]


@pytest.mark.parametrize("config", [tiny_stae.CONFIG, tiny_stae.FEATURES])
def test_futures_take_in_what_they_made_and_are_all_alike(config: STAEConfig) -> None:
    model, (frames, _, _) = tiny_stae.fresh(config), _clip()
    shown: list[Futures] = []
    found = model.predict(frames, 4, futures=2, seed=1, reveal=shown.append)
    assert found.frames.shape == (2, 4, 1, 16, 16)
    assert found.rows is not None
    assert found.rows.shape == (2, 4, 3)
    np.testing.assert_array_equal(found.frames[0], found.frames[1])
    assert [len(one.frames[0]) for one in shown] == [1, 2, 3, 4]
    np.testing.assert_array_equal(model.predict(frames, 2).frames, found.frames[:1, :2])
    assert found.frames.min() >= 0
    assert found.frames.max() <= 1


def test_warped_features_are_drawn_and_say_so() -> None:
    model, (frames, kept, times) = tiny_stae.fresh(tiny_stae.FEATURES), _clip()
    assert model.card.draws
    decoded = model.decode(model.encode(frames, kept, times), frames[0], [1, 2])
    assert decoded.frames is not None
    assert decoded.frames.shape == (2, 1, 16, 16)
    assert decoded.displacement is not None


def test_rows_of_the_space_lead_back_to_the_pooled_memory() -> None:
    rng = np.random.default_rng(0)
    spread = rng.standard_normal((200, 3)) @ rng.standard_normal((3, 12))
    space = MemorySpace.fit(spread.astype(np.float32) + 2, 3)
    pooled = torch.from_numpy(spread.astype(np.float32) + 2)
    rows = space.rows(pooled)
    torch.testing.assert_close(space.pooled(rows), pooled, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(rows.std(0), torch.ones(3), atol=0.02, rtol=0)
    loaded = MemorySpace.from_arrays(space.arrays())
    assert torch.equal(loaded.basis, space.basis)


def test_configurations_that_do_not_fit_are_refused() -> None:
    for values in ({"size": 20}, {"kernel": 4}, {"warp": "air"}):
        with pytest.raises(ValueError, match="STAEConfig"):
            from_plain(STAEConfig, values)
    with pytest.raises(KeyError):
        from_plain(STAEConfig, {"depth": 3})
    card = tiny_stae.fresh().card.model_copy(update={"config": {"depth": 3}})
    with pytest.raises(MotionStudioError, match="depth"):
        STAEModel(card, {})
