"""Synthetic sequences with exact ground truth, made anew from a name and a few numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from motionstudio.datasets import (
    correlated_shapes,
    digits,
    figures,
    heart,
    shapes,
    stepping,
    teapot,
    teapot3d,
    two_motion,
)
from motionstudio.datasets.sample import Sample, SampleMeta, to_clip

_F = TypeVar("_F")

Generator = Callable[[str, Mapping[str, object], int, int], Sample]

GENERATORS: Mapping[str, Generator] = {
    "heart": heart.make,
    "figures": figures.make,
    "shapes": shapes.make,
    "two_motion": two_motion.make,
    "digits": digits.make,
    "stepping": stepping.make,
    "teapot": teapot.make,
    "teapot3d": teapot3d.make,
    "correlated_shapes": correlated_shapes.make,
}

PairGenerator = Callable[[str, Mapping[str, object], int, int], tuple[Sample, Sample]]

PAIR_GENERATORS: Mapping[str, PairGenerator] = {
    "heart": heart.make_pair,
    "figures": figures.make_pair,
}


def make(name: str, params: Mapping[str, object], seed: int, index: int) -> Sample:
    """Sample ``index`` of data set ``seed`` of generator ``name``; a pure function.

    Raises:
        ValueError: when there is no such generator, or it knows no such parameter.
    """
    return _find(GENERATORS, name)(name, params, seed, index)


def make_pair(
    name: str, params: Mapping[str, object], seed: int, index: int
) -> tuple[Sample, Sample]:
    """Two subjects that make the same motion: the truth for transport.

    Raises:
        ValueError: when the generator has no subjects, or it knows no such parameter.
    """
    return _find(PAIR_GENERATORS, name)(name, params, seed, index)


def _find(table: Mapping[str, _F], name: str) -> _F:
    if name not in table:
        raise ValueError(f"datasets: expected one of {sorted(table)}, got {name!r}")
    return table[name]


__all__ = ["GENERATORS", "PAIR_GENERATORS", "Sample", "SampleMeta", "make", "make_pair", "to_clip"]
