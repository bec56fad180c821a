"""The claims of DRAW (Gregor et al. 2015) on binarised digits, measured."""

from __future__ import annotations

import numpy as np

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.glimpses import divergences
from motionstudio.core.motion import Float
from motionstudio.datasets.mnist import IMAGES, binarised, read_digits
from motionstudio.evaluation.paper import Claim, Findings, PaperRun
from motionstudio.evaluation.table import Column, Scores, Table
from motionstudio.models.base import MotionModel
from motionstudio.models.registry import list_models, load_model
from motionstudio.models.scoring import Scorer

SOURCE = "DRAW, Gregor et al. 2015"
WITH, WITHOUT = "digits_draw", "digits_draw_plain"
SAMPLES = 20
SEED = 2015


def claims(run: PaperRun) -> Findings:
    """All claims, on handwritten digits never trained on, binarised once."""
    known = {card.name for card in list_models()}
    missing = [name for name in (WITH, WITHOUT) if name not in known]
    if missing or run.data is None or not (run.data / IMAGES).exists():
        what = f"the checkpoint {missing[0]}" if missing else f"the file {IMAGES}"
        untried = f"{what} is not at hand"
        return Findings((Claim(SOURCE, "Bounds on binarised digits", "-", untried, None),))
    ink = binarised(read_digits(run.data, held_out=True), SEED)[: run.count]
    scores = Scores()
    steps = {}
    for name in (WITH, WITHOUT):
        model = load_model(name)
        steps[name] = model.card.steps
        _score(model, ink, scores)
        run.tell(f"DRAW: {name}")
    table = Table(
        "bounds",
        f"Binarised digits, nats for each picture ({len(ink)} never trained on)",
        (
            Column("bound", "-ELBO", 2, True, "nats", "less"),
            Column("weighted", f"-IW bound, {SAMPLES} samples", 2, True, "nats", "less"),
            Column("dearest", "largest share of one glimpse in the KL", 2),
        ),
        scores.rows(),
        "Pixels drawn once with their grey level as probability. The share is that of the mean "
        "path.",
        (WITH,),
    )
    return Findings(tuple(_claims(table, steps)), (table,))


def _score(model: MotionModel, ink: Float, scores: Scores) -> None:
    if not isinstance(model, Scorer):
        raise MotionStudioError(f"{model.card.name} tells no likelihood.")
    found = model.score(ink, samples=SAMPLES, seed=SEED)
    motion = model.encode(ink, np.ones(len(ink), np.bool_), np.arange(len(ink), dtype=np.float64))
    assert motion.std is not None
    spent = divergences(motion.mean, motion.std).reshape(len(ink), -1)
    dearest = spent.max(1) / spent.sum(1)
    each = zip(found.bound, found.weighted, dearest, strict=True)
    for number, (bound, weighted, share) in enumerate(each):
        values = {"bound": -float(bound), "weighted": -float(weighted), "dearest": float(share)}
        scores.add(model.card.name, values, f"digit {number}")


def _claims(table: Table, steps: dict[str, int]) -> list[Claim]:
    def nats(name: str, key: str = "bound") -> float:
        return table.row(name).figures[key].mean

    with_windows, whole = nats(WITH), nats(WITHOUT)
    budget = f"{steps[WITH]:,} steps with windows, {steps[WITHOUT]:,} without"
    return [
        Claim(
            SOURCE,
            "Reading and writing through windows lowers the bound on binarised digits",
            "80.97 nats with attention, 87.40 without",
            f"{with_windows:.1f} nats with attention, {whole:.1f} without",
            with_windows < whole,
            recalled=True,
            note=f"10 glimpses, not 64; 6,000 digits, not 50,000; {budget} of 64 pictures",
        ),
        Claim(
            SOURCE,
            "A picture is made in several steps, none of which carries most of it",
            "figure only",
            f"the dearest glimpse costs {table.row(WITH).figures['dearest'].mean:.0%} of the KL",
            table.row(WITH).figures["dearest"].mean < 0.5,
            recalled=True,
        ),
    ]
