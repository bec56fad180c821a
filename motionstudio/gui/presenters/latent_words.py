"""What edits are called, which rows belong to dropped frames, and which dimensions move most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.picture_rows import kept_rows, rows_words
from motionstudio.document.subject import Subject

_DIMS_BY_DEFAULT = 3


def dropped_rows(subject: Subject) -> NDArray[np.bool_]:
    """(R,) True for rows whose picture is that of a dropped frame."""
    if subject.track is None or len(subject.track.base.times) != len(subject.kept):
        return np.zeros(0 if subject.track is None else len(subject.track.offset), np.bool_)
    return ~kept_rows(subject.track.base, subject.kept)


def busiest(mean: NDArray[np.float32], count: int = _DIMS_BY_DEFAULT) -> tuple[int, ...]:
    """The ``count`` dimensions of (R, D) values that move most, increasing."""
    order = np.argsort(-mean.std(0), kind="stable")[:count]
    return tuple(sorted(int(d) for d in order))


def label_of(
    subject: Subject, rows: tuple[int, ...], dims: tuple[int, ...], verb: str = "Edit"
) -> str:
    """The name of an edit for people: ``Edit z3 at frames 5-9``."""
    names = ", ".join(subject.dim_name(d) for d in dims[:4]) + (", …" if len(dims) > 4 else "")
    where = "" if subject.track is None else f" at {rows_words(subject.track.base, rows)}"
    return f"{verb} {names}{where}"
