"""Trials of models that compose motion, on sequences whose truth is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float
from motionstudio.core.motion_windows import Links, Span, chain, links_of, recompositions, windows
from motionstudio.core.picture import Transform, intensity_range
from motionstudio.datasets import make
from motionstudio.evaluation.motion_baselines import flow_histogram, pixel_vector
from motionstudio.io import read_clip
from motionstudio.models.recomposer import Recomposer
from motionstudio.models.recomposing_model import RecomposingModel
from motionstudio.training.recomposing_held_out import (
    FIRST_HELD_OUT,
    linear_probe,
    neighbour_errors,
)

FRAMES = 7
SPRITES = Path("sprites_lpc/lpc_shared.npz")
GESTURES = tuple(Path(f"asl_gestures/{name}.mkv") for name in ("help", "milk", "please", "walk"))
_HELD_OUT = (5, 11, 17, 23, 29, 35)
_SEED = 16
_WINDOW = 15
_DIGIT: Mapping[str, object] = {
    "size": 32, "frames": FRAMES, "motion": "bounce", "height": 0.44, "frames_only": True,
}  # fmt: skip

Bytes = NDArray[np.uint8]
Double = NDArray[np.float64]
Embed = Callable[[Float], Float]


def digits(count: int, first: int = 0) -> tuple[Float, Double]:
    """(n, T, 1, 32, 32) held-out moving digits and their net displacements (n, 2) in pixels."""
    made = [make("digits", _DIGIT, _SEED, FIRST_HELD_OUT + first + n) for n in range(count)]
    moved = np.stack([one.factors[-1, :2] - one.factors[0, :2] for one in made])
    return np.stack([one.frames for one in made]), moved.astype(np.float64)


@dataclass(frozen=True, slots=True)
class Probe:
    """What an embedding of moving digits tells.

    Attributes:
        distances: cosine distances of the way there to itself by fewer frames, to the way back
            and to going there and back.
        fit: R2 of the net displacement from the embedding by ridge regression.
        nearest, anyone: pixels between displacements of nearest neighbours, and of any two.
    """

    distances: tuple[float, float, float]
    fit: float
    nearest: float
    anyone: float


def probe(model: Recomposer, clips: Float, moved: Double) -> Probe:
    """Measure ``model`` on moving digits."""
    whole = tuple(range(FRAMES))
    chains = [links_of(w) for w in (whole, whole[::2], whole[::-1], (0, 3, 6, 3, 0))]
    found = np.stack([model.recompose(clip, chains) for clip in clips])
    apart = 1 - (found[:, :1] * found[:, 1:]).sum(-1).mean(0)
    nearest, anyone = neighbour_errors(found[:, 0], moved)
    fit = linear_probe(found[:, 0], moved, round(0.7 * len(clips)))
    same, back, loop = (float(value) for value in apart)
    return Probe((same, back, loop), fit, nearest, anyone)


def untrained(model: RecomposingModel, seed: int = 0) -> RecomposingModel:
    """The same network with random weights."""
    import torch

    from motionstudio.models.recomposing import Recomposing

    torch.manual_seed(seed)
    network = Recomposing(model.config)
    network.identity.copy_(torch.randn(model.config.dims))
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    return RecomposingModel(model.card, weights)


def embeddings(model: Recomposer) -> Mapping[str, Embed]:
    """Ways to compare windows (T, C, S, S), by name: the model's and two without learning."""

    def learned(frames: Float) -> Float:
        found: Float = model.recompose(frames, [chain(Span(0, len(frames) - 1))])[0]
        return found

    return {"model": learned, "pixels": pixel_vector, "flow histogram": flow_histogram}


def sprite_clips(data: Path, size: int) -> tuple[Float, NDArray[np.str_], NDArray[np.intp]]:
    """Clips of held-out characters (n, 8, 3, S, S), what each does, and who it is."""
    with np.load(data / SPRITES, allow_pickle=False) as arrays:
        _, who = np.unique(arrays["attributes"], axis=0, return_inverse=True)
        chosen = np.flatnonzero(np.isin(who.reshape(-1), _HELD_OUT))
        frames, who = arrays["frames"][chosen], who.reshape(-1)[chosen]
        does = np.char.add(np.char.add(arrays["action"], " "), arrays["direction"])[chosen]
    transform = Transform.fit(frames.shape[2:4], size, range=(0.0, 255.0))
    return np.stack([transform.apply(clip, 3) for clip in frames]), does, who


def found_among_others(
    asked: Float, rows: Float, does: NDArray[np.str_], who: NDArray[np.intp]
) -> float:
    """Share of clips ``asked`` (n, E) whose most alike clip of another subject does the same."""
    alike = asked @ rows.T
    alike[who[:, None] == who[None]] = -np.inf
    return float((does[alike.argmax(1)] == does).mean())


