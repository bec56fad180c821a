"""Tasks that can be measured on any sequences: what each needs of a model and of a sequence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from motionstudio.evaluation.clip_pictures import interpolation_of, reconstruction_of
from motionstudio.evaluation.clip_tracking import tracking_of
from motionstudio.evaluation.clip_transport import transport_of
from motionstudio.evaluation.likelihood import likelihood_of
from motionstudio.evaluation.material import Material
from motionstudio.evaluation.prediction import prediction_of
from motionstudio.evaluation.progress import Tell
from motionstudio.evaluation.simulation import simulation_of
from motionstudio.evaluation.table import Table
from motionstudio.models.base import Capability, MotionModel

Measure = Callable[[MotionModel, Sequence[Material], str, Tell], tuple[Table, ...]]


@dataclass(frozen=True, slots=True)
class ClipTask:
    """A task on sequences.

    Attributes:
        needs: capabilities of the model, all of them.
        cannot: what a model without them cannot do, after its name.
        frames: a sequence must have at least so many.
        clips: so many sequences are needed.
        measure: makes the tables.
    """

    needs: Capability
    cannot: str
    measure: Measure
    frames: int = 1
    clips: int = 1


def _likelihood(
    model: MotionModel, items: Sequence[Material], title: str, tell: Tell
) -> tuple[Table, ...]:
    return (likelihood_of(model, items, title, tell),)


def _prediction(
    model: MotionModel, items: Sequence[Material], title: str, tell: Tell
) -> tuple[Table, ...]:
    table = prediction_of(model, items, title, tell)
    return () if table is None else (table,)


_BOTH = Capability.ENCODE | Capability.DECODE

TASKS: Mapping[str, ClipTask] = {
    "tracking": ClipTask(
        _BOTH | Capability.DISPLACEMENT,
        "gives no displacement",
        lambda *what: (tracking_of(*what),),
        2,
    ),
    "interpolation": ClipTask(
        _BOTH | Capability.INBETWEEN, "cannot fill in dropped frames", interpolation_of, 3
    ),
    "transport": ClipTask(
        _BOTH | Capability.TRANSPORT,
        "cannot put a motion on another subject",
        lambda *what: (transport_of(*what),),
        2,
        2,
    ),
    "simulation": ClipTask(
        _BOTH | Capability.SAMPLE, "draws no motions", lambda *what: (simulation_of(*what),)
    ),
    "reconstruction": ClipTask(
        _BOTH, "makes no pictures of its rows", lambda *what: (reconstruction_of(*what),)
    ),
    "prediction": ClipTask(Capability.PREDICT, "does not continue sequences", _prediction, 3),
    "likelihood": ClipTask(Capability.LIKELIHOOD, "tells no likelihood", _likelihood),
}


def measure_on(
    name: str, model: MotionModel, items: Sequence[Material], title: str, tell: Tell
) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    """The tables of task ``name``, and plain sentences about what was left out.

    Args:
        name: one of ``TASKS``.
        model: what is measured.
        items: sequences; those that are too short are left out.
        title: what they are, for the headings.
        tell: progress.
    """
    task = TASKS[name]
    if task.needs & model.card.capabilities != task.needs:
        return (), (f"{name}: {model.card.name} {task.cannot}, left out.",)
    least = max(task.frames, model.card.frames_min if task.frames > 1 else 1)
    fit = [item for item in items if len(item.frames) >= least]
    if len(fit) < task.clips:
        sequences = "sequence" if task.clips == 1 else "sequences"
        frames = f"of at least {least} frames" if least > 1 else "held out of its training"
        return (), (f"{name}: it needs {task.clips} {sequences} {frames}, left out.",)
    many = f"{len(fit)} sequence{'s' * (len(fit) != 1)}"
    tables = task.measure(model, fit, f"{title}, {many}", tell)
    return tables, () if tables else (f"{name}: the sequences are too short, left out.",)
