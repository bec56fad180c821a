"""What a task on sequences is: whom it asks what, of which sequences, under which headings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from motionstudio.core.motion import Float
from motionstudio.evaluation.material import Material
from motionstudio.evaluation.table import MODEL, Column
from motionstudio.models.base import Capability, MotionModel


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One sequence under measurement.

    Attributes:
        item: the sequence.
        items: all sequences of the task, in order; ``place`` of ``item`` among them.
        seed: of everything that is drawn.
    """

    item: Material
    items: Sequence[Material]
    place: int
    seed: int = 0

    @property
    def next(self) -> Material:
        """The sequence after this one; after the last comes the first."""
        return self.items[(self.place + 1) % len(self.items)]


@dataclass(frozen=True, slots=True)
class Found:
    """Figures of one method on one sequence; ``sheet`` says in which table they stand."""

    method: str
    figures: Mapping[str, float]
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to be.

    Attributes:
        title: what is measured; what it is measured on follows in brackets.
        columns: its figures; the first is what clips are ranked by, where it says what is better.
        main: rows that are compared with all others.
        note: what one must know to read it.
        absent: why a method has no figures, by its name.
    """

    title: str
    columns: tuple[Column, ...]
    main: tuple[str, ...] = (MODEL,)
    note: str = ""
    absent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClipTask:
    """A task on sequences.

    Attributes:
        name: of the task.
        needs: capabilities of the model, all of them.
        cannot: what a model without them cannot do, after its name.
        sheets: tables by the ``Found.sheet`` that goes there.
        own: measures the model on one sequence.
        beside: measures what needs no model on it.
        shown: pictures (n, C, S, S) of a sequence by their names, the true ones first.
        frames: a sequence must have at least so many.
        clips: so many sequences are needed.
        remark: what is added to the notes about these sequences.
    """

    name: str
    needs: Capability
    cannot: str
    sheets: Callable[[MotionModel], Mapping[str, Sheet]]
    own: Callable[[MotionModel, Case], Iterator[Found]]
    beside: Callable[[Case], Iterator[Found]]
    shown: Callable[[MotionModel, Case], Mapping[str, Float]]
    frames: int = 1
    clips: int = 1
    remark: Callable[[Sequence[Material]], str] = lambda _items: ""


def nobody(_case: Case) -> Iterator[Found]:
    """For tasks in which nothing stands beside the model."""
    return iter(())


def few(frames: Sequence[int], most: int = 6) -> list[int]:
    """At most ``most`` of the frames, spread evenly, the first and the last among them."""
    count = len(frames)
    if count <= most:
        return list(frames)
    return [frames[round(k * (count - 1) / (most - 1))] for k in range(most)]
