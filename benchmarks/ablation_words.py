"""What the ablations tell: tables, a sentence for each part, and which differences are unstable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.ablation_measures import STRIDE, SUBJECTS, registered, true_fields
from benchmarks.ablations import VARIANTS
from benchmarks.charts import Dot, Dots
from benchmarks.pair_network import NAME
from motionstudio.core.intervals import interval_of
from motionstudio.evaluation.peers import PEERS, elsewhere_note
from motionstudio.evaluation.progress import Tell, silent
from motionstudio.evaluation.table import Column, Figure, Row, Table, mean_of

Runs = Mapping[str, Sequence[Mapping[str, float]]]
"""Figures of every run: variants, and for each a list over seeds."""

FULL = "full"
OWN = "GenLMM, full, as encoded"
_LABELS = ("seed", "steps", "subjects")
SEEDS = 3
"""With fewer seeds nothing is called stable."""

_COLUMNS = (
    Column("epe", "EPE px", 3, True),
    Column("dice", "Dice", 3, True),
    Column("identity", "EPE, no motion", 3),
    Column("epe missing", f"EPE missing, 1 of {STRIDE} kept", 3, True),
    Column("epe seen", "EPE of the same, all seen", 3, True),
    Column("epe transport", "EPE, A's motion on B", 3, True),
    Column("dice transport", "Dice of the wall, A on B", 3, True),
    Column("prior amplitude", "prior draws / true amplitude", 2, True),
    Column("spread", "posterior std", 3, True),
    Column("runs", "seeds", 0),
)
_BESIDE = (
    Column("epe", "EPE px", 3, True),
    Column("dice", "Dice", 3, True),
    Column("rmse", "RMSE", 4),
    Column("folds", "folded %", 3),
    Column("gradient", "|grad det J|", 4),
    Column("ms", "CPU ms/frame", 1),
    Column("runs", "seeds", 0),
)
_SHORT = (
    "Runs that are this short tell what is learned early, not what is reached in the end: read "
    "the order of large differences only."
)


@dataclass(frozen=True, slots=True)
class Part:
    """What one variant leaves out, and the figures that this should cost.

    Attributes:
        name: the part, in words.
        figures: (key, words, target): less is better where target is None, else nearer to it.
    """

    name: str
    figures: tuple[tuple[str, str, float | None], ...]


_TRACKING = ("epe", "tracking, every frame seen, EPE px", None)
_MISSING = ("epe missing", f"missing frames, one of {STRIDE} kept, EPE px", None)
_CARRIED = ("epe transport", "A's motion on B, EPE px", None)
PARTS: Mapping[str, Part] = {
    "no_dropout": Part("Temporal dropout in training", (_MISSING, _TRACKING)),
    "no_tcn": Part("The network over time", (_MISSING, _TRACKING)),
    "no_conditioning": Part("The first frame in the decoder", (_CARRIED, _TRACKING)),
    "no_kl": Part(
        "The KL to the prior",
        (("prior amplitude", "motions drawn from the prior, amplitude by the true one", 1.0),
         _TRACKING),
    ),
    "no_swap": Part("Swapped poses and subjects in training", (_CARRIED, _TRACKING)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """What leaving a part out costs, seed for seed; positive: the part helps."""

    costs: tuple[float, ...]

    @property
    def stable(self) -> bool:
        """Whether all seeds agree and Student's 95 % interval of the mean leaves out 0."""
        if len(self.costs) < SEEDS:
            return False
        found = interval_of(self.costs)
        same = len({cost > 0 for cost in self.costs}) == 1
        return same and found is not None and found.without_zero

    @property
    def words(self) -> str:
        """The verdict."""
        helps, count = sum(cost > 0 for cost in self.costs), len(self.costs)
        if count == 1:
            way = "helps" if helps else "harms"
            return f"{way} in the one seed there is, which proves nothing"
        if count < SEEDS:
            return f"helps in {helps} of {count} seeds, too few to call it stable"
        if not self.stable:
            return f"**unstable**: helps in {helps} of {count} seeds, within their spread"
        return (
            f"**helps** in {helps} of {count} seeds"
            if helps
            else f"**harms** in {count} of {count} seeds"
        )


def difference(runs: Runs, variant: str, key: str, target: float | None) -> Difference:
    """Paired by seed: what ``full`` and the variant have in common."""
    by_seed = [{run["seed"]: run[key] for run in runs[name]} for name in (FULL, variant)]
    both = sorted(by_seed[0].keys() & by_seed[1].keys())

    def cost(value: float) -> float:
        return value if target is None else abs(value - target)

    return Difference(tuple(cost(by_seed[1][s]) - cost(by_seed[0][s]) for s in both))


