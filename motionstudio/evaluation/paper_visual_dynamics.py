"""The claims of Visual Dynamics (Xue et al. 2016) on correlated shapes and sprites, measured."""

from __future__ import annotations

from collections.abc import Mapping

from motionstudio.evaluation.analogies import (
    BASELINES,
    analogy_table,
    own_step,
    sprite_analogies,
)
from motionstudio.evaluation.analogies import of_model as analogies_of
from motionstudio.evaluation.between import SPRITES
from motionstudio.evaluation.paper import Claim, Findings, PaperRun, untried
from motionstudio.evaluation.sampled_motions import (
    clear_samples,
    flow_transfer,
    motion_table,
    of_model,
    steps_of,
    true_steps,
)
from motionstudio.evaluation.table import Table
from motionstudio.models.base import MotionModel
from motionstudio.models.registry import list_models, load_model

SOURCE = "Visual Dynamics, Xue et al. 2016"
OURS = "shapes_vd"
RIVALS: Mapping[str, str] = {
    "deterministic": "shapes_vd_deterministic",
    "motion prior only": "shapes_vd_prior",
    "autoencoder": "shapes_vd_autoencoder",
}
FLOW, TRUTH, CONDITIONAL = "flow transfer", "true next frames", "cross-convolutional network"
SPRITE_MODEL, DIFFERENCE = "sprites_vd", "copying the difference"
_PICTURES, _MANY = 50, 200
_TRUE_FIRST = 2_000_000
_PUBLISHED: Mapping[str, str] = {
    "circle": "1.70, against 6.77 flow and 8.76 autoencoder",
    "square": "2.48, against 7.07 flow and 12.37 autoencoder",
    "triangle": "1.14, against 6.07 flow and 10.36 autoencoder",
    "together": "2.46, against 8.42 flow and 10.58 autoencoder",
}
_WORDS: Mapping[str, str] = {
    "circle": "the circle's motion",
    "square": "the square's motion",
    "triangle": "the triangle's motion",
    "together": "circle and triangle together",
}


def claims(run: PaperRun) -> Findings:
    """All claims; those whose checkpoints or data are not at hand are not tried, and say so."""
    shapes, sprites = _shapes(run), _sprites(run)
    return Findings((*shapes.claims, *sprites.claims), (*shapes.tables, *sprites.tables))


def _shapes(run: PaperRun) -> Findings:
    missing = _missing(OURS, *RIVALS.values())
    if missing:
        return Findings((untried(SOURCE, "Futures drawn of shapes agree with the law", missing),))
    models = {CONDITIONAL: load_model(OURS)}
    models |= {name: load_model(folder) for name, folder in RIVALS.items()}
    size = models[CONDITIONAL].card.size
    pictures = clear_samples(size, min(run.count, _PICTURES))
    methods = {TRUTH: true_steps(clear_samples(size, _MANY, _TRUE_FIRST))}
    for name, model in models.items():
        methods[name] = steps_of(of_model(model), pictures)
        run.tell(f"Visual Dynamics: {name}")
    methods[FLOW] = steps_of(flow_transfer(size), pictures)
    table = motion_table(size, methods)
    return Findings(tuple(_shape_claims(table, models)), (table,))


def _shape_claims(table: Table, models: Mapping[str, MotionModel]) -> list[Claim]:
    steps = models[CONDITIONAL].card.steps
    found = []
    for key, words in _WORDS.items():
        figures = {name: _figure(table, name, key) for name in (CONDITIONAL, *RIVALS, FLOW)}
        ours = figures.pop(CONDITIONAL)
        others = ", ".join(f"{name} {value:.2f}" for name, value in figures.items())
        floor = _figure(table, TRUTH, key)
        found.append(
            Claim(
                SOURCE,
                f"Drawn futures agree with the law of {words} better than those of other methods "
                "(KL in nats)",
                _PUBLISHED[key],
                f"{ours:.2f}, against {others}; true next frames measured alike {floor:.2f}",
                ours < min(figures.values()),
                recalled=True,
                note=f"our generator, bins and tracker; {steps:,} steps at 32 x 32, not 128 x 128",
            )
        )
    linked, free = (_figure(table, CONDITIONAL, key) for key in ("correlated", "free"))
    found.append(
        Claim(
            SOURCE,
            "Circle and triangle move together in drawn futures, the square by itself",
            "figure only",
            f"r circle and triangle {linked:.2f}, circle and square {free:.2f}",
            linked > 0.8 and abs(free) < 0.2,
            recalled=True,
        )
    )
    return found


def _sprites(run: PaperRun) -> Findings:
    claim = "The step of one sprite, done by another, comes nearer to its true next frame than "
    claim += "adding the same difference"
    missing = _missing(SPRITE_MODEL)
    if missing or run.data is None or not (run.data / SPRITES).exists():
        return Findings((untried(SOURCE, claim, missing or f"the file {SPRITES}"),))
    model = load_model(SPRITE_MODEL)
    cases = sprite_analogies(run.data, model.card.size, run.count)
    answers = {"Visual Dynamics": analogies_of(model), **BASELINES,
               "its own true step, encoded": own_step(model)}  # fmt: skip
    table = analogy_table(answers, cases)
    run.tell("Visual Dynamics: sprites")
    ours, others = _figure(table, "Visual Dynamics", "error"), {}
    for name in BASELINES:
        others[name] = _figure(table, name, "error")
    listed = ", ".join(f"{name} {value:.2f}" for name, value in others.items())
    return Findings(
        (
            Claim(
                SOURCE,
                claim,
                "15.9, against 23.0 for the best of Reed et al. and 56.0 for adding",
                f"{ours:.2f}, against {listed}",
                ours < others[DIFFERENCE],
                recalled=True,
                note="other sprites, 32 x 32, and another measure: summed squared error",
            ),
        ),
        (table,),
    )


def _missing(*names: str) -> str:
    known = {card.name for card in list_models()}
    lacking = [name for name in names if name not in known]
    return f"the checkpoint {lacking[0]}" if lacking else ""


def _figure(table: Table, row: str, key: str) -> float:
    figure = table.row(row).figures.get(key)
    return float("nan") if figure is None else figure.mean
