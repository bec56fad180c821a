"""The claims of GenLMM (Krebs et al. 2021) on generated hearts and real patients, measured.

Only the abstract was at hand: it gives no figures, so claims are compared by their direction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from motionstudio.core.metrics import temporal_jitter
from motionstudio.core.motion import Float
from motionstudio.evaluation.domains import DOMAINS, Domain, subjects
from motionstudio.evaluation.interpolation import FILLED, OWN_LINEAR, interpolation
from motionstudio.evaluation.material import of_sample
from motionstudio.evaluation.model_calls import encode_sample, fields
from motionstudio.evaluation.on_clips import measure_on
from motionstudio.evaluation.paper import Claim, Findings, PaperRun
from motionstudio.evaluation.patient_groups import group_table
from motionstudio.evaluation.patients import read_patients
from motionstudio.evaluation.peers import dis_flow, farneback
from motionstudio.evaluation.simulation import RECORDED
from motionstudio.evaluation.table import Column, Scores, Table
from motionstudio.evaluation.tracking import ENCODED, tracking
from motionstudio.evaluation.transport import ALIGNED, TRANSPORTED, transport
from motionstudio.models.base import MotionModel
from motionstudio.models.registry import list_models, load_model

SOURCE = "GenLMM, Krebs et al. 2021"
NAME = "heart"
RIVALS = ("DIS (preset medium)", "Farneback", "demons (symmetric, diffeomorphic)")
MOST = 20
_CLAIMED = "abstract, no figure"
_DIAGNOSES = "83 % of five diseases (predecessor, Krebs et al. 2019)"
_OWN = "model, as encoded"


def claims(run: PaperRun) -> Findings:
    """All claims, on ``run.count`` / 10 generated hearts that no recipe trains on, at most 20."""
    if NAME not in {card.name for card in list_models()}:
        missing = f"the checkpoint {NAME} is not at hand"
        return Findings((Claim(SOURCE, "Tracking of hearts", _CLAIMED, missing, None),))
    model, domain = load_model(NAME), DOMAINS[NAME]
    count = max(2, min(MOST, run.count // 10))
    tracked = tracking(model, domain, count, run.tell, refine=False)
    smooth = _smoothness(model, domain, count)
    filled = interpolation(model, domain, count, run.tell)
    moved = transport(model, domain, count, run.tell)
    items = [of_sample(s, model.card) for s in subjects(domain, model.card.size, count)]
    (drawn,) = measure_on("simulation", model, items, "heart", run.tell).tables
    found = (*_tracking(tracked, smooth), *_filling(filled), _drawing(drawn), _moving(moved))
    diagnoses, tables = _diagnoses(model, run)
    return Findings((*found, diagnoses), (tracked, smooth, *filled, moved, drawn, *tables))


def _smoothness(model: MotionModel, domain: Domain, count: int) -> Table:
    scores = Scores()
    peers: dict[str, Callable[[Float, Float], Float]] = {RIVALS[0]: dis_flow, RIVALS[1]: farneback}
    for sample in subjects(domain, model.card.size, count):
        rows = range(len(sample.frames))
        scores.add("true field", {"jitter": temporal_jitter(sample.displacement)})
        own = fields(model, encode_sample(model, sample), sample.frames[0], rows)
        scores.add(_OWN, {"jitter": temporal_jitter(own)})
        for name, register in peers.items():
            found = np.stack([register(sample.frames[0], frame) for frame in sample.frames])
            scores.add(name, {"jitter": temporal_jitter(found)})
    title = f"Smoothness in time (heart, {count} subjects)"
    return Table("jitter", title, (Column("jitter", "bend in time px", 4, True),), scores.rows())


def _tracking(tracked: Table, smooth: Table) -> Iterable[Claim]:
    epe = {name: _mean(tracked, name, "epe") for name in (ENCODED, *RIVALS)}
    yield _claim(
        "Tracks more accurately than three registration methods",
        f"end-point error px: {_listed(epe)}",
        epe[ENCODED] < min(epe[name] for name in RIVALS),
        "the paper's rivals, whose names were not seen, are others; as encoded, without refining",
    )
    jitter = {name: _mean(smooth, name, "jitter") for name in (_OWN, *RIVALS[:2])}
    yield _claim(
        "Its deformations are smoother in time",
        f"bend in time px: {_listed(jitter)}",
        jitter[_OWN] < min(jitter[name] for name in RIVALS[:2]),
    )
    rough = {name: _mean(tracked, name, "gradient") for name in (ENCODED, *RIVALS)}
    yield _claim(
        "Its deformations are smoother in space",
        f"|grad det J|: {_listed(rough)}",
        rough[ENCODED] < min(rough[name] for name in RIVALS),
    )
    folds = _mean(tracked, ENCODED, "folds")
    yield _claim("Its deformations are diffeomorphic", f"{folds:.4f} % folded", folds == 0)


def _filling(tables: Sequence[Table]) -> Iterable[Claim]:
    pairs = [(_mean(t, FILLED, "epe"), _mean(t, OWN_LINEAR, "epe")) for t in tables]
    kept = ("2nd", "3rd", "6th", "8th")
    words = ", ".join(f"{k}: {a:.2f} / {b:.2f}" for k, (a, b) in zip(kept, pairs, strict=True))
    yield _claim(
        "Fills in missing frames better than linear interpolation of deformations",
        f"end-point error px, filled / linear, one frame of n kept: {words}",
        all(a < b for a, b in pairs),
        "linear: the model's own fields, taken with every frame in sight, which favours it",
    )


def _drawing(drawn: Table) -> Claim:
    shares = {
        f"{words}, {mode}": _mean(drawn, f"drawn, {mode}", key) / _mean(drawn, RECORDED, key)
        for key, words in (("amplitude", "mean shift"), ("jitter", "bend in time"))
        for mode in ("prior", "learned")
    }
    return _claim(
        "Motions drawn from the prior are realistic",
        f"relative to recorded motions: {_listed(shares)}",
        all(0.5 <= share <= 2 for name, share in shares.items() if name.endswith("prior")),
        "holds when prior draws move, and bend in time, half to twice as much as recorded ones",
    )


def _moving(moved: Table) -> Claim:
    names = (TRANSPORTED, "copy of A's true field", ALIGNED)
    epe = {name: _mean(moved, name, "epe") for name in names}
    return _claim(
        "Puts a motion on another subject without registering the two",
        f"end-point error px: {_listed(epe)}",
        epe[TRANSPORTED] < epe["copy of A's true field"],
        "holds when better than the plain copy; the aligned copy is given both true centres",
    )


def _diagnoses(model: MotionModel, run: PaperRun) -> tuple[Claim, tuple[Table, ...]]:
    text = "The latent space separates cardiac diseases"
    found = None if run.data is None else read_patients(model, run.data, run.tell)
    if found is None:
        missing = "the pairs of patients are not at hand"
        return Claim(SOURCE, text, _DIAGNOSES, missing, None, recalled=True), ()
    table, _ = group_table(found)
    row = table.row("four groups: rows of the model").figures
    two = table.row("failing or not: rows of the model").figures
    return Claim(
        SOURCE,
        text,
        _DIAGNOSES,
        f"four groups: balanced accuracy {row['accuracy'].mean:.2f}, p {row['p'].mean:.3f}; "
        f"failing or not: {two['accuracy'].mean:.2f}, p {two['p'].mean:.3f}",
        row["p"].mean < 0.05,
        recalled=True,
        note=f"{len(found.names)} patients of one hospital; holds when four groups are told apart",
    ), (table,)


def _claim(claim: str, ours: str, holds: bool, note: str = "") -> Claim:
    return Claim(SOURCE, claim, _CLAIMED, ours, bool(holds), note=note)


def _mean(table: Table, row: str, key: str) -> float:
    figure = table.row(row).figures.get(key)
    return float("nan") if figure is None else figure.mean


def _listed(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
