"""Recomposing: chains, the laws that the loss is made of, and the model behind the protocol."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from motionstudio.core.motion import DISTANCE, TRUTH, RowKind
from motionstudio.models.base import Capability, OverlayModel, Unsupported
from motionstudio.models.configuration import from_plain, to_plain
from motionstudio.models.recomposer import Recomposer
from motionstudio.models.recomposing import RecomposingConfig
from motionstudio.models.recomposing_objective import (
    MARGIN,
    draw_chains,
    embed_chains,
    objective,
)
from tests.models.tiny import pictures
from tests.models.tiny_recomposing import CONFIG, fresh, network

FRAMES = 7


def _clips(count: int = 3) -> torch.Tensor:
    made = [pictures(FRAMES, 1, CONFIG.size) for _ in range(count)]
    shifted = [np.roll(one, 2 * place, -1) for place, one in enumerate(made)]
    return torch.from_numpy(np.stack(shifted))


@pytest.mark.parametrize("seed", range(8))
def test_chains_walk_between_the_ends_and_loops_come_back(seed: int) -> None:
    chains = draw_chains(FRAMES, np.random.default_rng(seed))
    assert all((chain[0], chain[-1]) == (0, FRAMES - 1) for chain in chains.forward)
    assert all((chain[0], chain[-1]) == (FRAMES - 1, 0) for chain in chains.backward)
    assert all(chain[0] == chain[-1] for chain in chains.loops)
    assert chains.forward[0] == tuple(range(FRAMES))
    assert all(len(chain) > 1 for chain in chains.all)


def test_a_chain_is_what_the_network_says_of_its_pairs_in_order() -> None:
    made, clips = network(), _clips()
    chain = (0, 3, 1, 6)
    with torch.no_grad():
        found = embed_chains(made, clips, [chain, (2, 5)])[:, 0]
        seen = torch.stack(
            [made.pairs(clips[:, a], clips[:, b]) for a, b in ((0, 3), (3, 1), (1, 6))], 1
        )
        expected = made.compose(seen)[:, -1]
    expected = expected / expected.norm(dim=-1, keepdim=True)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(found.norm(dim=-1), torch.ones(len(clips)))


def test_the_loss_falls_to_nothing_where_the_laws_hold() -> None:
    """A network that tells displacement exactly keeps every law with a margin."""

    class Exact:
        def pairs(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
            return torch.stack([_place(second) - _place(first)], -1)

        def compose(self, features: torch.Tensor) -> torch.Tensor:
            moved = features.cumsum(1)[..., 0]
            angle = torch.clamp(moved * 100, -1, 1) * np.pi / 2
            return torch.stack([torch.sin(angle), torch.cos(angle)], -1)

    def _place(frames: torch.Tensor) -> torch.Tensor:
        return frames.flatten(1).argmax(1).float()

    clips = torch.zeros(4, FRAMES, 1, 8, 8)
    for t in range(FRAMES):
        clips[:, t, 0, t, t] = 1
    chains = draw_chains(FRAMES, np.random.default_rng(0))
    loss, parts = objective(Exact(), clips, chains, torch.ones(4, dtype=torch.bool))  # type: ignore[arg-type]
    assert float(loss) == pytest.approx(0, abs=1e-5)
    assert float(parts["different"]) == pytest.approx(0, abs=1e-5)


def test_still_clips_are_never_told_apart_from_themselves() -> None:
    made = network().train()
    chains = draw_chains(FRAMES, np.random.default_rng(1))
    clips = _clips()
    _, still = objective(made, clips, chains, torch.zeros(3, dtype=torch.bool), contrast=0.5)
    assert float(still["different"]) == 0
    assert float(still["contrast"]) == 0
    _, moving = objective(made, clips, chains, torch.ones(3, dtype=torch.bool), contrast=0.5)
    assert 0 < float(moving["different"]) <= 3 * MARGIN
    assert float(moving["contrast"]) > 0


def test_rows_are_prefixes_and_distances_come_with_them() -> None:
    model = fresh()
    frames = pictures(6, 1, CONFIG.size)
    motion = model.encode(frames, np.ones(6, bool), np.arange(6.0))
    assert motion.rows is RowKind.PREFIX
    assert motion.mean.shape == (5, CONFIG.dims)
    links = [(0, 1), (1, 2), (2, 3)]
    chain = model.recompose(frames, [links])[0]
    row = motion.mean[2] / np.linalg.norm(motion.mean[2])
    np.testing.assert_allclose(chain, row, atol=1e-5)
    expected = 1 - row @ model.identity
    assert float(np.asarray(motion.state[DISTANCE])[2, 0]) == pytest.approx(expected, abs=1e-5)


def test_dropped_frames_are_never_looked_at() -> None:
    model, frames = fresh(), pictures(6, 1, CONFIG.size)
    kept = np.array([True, True, False, True, False, True])
    one = model.encode(frames, kept, np.arange(6.0))
    other_frames = frames.copy()
    other_frames[~kept] = 0.123
    other = model.encode(other_frames, kept, np.arange(6.0))
    np.testing.assert_array_equal(one.mean, other.mean)
    np.testing.assert_array_equal(np.asarray(one.state[TRUTH]), np.asarray(other.state[TRUTH]))
    assert np.flatnonzero(one.filled).tolist() == [1, 3]
    np.testing.assert_allclose(one.mean[1], (one.mean[0] + one.mean[2]) / 2, atol=1e-6)


def test_equal_chains_give_equal_vectors_whatever_else_is_asked() -> None:
    model, frames = fresh(), pictures(6, 1, CONFIG.size)
    assert isinstance(model, Recomposer)
    chains = [[(0, 2), (2, 5)], [(5, 0)], [(0, 2), (2, 5)], [(1, 1)]]
    found = model.recompose(frames, chains)
    np.testing.assert_array_equal(found[0], found[2])
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(model.recompose(frames, chains[1:2])[0], found[1], atol=1e-6)
    for wrong in ([[]], [[(0, 6)]], [[(-1, 0)]]):
        with pytest.raises(ValueError, match="recompose"):
            model.recompose(frames, wrong)


def test_saliency_is_highest_where_the_network_would_notice_a_change() -> None:
    model = fresh()
    frames = np.zeros((3, 1, CONFIG.size, CONFIG.size), np.float32)
    motion = model.encode(frames, np.ones(3, bool), np.arange(3.0))
    assert isinstance(model, OverlayModel)
    found = model.overlays(motion, frames[0], 1, ("saliency",))["saliency"]
    assert found.shape == (1, CONFIG.size, CONFIG.size)
    assert 0 <= found.min() <= found.max() <= 1
    with torch.inference_mode():
        again = model.overlays(motion, frames[0], 1, ("saliency",))["saliency"]
    np.testing.assert_allclose(found, again, atol=1e-6)
    assert model.overlays(motion, frames[0], 1, ()) == {}


def test_what_it_cannot_do_says_so() -> None:
    model = fresh()
    assert Capability.DECODE not in model.card.capabilities
    motion = model.encode(pictures(4, 1, 16), np.ones(4, bool), np.arange(4.0))
    with pytest.raises(Unsupported):
        model.decode(motion, pictures(1, 1, 16)[0], [0])


def test_configurations_go_through_cards() -> None:
    assert from_plain(RecomposingConfig, to_plain(CONFIG)) == CONFIG
    with pytest.raises(KeyError):
        from_plain(RecomposingConfig, {"depth": 3})
    with pytest.raises(ValueError, match="halves"):
        RecomposingConfig(size=30, widths=(4, 4, 4))
