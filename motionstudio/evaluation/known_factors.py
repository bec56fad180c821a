"""Sequences whose factors are known, and what each row of a model ought to tell of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import ORIGIN, Float, Motion, RowKind
from motionstudio.core.picture import Transform
from motionstudio.core.picture_rows import frames_shown
from motionstudio.datasets import make
from motionstudio.datasets.mnist import IMAGES
from motionstudio.evaluation.domains import FIRST_TEST, SEED
from motionstudio.evaluation.material import Material, generated, of_sample
from motionstudio.models.base import ModelCard
from motionstudio.training.recipe import ArraySource, GeneratorSource, read_recipe

Double = NDArray[np.float64]
Whole = NDArray[np.intp]

SUBJECTS = 60
ROWS = 6
"""Rows of a sequence that are looked at, spread evenly over it."""

VALUE, CHANGE, STEP = "its value", "its change since the first frame", "its last step"
_STEPS = frozenset(("u", "w"))
"""Factors that are steps from one frame to the next by themselves."""

_WRITTEN: Mapping[str, object] = {"frames": 1, "height": 0.7}
_PICTURES = 4
"""Single pictures in place of a sequence: there is one row in each."""

_SAME = 0.999
_STILL = 1e-6


@dataclass(frozen=True, slots=True)
class Known:
    """Sequences with factors.

    Attributes:
        items: the sequences.
        source: what they are, for people.
        groups: a number for each sequence; those of one number are never divided between what a
            probe is fitted on and what it is tested on.
    """

    items: tuple[Material, ...]
    source: str
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Paired:
    """Rows of a model beside what they should tell.

    Attributes:
        latents: (n, D).
        factors: (n, K), and ``names`` of those that vary.
        clips, groups: (n,) the sequence of each row, and the number that it is held out by.
        frames: (n, 2) the frame shown, and the one that its factors are counted from (-1: none).
        dropped: factors left out because another one tells the same, with its name.
        told: which of ``VALUE``, ``CHANGE`` and ``STEP`` the factors are.
    """

    latents: Double
    factors: Double
    names: tuple[str, ...]
    clips: Whole
    groups: Whole
    frames: Whole
    dropped: Mapping[str, str]
    told: str


def known_material(card: ModelCard, data: Path | None, count: int = SUBJECTS) -> Known | None:
    """Sequences with factors that the checkpoint was never trained on; None: there are none.

    They come from the first generator of its recipe whose factors vary. Models of handwriting are
    given written digits, one picture each; models of sprites held-out characters in movements
    whose name is known.

    Args:
        card: of the checkpoint.
        data: folder of the real data, which characters need.
        count: how many sequences.
    """
    if card.path is None or not (card.path / "recipe.toml").exists():
        return None
    sources = read_recipe(card.path / "recipe.toml").data
    generators = [s for s in sources if isinstance(s, GeneratorSource)]
    if known := _generated(generators, card, count):
        return known
    if IMAGES in [f for s in sources if not isinstance(s, GeneratorSource) for f in _files(s)]:
        return _apart(tuple(_digits(card, _PICTURES * count)), "written digits, generated")
    if data is None:
        return None
    held_out = [s for s in sources if isinstance(s, ArraySource) and s.hold_out]
    found = (_characters(source, data / source.file, card) for source in held_out)
    return next((known for known in found if known is not None), None)


def _generated(sources: Sequence[GeneratorSource], card: ModelCard, count: int) -> Known | None:
    """Sequences of the first generator whose factors vary."""
    for source in sources:
        if source.params.get("frames") != 1:
            items = tuple(generated(source.generator, source.params, card, count))
            if items and items[0].factor_names:
                return _apart(items, f"sequences of the generator {source.generator}")
    return None


def _apart(items: tuple[Material, ...], what: str) -> Known:
    """Sequences that have nothing to do with one another."""
    return Known(items, f"{len(items)} {what}", tuple(range(len(items))))


def told_by(motion: Motion) -> str:
    """Which of ``VALUE``, ``CHANGE`` and ``STEP`` of a factor the rows of a motion are about.

    A row of a pair of frames is about what happened between them; rows of single frames about how
    things are, where the code of the first frame is known; others about what changed since then.
    """
    if motion.rows is RowKind.PAIR:
        return STEP
    single = motion.rows is RowKind.GLIMPSE or ORIGIN in motion.state
    return VALUE if single else CHANGE


def paired(known: Known, motions: Sequence[Motion]) -> Paired:
    """The rows of all sequences and what they should tell, at most ``ROWS`` of each."""
    told = told_by(motions[0])
    latents, factors, frames, clips = [], [], [], []
    for number, (item, motion) in enumerate(zip(known.items, motions, strict=True)):
        rows, shown = _shown(motion, len(item.frames))
        first = 0 if told == VALUE else 1
        chosen = np.flatnonzero(shown >= first)
        chosen = chosen[np.unique(np.linspace(0, len(chosen) - 1, ROWS).round().astype(int))]
        here = shown[chosen]
        since = {VALUE: np.full_like(here, -1), CHANGE: 0 * here, STEP: here - 1}[told]
        latents.append(rows[chosen])
        factors.append(_told(item, here, since))
        frames.append(np.stack([here, since], 1))
        clips.append(np.full(len(here), number))
    whole = np.concatenate(clips).astype(np.intp)
    values = np.concatenate(factors)
    kept, dropped = _different(values, known.items[0].factor_names)
    names = tuple(known.items[0].factor_names[k] for k in kept)
    groups = np.asarray(known.groups, np.intp)[whole]
    places = np.concatenate(frames).astype(np.intp)
    return Paired(np.concatenate(latents), values[:, kept], names, whole, groups, places, dropped,
                  told)  # fmt: skip


def _shown(motion: Motion, count: int) -> tuple[Double, Whole]:
    """Rows (n, D) and the frame that each shows; glimpses of a frame together are one row."""
    rows, shown = motion.mean.astype(np.float64), frames_shown(motion)
    # Rows are relative to the first frame's code, which single frames are about, too.
    rows = rows + motion.state.get(ORIGIN, np.zeros(1)).astype(np.float64)
    if motion.rows is RowKind.GLIMPSE:
        frames = np.unique(shown)
        rows, shown = np.stack([rows[shown == t].ravel() for t in frames]), frames
    # A single picture may have been repeated for a model that wants two.
    inside = shown < count
    return rows[inside], np.asarray(shown[inside], np.intp)


def _told(item: Material, here: Whole, since: Whole) -> Double:
    assert item.factors is not None
    values = item.factors.astype(np.float64)
    counted = np.where(since[:, None] >= 0, values[np.maximum(since, 0)], 0.0)
    already = np.array([name in _STEPS for name in item.factor_names])
    return np.where(already, values[here], values[here] - counted)


def _different(values: Double, names: Sequence[str]) -> tuple[list[int], dict[str, str]]:
    """Factors that vary and are no copy of an earlier one, and what copies are copies of."""
    spread = values.std(0)
    kept: list[int] = []
    dropped: dict[str, str] = {}
    for k in map(int, np.flatnonzero(spread > _STILL * (1 + np.abs(values).max(0)))):
        alike = [j for j in kept if abs(np.corrcoef(values[:, j], values[:, k])[0, 1]) > _SAME]
        if alike:
            dropped[names[k]] = names[alike[0]]
        else:
            kept.append(k)
    return kept, dropped


def _digits(card: ModelCard, count: int) -> Iterator[Material]:
    """Single written digits; how they are written is what is known."""
    for index in range(FIRST_TEST, FIRST_TEST + count):
        sample = make("digits", {**_WRITTEN, "size": card.size}, SEED, index)
        hand = sample.meta.subject["hands"]
        assert isinstance(hand, tuple)
        facts: Mapping[str, float] = hand[0]
        names = tuple(facts)
        factors = np.array([[facts[name] for name in names]], np.float32)
        yield replace(of_sample(sample, card), factors=factors, factor_names=names)


def _characters(source: ArraySource, path: Path, card: ModelCard) -> Known | None:
    """Held-out characters in movements; the probe is tested on characters it has not seen."""
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as arrays:
        if not {"action", "direction", "attributes"} <= set(arrays.files):
            return None
        frames, action = arrays["frames"], arrays["action"]
        direction, attributes = arrays["direction"], arrays["attributes"]
    looks = np.unique(["|".join(map(str, a)) for a in attributes], return_inverse=True)[1]
    transform = Transform.fit(frames.shape[2:4], card.size, range=(0.0, 255.0))
    actions, directions = np.unique(action), np.unique(direction)
    names = (*(f"is {a}" for a in actions), *(f"faces {d}" for d in directions))
    chosen = np.flatnonzero(np.isin(looks, source.hold_out))
    items = []
    for i in chosen:
        flags = [*(action[i] == actions), *(direction[i] == directions)]
        factors = np.repeat(np.array([flags], np.float32), frames.shape[1], 0)
        pictures: Float = transform.apply(frames[i], channels=card.channels)
        times = np.arange(len(pictures)) / 8.0
        items.append(Material(f"character {looks[i]} {action[i]} {direction[i]}", pictures, times,
                              factors=factors, factor_names=names))  # fmt: skip
    count = len(np.unique(looks[chosen]))
    groups = tuple(int(n) for n in looks[chosen])
    return Known(tuple(items), f"{len(items)} movements of {count} held-out characters", groups)


def _files(source: object) -> tuple[str, ...]:
    if isinstance(source, ArraySource):
        return (source.file,)
    return tuple(getattr(source, "files", ()))
