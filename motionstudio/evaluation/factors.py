"""Which factors of known sequences a model's dimensions follow, and what tells them without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.factor_scores import (
    BINS,
    completeness,
    disentanglement,
    importances,
    information_gaps,
)
from motionstudio.core.probes import (
    FOLDS,
    Probe,
    best_dimension_probe,
    component_probe,
    curved_probe,
    linear_probe,
)
from motionstudio.evaluation.factor_baselines import flow_directions, pixels
from motionstudio.evaluation.factor_verdict import DRAWS, Told, Verdict, beside, verdict
from motionstudio.evaluation.known_factors import ROWS, Known, Paired, paired
from motionstudio.evaluation.material import encode
from motionstudio.evaluation.progress import Tell
from motionstudio.evaluation.table import Column, Figure, Row, Table
from motionstudio.models.base import Capability, ModelCard, MotionModel

Double = NDArray[np.float64]

SUMMARY = "all factors"
SHUFFLES = 99

_COLUMNS = (
    Column("r2", "R2, all dimensions", 2),
    Column("low", "95 % from", 2),
    Column("high", "to", 2),
    Column("chance", "R2, shuffled", 2),
    Column("p", "p", 2),
    Column("curved", "R2, not linear", 2),
    Column("best", "R2, best dimension", 2),
    Column("gap", "MIG", 2),
    Column("d", "disentanglement", 2),
    Column("c", "completeness", 2),
    Column("untrained", "R2, untrained", 2),
    Column("pixels", "R2, pixels", 2),
    Column("flow", "R2, flow", 2),
)


@dataclass(frozen=True, slots=True)
class Findings:
    """What the dimensions of a model tell.

    Attributes:
        table: a row for each factor, and one for their means.
        verdict: in words and counts.
    """

    table: Table
    verdict: Verdict


def measure_factors(
    model: MotionModel, known: Known, tell: Tell, plain: MotionModel | None = None
) -> Findings | None:
    """Scores of every factor; None: the model encodes nothing, or nothing is known to change.

    Args:
        model: what is measured.
        known: sequences that it was not trained on.
        tell: progress.
        plain: the same network untrained, if there is one to compare with.
    """
    if Capability.ENCODE not in model.card.capabilities or len(set(known.groups)) < 2:
        return None
    rows = _encoded(model, known, tell)
    if not rows.names:
        return None
    told = _told(rows)
    tell("factors: baselines")
    base = _without(known, rows)
    better = None
    if plain is not None:
        other = linear_probe(_encoded(plain, known, tell).latents, rows.factors, rows.groups)
        base["untrained"] = other
        better = beside(told.probe, other) == "more"
    words = verdict(told, base, better)
    return Findings(_table(model.card, known, rows, told, base, words), words)


def _without(known: Known, rows: Paired) -> dict[str, Probe]:
    """Probes of what needs no model, by name."""
    pictures, flow = pixels(known.items, rows), flow_directions(known.items, rows)
    count = rows.latents.shape[1]
    base = {"pixels": component_probe(pictures, rows.factors, rows.groups, count)}
    if flow is not None:
        base["flow"] = linear_probe(flow, rows.factors, rows.groups)
    return base


def _encoded(model: MotionModel, known: Known, tell: Tell) -> Paired:
    motions = []
    for number, item in enumerate(known.items):
        motions.append(encode(model, item))
        if number % 10 == 9 or number + 1 == len(known.items):
            tell(f"factors: {number + 1} of {len(known.items)}")
    return paired(known, motions)


def _told(rows: Paired) -> Told:
    probe = linear_probe(rows.latents, rows.factors, rows.groups)
    best, _ = best_dimension_probe(rows.latents, rows.factors, rows.groups)
    weights = importances(rows.latents, rows.factors, rows.groups)
    return Told(
        names=rows.names,
        probe=probe,
        shuffled=shuffled_r2(rows, SHUFFLES),
        curved=curved_probe(rows.latents, rows.factors, rows.groups).r2,
        best=best,
        gap=information_gaps(rows.latents, rows.factors),
        disentanglement=disentanglement(weights),
        completeness=completeness(weights),
    )


def shuffled_r2(rows: Paired, count: int, seed: int = 0) -> Double:
    """(count, K) R2 of the linear probe where sequences trade their factors by chance.

    Each keeps its order in time, so that what the moment in a sequence tells by itself is part of
    this chance. Sequences of one group (characters that make all movements) trade within it.
    """
    rng = np.random.default_rng(seed)
    names = np.unique(rows.clips)
    places = [np.flatnonzero(rows.clips == name) for name in names]
    group = np.array([rows.groups[place[0]] for place in places])
    alone = len(np.unique(group)) == len(names)
    blocks = [np.arange(len(names))] if alone else [np.flatnonzero(group == g) for g in set(group)]
    mixed = []
    for _ in range(count):
        source = np.arange(len(rows.clips))
        for block in blocks:
            for here, there in zip(block, rng.permutation(block), strict=True):
                # Sequences may differ in length: the same share of the way counts.
                way = np.linspace(0, len(places[there]) - 1, len(places[here])).round().astype(int)
                source[places[here]] = places[there][way]
        mixed.append(rows.factors[source])
    found = linear_probe(rows.latents, np.concatenate(mixed, 1), rows.groups).r2
    return found.reshape(count, -1)


def _table(
    card: ModelCard, known: Known, rows: Paired, told: Told, base: dict[str, Probe],
    words: Verdict,
) -> Table:  # fmt: skip
    drawn = told.probe.resampled(DRAWS)
    low, high = np.nanquantile(drawn, (0.025, 0.975), axis=0)
    each = {
        "r2": told.probe.r2, "low": low, "high": high, "chance": told.shuffled.mean(0),
        "p": told.p, "curved": told.curved, "best": told.best.r2, "gap": told.gap,
        **{name: probe.r2 for name, probe in base.items()},
    }  # fmt: skip
    lines = [
        Row(name, _figures({key: float(values[k]) for key, values in each.items()}))
        for k, name in enumerate(rows.names)
    ]
    means = {key: float(np.nanmean(v)) for key, v in each.items() if key not in ("low", "high")}
    ends = np.nanquantile(np.nanmean(drawn, 1), (0.025, 0.975))
    means |= {"p": told.p_of_mean, "low": float(ends[0]), "high": float(ends[1])}
    means |= {"d": told.disentanglement, "c": told.completeness}
    title = f"What the {_numbers(card, rows)} of {card.name} tell ({known.source})"
    note = " ".join((words.sentence, _asked(rows), *_copies(rows), NOTE))
    return Table("factors", title, _COLUMNS, (*lines, Row(SUMMARY, _figures(means))), note)


def _numbers(card: ModelCard, rows: Paired) -> str:
    """How many numbers a probe is given of each frame."""
    count = rows.latents.shape[1]
    if count == card.dims:
        return f"{count} dimensions"
    return f"{count} numbers ({count // card.dims} glimpses of {card.dims} dimensions)"


def _asked(rows: Paired) -> str:
    clips = len(np.unique(rows.clips))
    return (
        f"Each row is asked for {rows.told} of a factor; {len(rows.clips)} rows of {clips} "
        f"sequences, at most {ROWS} of each."
    )


def _copies(rows: Paired) -> Sequence[str]:
    if not rows.dropped:
        return ()
    named = ", ".join(f"{copy} (tells what {name} does)" for copy, name in rows.dropped.items())
    return (f"Left out: {named}.",)


NOTE = (
    f"R2: ridge regression on whole sequences that it was not fitted on ({FOLDS} folds; of "
    "characters: whole characters), its strength chosen within the folds; interval by drawing "
    f"sequences anew; shuffled: {SHUFFLES} times sequences trade factors but keep their order in "
    "time, p: how often that does as well. Not linear: kernel ridge likewise. Best dimension: one "
    f"alone, chosen within the folds. MIG: {BINS} bins of equal counts, corrected after Miller and "
    "Madow. DCI: lasso coefficients. Untrained: the same network with drawn weights; pixels: as "
    "many principal components of the pictures as a row has numbers; flow: directions of "
    "optical flow (DIS)."
)


def _figures(values: dict[str, float]) -> dict[str, Figure]:
    return {key: Figure(v, 0.0, 1) for key, v in values.items() if not np.isnan(v)}