def gesture_windows(data: Path, size: int) -> tuple[list[Float], list[tuple[int, Span]]]:
    """Windows of half a second of held-out gestures, and where each is."""
    clips, places = [], []
    for number, name in enumerate(GESTURES):
        clip = read_clip(data / name)
        transform = Transform.fit(clip.size, size, range=intensity_range(clip))
        frames = transform.apply(np.stack([clip.frames[t] for t in range(len(clip))]), 3)
        for span in windows(len(clip), _WINDOW, _WINDOW // 3):
            clips.append(frames[span.start : span.stop + 1])
            places.append((number, span))
    return clips, places


def in_other_tones(frames: Float) -> Float:
    """The same seen darker, inverted and from nearer."""
    edge = max(1, frames.shape[-1] // 16)
    inner = frames[..., edge:-edge, edge:-edge]
    size = frames.shape[-1]
    nearer = Transform.fit(inner.shape[2:], size, range=(0.0, 1.0)).apply(
        np.moveaxis(inner, 1, -1), frames.shape[1]
    )
    return (0.9 - 0.7 * nearer).astype(np.float32)


def moments_found(
    embed: Embed, clips: Sequence[Float], places: Sequence[tuple[int, Span]]
) -> tuple[float, float]:
    """Of windows seen in other tones: share whose most alike is of the same clip, and moment."""
    rows = np.stack([embed(frames) for frames in clips])
    asked = np.stack([embed(in_other_tones(frames)) for frames in clips])
    best = [places[found] for found in (asked @ rows.T).argmax(1).tolist()]
    pairs = list(zip(places, best, strict=True))
    same = [one[0] == other[0] for one, other in pairs]
    moment = [one[0] == other[0] and one[1].overlaps(other[1]) >= 0.5 for one, other in pairs]
    return float(np.mean(same)), float(np.mean(moment))


def saliency_area(model: RecomposingModel, count: int) -> float:
    """How well saliency tells a moving digit's pixels from a still one's: area under the ROC."""
    moving, _ = digits(count, 1000)
    still, _ = digits(count, 3000)
    areas = []
    for clip, other in zip(moving, still, strict=True):
        rest = np.repeat(other[:1], FRAMES, 0)
        maps = model.saliency(np.maximum(clip, rest))[-1]
        moves, rests = clip[-1, 0] > 0.5, rest[-1, 0] > 0.5
        areas.append(_area(maps[moves & ~rests], maps[rests & ~moves]))
    return float(np.mean(areas))


def _area(high: Float, low: Float) -> float:
    """Probability that one of ``high`` is above one of ``low``."""
    if not len(high) or not len(low):
        return 0.5
    ranks = np.concatenate([high, low]).argsort().argsort() + 1
    above = ranks[: len(high)].sum() - len(high) * (len(high) + 1) / 2
    return float(above / (len(high) * len(low)))


@dataclass(frozen=True, slots=True)
class TwoMotions:
    """Two digits that move on their own in one picture, seen through small windows.

    Attributes:
        fit: R2 of their displacements by a probe that knew single digits only.
        found: share whose place is among the two places that move most.
    """

    fit: float
    found: float


def two_motions(model: Recomposer, count: int) -> TwoMotions:
    """Where two motions are, and what they are, by windows of 32 of 64 pixels."""
    clips, moved = digits(max(80, count), 5000)
    rows = _rows(model, clips)
    system = rows.T @ rows + 1e-2 * np.eye(rows.shape[1])
    weights = np.linalg.solve(system, rows.T @ moved)
    both, truths = digits(2 * count, 7000)
    told, found = [], []
    rng = np.random.default_rng(_SEED)
    for number in range(count):
        scene = np.zeros((FRAMES, 1, 64, 64), np.float32)
        left, right = rng.integers(0, 33, 2)
        corners = ((0, int(left)), (32, int(right)))
        for (y, x), clip in zip(corners, both[2 * number : 2 * number + 2], strict=True):
            scene[..., y : y + 32, x : x + 32] = clip
        told.append(
            _rows(model, np.stack([scene[..., y : y + 32, x : x + 32] for y, x in corners]))
        )
        found.extend(_seen(model, scene, corners))
    guessed = np.concatenate(told) @ weights
    missed = ((guessed - truths) ** 2).sum()
    return TwoMotions(
        float(1 - missed / ((truths - truths.mean(0)) ** 2).sum()), float(np.mean(found))
    )


def _rows(model: Recomposer, clips: Float) -> Double:
    links = links_of(tuple(range(FRAMES)))
    rows = np.stack([model.recompose(clip, [links])[0] for clip in clips])
    return np.concatenate([rows, np.ones((len(rows), 1))], 1).astype(np.float64)


def _seen(model: Recomposer, scene: Float, corners: Sequence[tuple[int, int]]) -> list[bool]:
    """Whether each motion is near one of the two windows furthest from standing still."""
    links: Links = links_of(tuple(range(FRAMES)))
    places = [(y, x) for y in range(0, 33, 8) for x in range(0, 33, 8)]
    away = []
    for y, x in places:
        row = model.recompose(scene[..., y : y + 32, x : x + 32], [links])[0]
        away.append(float(1 - row @ model.identity))
    order = np.argsort(-np.array(away))
    first = places[int(order[0])]
    rest = (places[int(i)] for i in order[1:])
    second = next(p for p in rest if max(abs(p[0] - first[0]), abs(p[1] - first[1])) > 16)
    return [any(max(abs(y - a), abs(x - b)) <= 12 for a, b in (first, second)) for y, x in corners]


def laws_of(model: Recomposer, path: Path, size: int, channels: int) -> tuple[float, float]:
    """Of a real clip: the mean distance of recompositions of a second, and that of the way back."""
    clip = read_clip(path)
    transform = Transform.fit(clip.size, size, range=intensity_range(clip))
    count = min(120, len(clip))
    frames = transform.apply(np.stack([clip.frames[t] for t in range(count)]), channels)
    spread, back = [], []
    for span in windows(count, 12, 12):
        chains = [chain(span), chain(span, backward=True), *recompositions(span, 6, 0)]
        rows = model.recompose(frames, chains)
        spread.append(1 - float((rows[2:] @ rows[0]).mean()))
        back.append(1 - float(rows[1] @ rows[0]))
    return float(np.mean(spread)), float(np.mean(back))
