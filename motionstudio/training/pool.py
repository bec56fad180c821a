"""The pool: every sequence of a recipe, small and ready, cached in one file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.phase import phases
from motionstudio.core.picture import Transform, intensity_range
from motionstudio.datasets import PAIR_GENERATORS, Sample, make_pair
from motionstudio.io import read_clip
from motionstudio.training.mapped_pool import MappedPool, write_pool
from motionstudio.training.own_systems import OwnClips, known
from motionstudio.training.recipe import (
    ArraySource,
    ClipSource,
    DataSource,
    GeneratorSource,
    Recipe,
)
from motionstudio.training.sequence import Sequence as Sequence

_READ = 32
"""Frames of a file that are in memory at the same time."""


class NothingThere(MotionStudioError):
    """None of a recipe's data is there."""


class PictureShape(Protocol):
    """What the pool needs of a model's configuration."""

    @property
    def size(self) -> int:
        """Side of the square picture."""

    @property
    def channels(self) -> int:
        """1 or 3."""


def build_pool(
    recipe: Recipe, config: PictureShape, data: Path | None, tell: Callable[[str], None]
) -> list[Sequence]:
    """All sequences of ``recipe``; ``tell`` gets a plain sentence for what is absent."""
    return list(each_sequence(recipe, config, data, tell))


def each_sequence(
    recipe: Recipe, config: PictureShape, data: Path | None, tell: Callable[[str], None]
) -> Iterator[Sequence]:
    """``build_pool``, one sequence at a time: none is kept here."""
    motion = 0
    for number, source in enumerate(recipe.data):
        count = last = 0
        for item in _read_source(source, config, data, tell, recipe):
            count, last = count + 1, max(last, item.motion)
            yield replace(item, source=number, motion=item.motion + motion)
        motion += 1 + last
        tell(f"{_describe(source)}: {count} sequence{'s' * (count != 1)}")


def cached_pool(
    recipe: Recipe,
    config: PictureShape,
    data: Path | None,
    folder: Path,
    tell: Callable[[str], None],
) -> MappedPool:
    """``build_pool``, kept in ``folder`` under a name that its ingredients determine, and mapped.

    Raises:
        NothingThere: there is no sequence at all.
        MotionStudioError: a clip cannot be read.
        OSError: the disk is full, or the folder cannot be written.
    """
    present = [_is_there(data, name) for name in _files(recipe)]
    fields = recipe.field_weight > 0
    wanted = (present, fields, recipe.data, recipe.seed, config.size, config.channels)
    key = repr((4, *wanted, *(["parts"] if recipe.wants_parts else [])))
    path = folder / f"pool-{hashlib.sha256(key.encode()).hexdigest()[:12]}.json"
    if not path.exists() and not write_pool(path, each_sequence(recipe, config, data, tell)):
        raise NothingThere(
            "None of the recipe's data is there.",
            "Name the data folder with --data; single pictures teach no motion.",
        )
    return MappedPool(path)


def _is_there(data: Path | None, name: str) -> bool:
    # People's own clips are named by absolute paths, which need no data folder.
    if data is None:
        return Path(name).is_absolute() and Path(name).exists()
    return (data / name).exists()


def _files(recipe: Recipe) -> list[str]:
    return [name for source in recipe.data for name in _files_of(source)]


def _files_of(source: DataSource) -> tuple[str, ...]:
    if isinstance(source, GeneratorSource):
        return ()
    return source.files if isinstance(source, ClipSource) else (source.file,)


def _describe(source: DataSource) -> str:
    if isinstance(source, GeneratorSource):
        return f"generator {source.generator}"
    if isinstance(source, ArraySource):
        return source.file
    return f"{len(source.files)} clip{'s' * (len(source.files) != 1)}"


def _read_source(
    source: DataSource,
    config: PictureShape,
    data: Path | None,
    tell: Callable[[str], None],
    recipe: Recipe,
) -> Iterator[Sequence]:
    if isinstance(source, GeneratorSource):
        yield from _generate(source, config, recipe)
    elif data is None and not any(_is_there(None, name) for name in _files_of(source)):
        tell(f"{_describe(source)}: absent, because no data folder was given or found")
    elif isinstance(source, ClipSource):
        yield from _read_clips(source, config, data or Path(), tell, known(recipe.system))
    else:
        yield from _read_arrays(source, config, data or Path(), tell)


