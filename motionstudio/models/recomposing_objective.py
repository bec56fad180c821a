"""What recompositions of one clip say of each other: the loss of recomposing sequences.

A chain is a tuple of frame numbers that is walked from first to last. Chains between the same
two ends are equal; all chains that come back are the identity; forward, backward and coming back
differ. Nothing says what the motion is.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from motionstudio.models.recomposing import Recomposing, unit

MARGIN = 0.5
"""Cosine distance from which different chains are different enough."""
TEMPERATURE = 0.1
"""Of the comparison with other clips of the batch."""

Chain = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chains:
    """Recompositions of a clip.

    Attributes:
        forward: from the first frame to the last. ``backward``: the other way round.
        loops: ending where they began.
    """

    forward: tuple[Chain, ...]
    backward: tuple[Chain, ...]
    loops: tuple[Chain, ...]

    @property
    def all(self) -> tuple[Chain, ...]:
        """Every chain, forward ones first, loops last."""
        return (*self.forward, *self.backward, *self.loops)


def draw_chains(count: int, rng: np.random.Generator) -> Chains:
    """Chains over ``count`` frames: the whole way and three shorter ones, both ways, and loops."""
    whole = tuple(range(count))
    forward = (whole, *(_thinned(whole, rng) for _ in range(3)))
    backward = tuple(_thinned(whole, rng)[::-1] for _ in range(2)) + (whole[::-1],)
    at = int(rng.integers(count))
    loops = (*(_loop(count, rng) for _ in range(3)), (at, at, at))
    return Chains(forward, backward, loops)


def _thinned(chain: Chain, rng: np.random.Generator) -> Chain:
    """Both ends, and some of what is between."""
    inner = np.flatnonzero(rng.random(len(chain) - 2) < rng.uniform(0.2, 0.9)) + 1
    return (chain[0], *(chain[int(place)] for place in inner), chain[-1])


def _loop(count: int, rng: np.random.Generator) -> Chain:
    """There and back, by different frames."""
    low, high = sorted(rng.choice(count, 2, replace=False).tolist())
    way = tuple(range(low, high + 1))
    there, back = _thinned_or(way, rng), _thinned_or(way, rng)[::-1]
    loop = there + back[1:]
    return loop if rng.random() < 0.5 else (back + there[1:])


def _thinned_or(way: Chain, rng: np.random.Generator) -> Chain:
    return _thinned(way, rng) if len(way) > 2 else way


def embed_chains(network: Recomposing, clips: Tensor, chains: Sequence[Chain]) -> Tensor:
    """Unit embeddings (B, n, D) of ``chains`` of every clip (B, T, C, S, S).

    All pairs of all clips go through the network in one pass, each once.
    """
    links = sorted({link for chain in chains for link in itertools.pairwise(chain)})
    place = {link: number for number, link in enumerate(links)}
    first = torch.tensor([a for a, _ in links], device=clips.device)
    second = torch.tensor([b for _, b in links], device=clips.device)
    count = len(clips)
    seen = network.pairs(clips[:, first].flatten(0, 1), clips[:, second].flatten(0, 1))
    seen = seen.view(count, len(links), -1)
    longest = max(len(chain) for chain in chains) - 1
    order = torch.zeros(len(chains), longest, dtype=torch.long, device=clips.device)
    for row, chain in enumerate(chains):
        for step, link in enumerate(itertools.pairwise(chain)):
            order[row, step] = place[link]
    states = network.compose(seen[:, order].flatten(0, 1))
    ends = torch.tensor([len(chain) - 2 for chain in chains], device=clips.device)
    states = states.view(count, len(chains), longest, -1)
    last = states[:, torch.arange(len(chains), device=clips.device), ends]
    return unit(last)


def distances(one: Tensor, other: Tensor) -> Tensor:
    """``1 - cos`` (..., n, m) between unit vectors (..., n, D) and (..., m, D)."""
    return 1 - one @ other.transpose(-1, -2)


def objective(
    network: Recomposing,
    clips: Tensor,
    chains: Chains,
    moving: Tensor,
    *,
    contrast: float = 0.0,
    views: Tensor | None = None,
) -> tuple[Tensor, dict[str, Tensor]]:
    """The loss of a batch, and its parts.

    Args:
        network: in training mode.
        clips: (B, T, C, S, S) in [0, 1].
        chains: the same for all clips.
        moving: (B,) bool, clips whose ends differ enough for forward not to be a loop.
        contrast: weight of the comparison with the other clips of the batch; 0: none.
        views: the same clips in other tones, for that comparison; None: as they are.
    """
    found = embed_chains(network, clips, chains.all)
    forward = found[:, : len(chains.forward)]
    backward = found[:, len(chains.forward) : -len(chains.loops)]
    loops = found[:, -len(chains.loops) :]
    across = loops.roll(1, 0)
    alike = torch.stack(
        [
            _among(forward),
            _among(backward),
            _among(loops),
            distances(loops, across).mean((1, 2)),
        ]
    ).mean()
    apart = torch.stack(
        [_hinge(forward, backward), _hinge(forward, loops), _hinge(backward, loops)]
    ).mean(0)
    weight = moving.float()
    different = (apart * weight).sum() / weight.sum().clamp(min=1)
    loss = alike + different
    parts = {"alike": alike.detach(), "different": different.detach()}
    if contrast > 0:
        other = forward[:, 1]
        if views is not None:
            other = embed_chains(network, views, chains.forward[1:2])[:, 0]
        others = _contrast(forward[moving, 0], other[moving])
        loss = loss + contrast * others
        parts["contrast"] = others.detach()
    return loss, parts


def _among(group: Tensor) -> Tensor:
    """(B,) mean distance between the members of a group (B, n, D)."""
    between = distances(group, group)
    count = group.shape[1]
    return between.sum((1, 2)) / (count * (count - 1))


def _hinge(one: Tensor, other: Tensor) -> Tensor:
    """(B,) how much two groups fall short of the margin."""
    return F.relu(MARGIN - distances(one, other)).mean((1, 2))


def _contrast(one: Tensor, other: Tensor) -> Tensor:
    """Two recompositions (B, D) of a clip find each other among those of the other clips."""
    if len(one) < 2:
        return one.sum() * 0
    scores = one @ other.T / TEMPERATURE
    wanted = torch.arange(len(one), device=one.device)
    return (F.cross_entropy(scores, wanted) + F.cross_entropy(scores.T, wanted)) / 2