def verdicts(runs: Runs) -> tuple[str, ...]:
    """A sentence for each part and figure."""
    told = []
    for variant, part in PARTS.items():
        if variant not in runs:
            told.append(f"{part.name}: not trained without it yet.")
            continue
        for key, words, target in part.figures:
            found = difference(runs, variant, key, target)
            if found.costs:
                ends = [np.mean([run[key] for run in runs[name]]) for name in (FULL, variant)]
                told.append(
                    f"{part.name}: {words}: {ends[0]:.2f} with, {ends[1]:.2f} without; "
                    f"{found.words}."
                )
    return tuple(told)


def variants_table(runs: Runs) -> Table:
    """Means over seeds; the error is the spread of the seeds, none where there was only one."""
    rows = [_row(name, runs[name]) for name in VARIANTS if name in runs]
    rows += [Row(name, {}, "not trained yet.") for name in VARIANTS if name not in runs]
    steps = round(runs[FULL][0]["steps"])
    title = f"GenLMM without one part each ({steps} steps, preset tiny, {SUBJECTS} test hearts)"
    note = (
        "± is the standard error over seeds. A part helps or harms where all seeds agree and "
        "Student's 95 % interval of the difference, seed for seed, leaves out 0; each verdict "
        "stands for itself. Trained by `python -m benchmarks.ablations --steps "
        f"{steps}`. {_SHORT}"
    )
    return Table("ablations", title, _columns(_COLUMNS, runs), tuple(rows), note)


def registration_table(
    runs: Runs, pair: Sequence[Mapping[str, float]], tell: Tell = silent
) -> Table:
    """``full`` and a pair network of as many steps on the same data, beside registration."""
    rows = [_of_subjects("true field (ceiling)", true_fields())]
    for peer in PEERS:
        if peer.installed:
            rows.append(_of_subjects(peer.name, registered(peer.register)))
            tell(f"registration: {peer.name}")
    rows += [Row(p.name, {}, p.absent) for p in PEERS if not p.installed]
    steps = round(runs[FULL][0]["steps"])
    rows.append(_pair_row(pair, steps))
    rows.append(_row(OWN, runs[FULL]))
    note = (
        "The pair network sees two frames and has no latent; it was trained on the batches of "
        f"`full` with as many steps (`python -m benchmarks.pair_network --steps {steps}`). ± is "
        "the standard error over seeds for what was trained, over subjects for the rest."
    )
    title = f"Beside registration at 64 px ({steps} steps, {SUBJECTS} test hearts)"
    return Table("registration", title, _BESIDE, tuple(rows), note + elsewhere_note())


def charts(runs: Runs, registration: Table) -> list[tuple[str, Dots]]:
    """A disc for every seed, and the comparison with registration."""
    shown = {"epe": "tracking", "epe missing": "missing frames", "epe transport": "A's motion on B"}
    dots = [
        Dot(name, run[key], 0.0, words)
        for name in VARIANTS
        if name in runs
        for key, words in shown.items()
        for run in runs[name]
    ]
    across = "end-point error, px; a disc for every seed; less is better"
    beside = [
        Dot(row.name, row.figures["epe"].mean, row.figures["epe"].error)
        for row in registration.rows
        if "epe" in row.figures
    ]
    return [
        ("ablations", Dots("GenLMM without one part each", across, dots, strong=(FULL,))),
        ("ablations-registration", Dots(registration.title, "end-point error, px; less is better",
                                        beside, strong=(OWN,))),
    ]  # fmt: skip


def _columns(columns: tuple[Column, ...], runs: Runs) -> tuple[Column, ...]:
    several = any(len(each) > 1 for each in runs.values())
    return tuple(replace(c, with_error=c.with_error and several) for c in columns)


def _row(name: str, runs: Sequence[Mapping[str, float]]) -> Row:
    keys = [key for key in dict.fromkeys(k for run in runs for k in run) if key not in _LABELS]
    found = {key: Figure.of([run[key] for run in runs if key in run]) for key in keys}
    figures = {key: figure for key, figure in found.items() if figure is not None}
    return Row(name, {**figures, "runs": Figure(float(len(runs)), 0.0, 1)})


def _pair_row(pair: Sequence[Mapping[str, float]], steps: int) -> Row:
    """Runs on other subjects than these are told in words, not as figures of the table."""
    alike = [run for run in pair if run.get("subjects") == SUBJECTS]
    if alike:
        return _row(NAME, alike)
    if not pair:
        return Row(NAME, {}, "not trained yet.")
    error = np.mean([run["epe"] for run in pair])
    still = np.mean([run["identity"] for run in pair])
    again = f"python -m benchmarks.pair_network --steps {steps} --seed 1 2 3"
    return Row(
        NAME,
        {},
        f"EPE {error:.3f} px on not quite the same hearts (no motion there: {still:.3f}); its "
        f"weights were not kept, so it cannot stand in the table. `{again}` trains and measures "
        "it again.",
    )


def _of_subjects(name: str, found: Sequence[Mapping[str, float]]) -> Row:
    keys = mean_of(found)
    each = {key: Figure.of([one[key] for one in found if key in one]) for key in keys}
    return Row(name, {key: figure for key, figure in each.items() if figure is not None})