def _generate(source: GeneratorSource, config: PictureShape, recipe: Recipe) -> Iterator[Sequence]:
    if source.generator not in PAIR_GENERATORS:
        raise MotionStudioError(
            f"The recipe names the generator {source.generator}, which cannot make pairs.",
            f"There are {', '.join(sorted(PAIR_GENERATORS))}.",
        )
    params = {"size": config.size, "frames_only": not recipe.wants_parts, **source.params}
    for index in range(source.first_index, source.first_index + source.count):
        for sample in make_pair(source.generator, params, recipe.seed, index):
            yield Sequence(
                eight_bits(sample.frames),
                eight_bits(sample.clean),
                phases(sample.times, sample.cyclic),
                sample.cyclic,
                0,
                index - source.first_index,
                _half_size(sample) if recipe.field_weight else None,
                sample.parts if recipe.wants_parts else None,
                sample.labels if recipe.wants_parts else None,
            )


def _read_clips(
    source: ClipSource,
    config: PictureShape,
    data: Path,
    tell: Callable[[str], None],
    facts: OwnClips,
) -> Iterator[Sequence]:
    for number, name in enumerate(source.files):
        if number in source.hold_out:
            continue
        if not (data / name).exists():
            tell(f"{name}: absent, left out")
            continue
        clip = read_clip(data / name)
        if len(clip) < 2 and not facts.stills:
            tell(f"{name}: a single picture, left out, as {facts.name} learns from motion")
            continue
        yield _sequence_of(clip, source, config, number)


def _sequence_of(clip: Clip, source: ClipSource, config: PictureShape, number: int) -> Sequence:
    """The frames of a clip that are trained on, at the model's size, as motion ``number``."""
    shown = intensity_range(clip)
    transform = Transform.fit(clip.size, config.size, mode=source.fit, range=shown)
    count = max(min(2, len(clip)), len(clip) - source.held_back)
    prepared = np.concatenate(
        [
            _prepare(np.stack([clip.frames[t] for t in part]), transform, config)
            for part in _portions(count)
        ]
    )
    when = phases(clip.times[:count], source.cyclic)
    return Sequence(prepared, prepared, when, source.cyclic, 0, number)


def _portions(count: int) -> Iterator[range]:
    return (range(start, min(start + _READ, count)) for start in range(0, count, _READ))


def _read_arrays(
    source: ArraySource, config: PictureShape, data: Path, tell: Callable[[str], None]
) -> Iterator[Sequence]:
    path = data / source.file
    if not path.exists():
        tell(f"{source.file}: absent, left out")
        return
    with np.load(path, allow_pickle=False) as arrays:
        frames = arrays["frames"]
        subjects = group_numbers(arrays, source.subjects_from, len(frames))
        motions = group_numbers(arrays, source.motion_from, len(frames))
    if frames.ndim == 4:
        frames = frames[..., None]
    steps = frames.shape[1]
    spaced = np.arange(steps, dtype=np.float32) / steps
    phase = np.asarray(source.phases, np.float32) if source.phases else spaced
    transform = Transform.fit(frames.shape[2:4], config.size, range=(0.0, 255.0))
    for index in range(len(frames)):
        if subjects[index] in source.hold_out:
            continue
        prepared = _prepare(frames[index], transform, config)
        yield Sequence(prepared, prepared, phase, source.cyclic, 0, int(motions[index]))


def group_numbers(arrays: Any, names: tuple[str, ...], count: int) -> NDArray[np.intp]:
    """(N,) number of the group that each sequence belongs to, in sorted order of the groups."""
    if not names:
        return np.arange(count)
    keys = ["|".join(str(arrays[name][i]) for name in names) for i in range(count)]
    return np.unique(keys, return_inverse=True)[1]


def _prepare(frames: NDArray[Any], transform: Transform, config: PictureShape) -> NDArray[np.uint8]:
    return eight_bits(transform.apply(frames, channels=config.channels))


def _half_size(sample: Sample) -> NDArray[np.float16]:
    """(T, 2, S/2, S/2) mean displacement of the valid pixels of each 2 x 2 block, else NaN."""
    known = sample.valid[:, None].astype(np.float32)
    total, count = _blocks(sample.displacement * known), _blocks(known)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, total / count, np.nan).astype(np.float16)


def _blocks(array: NDArray[np.float32]) -> NDArray[np.float32]:
    total: NDArray[np.float32] = (
        array[..., ::2, ::2]
        + array[..., 1::2, ::2]
        + array[..., ::2, 1::2]
        + array[..., 1::2, 1::2]
    )
    return total


def eight_bits(pictures: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(T, C, H, W) in [0, 1] to (T, H, W, C) uint8."""
    return np.round(np.clip(np.moveaxis(pictures, 1, -1), 0, 1) * 255).astype(np.uint8)
