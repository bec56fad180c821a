"""Real cine clips: the LV label carried from end-diastole, on slices and patients held out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motionstudio import io
from motionstudio.core.clip import Clip
from motionstudio.core.metrics import dice, folded_share, hausdorff, rmse
from motionstudio.core.motion import Float, Motion
from motionstudio.core.picture import Transform, intensity_range
from motionstudio.core.warp import warp_labels
from motionstudio.evaluation.columns import DICE, FOLDED, HD95, HD95_MM, RMSE
from motionstudio.evaluation.domains import warp_picture
from motionstudio.evaluation.model_calls import can, fields, refined
from motionstudio.evaluation.peers import PEERS, elsewhere_note
from motionstudio.evaluation.progress import Tell, each
from motionstudio.evaluation.table import Scores, Table, mean_of
from motionstudio.evaluation.tracking import ENCODED, REFINE_STEPS, REFINED
from motionstudio.models.base import Capability, MotionModel

CAVITY = 2
HUMAN = ("sax_z03", "sax_z05")
HUMAN_REFERENCE, HUMAN_TARGET = 19, 6
PIG = ("sax_z06", "sax_z09", "sax_z11")
PAIRS = "cardiac_ed_es_pairs/sunnybrook_ed_es_shared.npz"
HELD_OUT_PATIENTS = (3, 7, 11, 15, 19, 23)
END_SYSTOLE = 0.35
"""Position of end-systole in the beat, where a file has no times."""


@dataclass(frozen=True, slots=True)
class RealSequence:
    """A labelled sequence as the model sees it.

    Attributes:
        name: file and slice.
        frames: (T, C, S, S) float32 in [0, 1], frame 0 is end-diastole.
        times: (T,) seconds from frame 0; ``period`` seconds of the beat.
        labels: (T, S, S) uint8; ``targets`` are the frames that carry them besides frame 0.
        extreme: the one of ``targets`` nearest end-systole: the smallest cavity.
        spacing: mm per pixel (row, column) on the model's grid, or None.
    """

    name: str
    frames: Float
    times: NDArray[np.float64]
    period: float
    labels: NDArray[np.uint8]
    targets: tuple[int, ...]
    extreme: int
    spacing: tuple[float, float] | None


def real(
    model: MotionModel, data: Path, tell: Tell, *, refine: bool = True
) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    """One table for each set that is there, and a sentence for each that is not.

    Args:
        model: a checkpoint for grey pictures.
        data: folder with ``cardiac_cine_human``, ``cardiac_cine_pig``, ``cardiac_ed_es_pairs``.
        tell: progress.
        refine: measure the refined motion too.
    """
    sets = {
        "Human cine, slices z03 and z05, ED (phase 19) to ES (phase 6)": human(model, data),
        "Pig cine, slices z06, z09 and z11, frame 0 to every other": pig(model, data),
        "Sunnybrook ED to ES, patients never trained on": patients(model, data),
    }
    tables, notes = [], []
    for title, sequences in sets.items():
        found = list(sequences)
        if found:
            tables.append(_table(title, model, found, tell, refine))
        else:
            notes.append(f"{title}: the files are absent below {data}, left out.")
    return tuple(tables), tuple(notes)


def _table(
    title: str, model: MotionModel, found: Sequence[RealSequence], tell: Tell, refine: bool
) -> Table:
    scores = Scores()
    for sequence in each(tell, found, len(found), "real: sequence"):
        _measure_all(scores, model, sequence, refine)
    many = any(len(sequence.targets) > 1 for sequence in found)
    return Table(
        "real",
        f"{title} ({len(found)} sequences)",
        (
            *([replace(DICE, heading="Dice LV, all frames")] if many else []),
            replace(DICE, key="dice extreme", heading="Dice LV at ES"),
            HD95,
            HD95_MM,
            replace(RMSE, with_error=False),
            FOLDED,
        ),
        scores.rows(),
        "Label of the left ventricle's cavity warped from end-diastole. Slices and frames of one "
        "heart are not independent, so the standard errors are optimistic." + elsewhere_note(),
        (ENCODED, REFINED),
    )


def _measure_all(scores: Scores, model: MotionModel, sequence: RealSequence, refine: bool) -> None:
    rows = list(sequence.targets)
    for peer in PEERS:
        if peer.installed:
            found = [peer.register(sequence.frames[0], sequence.frames[t]) for t in rows]
            scores.add(peer.name, measure(sequence, rows, found), sequence.name)
    motion = encode_real(model, sequence)
    found = list(fields(model, motion, sequence.frames[0], rows))
    scores.add(ENCODED, measure(sequence, rows, found), sequence.name)
    if refine and can(model, Capability.REFINE):
        motion = refined(model, motion, sequence.frames, rows, REFINE_STEPS)
        found = list(fields(model, motion, sequence.frames[0], rows))
        scores.add(REFINED, measure(sequence, rows, found), sequence.name)


def encode_real(model: MotionModel, sequence: RealSequence) -> Motion:
    """The motion of the sequence, all frames seen, as one closed beat where the model can."""
    return model.encode(
        sequence.frames,
        np.ones(len(sequence.frames), np.bool_),
        sequence.times,
        cyclic=can(model, Capability.CYCLIC),
        period=sequence.period,
    )


def measure(
    sequence: RealSequence, rows: Sequence[int], found: Sequence[Float]
) -> dict[str, float]:
    """Means over ``rows`` of the measures of the displacements ``found``, each (2, S, S)."""
    measured = [_measure_one(sequence, t, u) for t, u in zip(rows, found, strict=True)]
    extreme = measured[list(rows).index(sequence.extreme)]
    return {**mean_of(measured), "dice extreme": extreme["dice"]}


def _measure_one(sequence: RealSequence, t: int, u: Float) -> dict[str, float]:
    moved = warp_labels(sequence.labels[0], u) == CAVITY
    truth = sequence.labels[t] == CAVITY
    out = {
        "dice": dice(moved, truth),
        "hd95": hausdorff(moved, truth),
        "rmse": rmse(warp_picture(sequence.frames[0], u), sequence.frames[t]),
        "folds": 100 * folded_share(u),
    }
    if sequence.spacing is not None:
        out["hd95 mm"] = hausdorff(moved, truth, spacing=sequence.spacing)
    return out


def human(model: MotionModel, data: Path) -> Iterator[RealSequence]:
    """The held-out human slices; labels exist at two phases, so the reference is phase 19."""
    for name in HUMAN:
        path = data / "cardiac_cine_human" / f"{name}.npz"
        if path.exists():
            clip = io.read_clip(path)
            target = (HUMAN_TARGET - HUMAN_REFERENCE) % len(clip)
            yield _from_clip(model, clip, f"human {name}", HUMAN_REFERENCE, (target,))


def pig(model: MotionModel, data: Path) -> Iterator[RealSequence]:
    """The held-out pig slices, labelled in every frame."""
    for name in PIG:
        path = data / "cardiac_cine_pig" / f"{name}.npz"
        if path.exists():
            clip = io.read_clip(path)
            yield _from_clip(model, clip, f"pig {name}", 0, tuple(range(1, len(clip))))


def _from_clip(
    model: MotionModel, clip: Clip, name: str, reference: int, targets: tuple[int, ...]
) -> RealSequence:
    """A closed beat turned so that ``reference`` comes first; ``targets`` count from it."""
    if clip.masks is None:
        raise ValueError(f"real: expected labels in {name}, got none")
    count = len(clip)
    order = (reference + np.arange(count)) % count
    period = float(clip.times[-1] + np.median(np.diff(clip.times)))
    transform = Transform.fit(clip.size, model.card.size, range=intensity_range(clip))
    frames = np.stack([clip.frames[int(t)] for t in order])
    labels = transform.mask_to_model(clip.masks[order])
    spacing = clip.spacing and (
        clip.spacing[0] / transform.scale[1],
        clip.spacing[1] / transform.scale[0],
    )
    return RealSequence(
        name,
        transform.apply(frames, channels=model.card.channels),
        (clip.times[order] - clip.times[reference]) % period,
        period,
        labels,
        targets,
        _smallest(labels, targets),
        spacing,
    )


def patients(model: MotionModel, data: Path) -> Iterator[RealSequence]:
    """ED/ES pairs of the patients that the recipe holds out."""
    path = data / PAIRS
    if not path.exists():
        return
    with np.load(path, allow_pickle=False) as arrays:
        frames, masks, subject = arrays["frames"], arrays["masks"], arrays["subject"]
    numbers = np.unique(subject, return_inverse=True)[1]
    transform = Transform.fit(frames.shape[2:4], model.card.size, range=(0.0, 255.0))
    for index in np.flatnonzero(np.isin(numbers, HELD_OUT_PATIENTS)):
        labels = transform.mask_to_model(masks[index])
        if all((labels == CAVITY).any((1, 2))):
            yield RealSequence(
                f"{subject[index]} {index}",
                transform.apply(frames[index][..., None], channels=model.card.channels),
                np.array([0.0, END_SYSTOLE]),
                1.0,
                labels,
                (1,),
                1,
                None,
            )


def _smallest(labels: NDArray[np.uint8], targets: Sequence[int]) -> int:
    areas = [int((labels[t] == CAVITY).sum()) for t in targets]
    return targets[int(np.argmin(areas))]
