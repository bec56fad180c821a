"""Sections on real hearts: ejection fraction, areas over the beat, groups of diagnoses."""

from __future__ import annotations

from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING

from benchmarks.measured import Found
from motionstudio.core.errors import MotionStudioError
from motionstudio.evaluation.area_curves import area_curves, curve_table
from motionstudio.evaluation.patient_groups import component_table, components_of, group_table
from motionstudio.evaluation.patients import (
    EXPERT,
    GROUPS,
    METHODS,
    Patients,
    fraction_table,
    read_patients,
)
from motionstudio.evaluation.real import human, pig
from motionstudio.models.registry import load_model

if TYPE_CHECKING:
    from benchmarks.sections import Asked


def ejection(asked: Asked) -> Found:
    """Ejection fraction by every method beside that by expert contours."""
    found = _patients(asked, slow=True)
    values = {
        "names": list(found.names),
        "groups": list(found.groups),
        "held out": found.held_out.tolist(),
        **{name: found.fractions[name].tolist() for name in (EXPERT, *METHODS)},
    }
    return Found((fraction_table(found),), values=values)


def groups(asked: Asked) -> Found:
    """Whether diagnoses differ in their motion; every case is a shuffling of the names."""
    found = _patients(asked, slow=False)
    table, _ = group_table(found, permutations=asked.cases)
    scores, _, share = components_of(found.rows)
    values = {
        "groups": list(found.groups),
        "words": dict(GROUPS),
        "components": scores[:, :2].tolist(),
        "share": share[:2].tolist(),
    }
    return Found((table, component_table(load_model("heart"), found)), values=values)


def curves(asked: Asked) -> Found:
    """The cavity's area over the beat, on slices that were never trained on."""
    if asked.data is None:
        raise MotionStudioError("The real hearts are not in the data folder.")
    model = load_model("heart")
    found = []
    for kind in (human, pig):
        for sequence in islice(kind(model, asked.data), asked.cases):
            found.append(area_curves(model, sequence))
            asked.tell(sequence.name)
    return Found((curve_table(found),), values={one.name: asdict(one) for one in found})


def _patients(asked: Asked, *, slow: bool) -> Patients:
    found = None
    if asked.data is not None:
        found = read_patients(load_model("heart"), asked.data, asked.tell, slow=slow)
    if found is None:
        raise MotionStudioError("The pairs of patients are not in the data folder.")
    return found
