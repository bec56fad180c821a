"""The claims of auto-encoding variational Bayes (Kingma, Welling 2013), measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float
from motionstudio.datasets.mnist import IMAGES, read_digits
from motionstudio.evaluation.paper import Claim, Findings, PaperRun, untried
from motionstudio.evaluation.table import Column, Scores, Table
from motionstudio.models.registry import list_models, load_model
from motionstudio.models.scoring import Scorer

SOURCE = "VAE, Kingma and Welling 2013"
NAMES = ("digits_vae_2d", "digits_vae_20d")
OTHERS: Mapping[str, tuple[str, ...]] = {
    "digits_vae_conv": ("binary", "grey"),
    "digits_vae_gaussian": ("grey",),
}
"""Further checkpoints in the table where they are at hand, and the pictures they are made for."""

SAMPLES = 50
_SEED = 1
_MARGIN = 0.05


def claims(run: PaperRun) -> Findings:
    """All claims, on handwritten digits never trained on."""
    known = {card.name for card in list_models()}
    missing = [name for name in NAMES if name not in known]
    if missing or run.data is None or not (run.data / IMAGES).exists():
        what = f"the checkpoint {missing[0]}" if missing else f"the file {IMAGES}"
        return Findings((untried(SOURCE, "Bounds on handwritten digits", what),))
    digits = read_digits(run.data, held_out=True)[: run.count]
    scores = Scores()
    wanted: dict[str, tuple[str, ...]] = dict.fromkeys(NAMES, ("binary", "grey"))
    wanted |= {name: kinds for name, kinds in OTHERS.items() if name in known}
    for name, kinds in wanted.items():
        _score(name, digits, scores, kinds)
        run.tell(f"VAE: {name}")
    table = Table(
        "bounds",
        f"Handwritten digits, nats for each picture ({len(digits)} never trained on)",
        (
            Column("bound", "-ELBO", 2, True, "nats", "less"),
            Column("weighted", f"-IW bound, {SAMPLES} samples", 2, True, "nats", "less"),
            Column("floor", "floor", 2),
        ),
        scores.rows(),
        "Binary: each pixel drawn with its grey level as probability. Grey: pixels as they are; "
        "their own entropy is the floor. Gaussian: the density of grey pixels, with its constant "
        "as the floor; not to be compared with the others.",
    )
    return Findings(tuple(_claims(table)), (table,))


def _score(name: str, digits: Float, scores: Scores, kinds: Sequence[str]) -> None:
    model = load_model(name)
    if not isinstance(model, Scorer):
        raise MotionStudioError(f"{name} tells no likelihood.")
    drawn = np.random.default_rng(_SEED).random(digits.shape, np.float32) < digits
    pictures = {"binary": drawn.astype(np.float32), "grey": digits}
    for kind in kinds:
        found = model.score(pictures[kind], samples=SAMPLES, seed=_SEED)
        each = zip(found.bound, found.weighted, found.floor, strict=True)
        for number, (bound, weighted, floor) in enumerate(each):
            values = {"bound": -float(bound), "weighted": -float(weighted), "floor": float(floor)}
            scores.add(f"{name}, {kind}", values, f"digit {number}")


def _claims(table: Table) -> list[Claim]:
    def nats(name: str, key: str) -> float:
        return table.row(f"{name}, binary").figures[key].mean

    few, many = (nats(name, "bound") for name in NAMES)
    tighter = [(name, nats(name, "bound"), nats(name, "weighted")) for name in NAMES]
    return [
        Claim(
            SOURCE,
            "More latent dimensions do not over-fit: the bound on unseen digits improves",
            "figure only",
            f"-ELBO: 2 dimensions {few:.1f}, 20 dimensions {many:.1f} nats",
            many < few,
            recalled=True,
        ),
        Claim(
            "Importance-weighted auto-encoders, Burda et al. 2015",
            f"The importance-weighted bound is tighter than the evidence lower bound "
            f"({SAMPLES} samples)",
            "always, in expectation",
            "; ".join(f"{name}: {elbo:.1f} to {iw:.1f} nats" for name, elbo, iw in tighter),
            all(iw < elbo for _, elbo, iw in tighter),
        ),
        Claim(
            SOURCE,
            "Bound on MNIST with 20 dimensions and one hidden layer",
            "about 100 nats, 60,000 digits",
            f"{many:.1f} nats with 6,000 handwritten digits",
            abs(many / 100 - 1) <= _MARGIN,
            recalled=True,
            note=f"holds within {_MARGIN:.0%}; other network, a tenth of the data",
        ),
    ]
