"""The claims of the latent in-betweening VAE (Cristovao et al. 2018 to 2020), measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from motionstudio.evaluation.between import (
    GAPS,
    SPRITE_GAPS,
    SPRITES,
    Subject,
    between_table,
    long_table,
    mean,
    sprite_triples,
)
from motionstudio.evaluation.paper import Claim, Findings, PaperRun
from motionstudio.evaluation.table import Table
from motionstudio.models.base import MotionModel
from motionstudio.models.registry import list_models, load_model

SOURCE = "In-betweening VAE"
ALPHAS = (0, 5, 10, 100)
_FAR, _NEAR = f"mid{GAPS[-1]}", f"mid{GAPS[0]}"
_FLOW, _TWO = "optical flow (DIS)", "Two teapots"
_LONG_CLIPS = 40
_TENTH = 0.1
_WITHIN = 2.0
_ENOUGH = 8
"""Cases below which a verdict is not given."""
_NO_FIGURE = "no figure on the slides"
SUBJECTS: Mapping[str, Subject] = {
    "teapot_1dof": Subject("One teapot, x", "teapot", {"freedom": 1}),
    "teapot_2dof": Subject("One teapot, x and y", "teapot", {"freedom": 2}),
    "teapot_6dof": Subject("One flat teapot, six degrees", "teapot", {"freedom": 6}),
    "teapot_two": Subject(_TWO, "teapot", {"freedom": 2, "teapots": 2}),
    "teapot3d_1dof": Subject("Rendered teapot, yaw", "teapot3d", {"freedom": 1}),
    "teapot3d_6dof": Subject("Rendered teapot, six degrees", "teapot3d", {"freedom": 6}),
}


def claims(run: PaperRun) -> Findings:
    """All claims; those whose checkpoints are not at hand are not tried, and say so."""
    tables: list[Table] = []
    found: list[Claim] = []
    for prefix, subject in SUBJECTS.items():
        models = _checkpoints(prefix)
        if "alpha 0" not in models or "alpha 100" not in models:
            found.append(_untried(subject.title, f"the checkpoints {prefix}_a0 and _a100"))
            continue
        some = next(iter(models.values()))
        table = between_table(
            f"{subject.title}: mean squared error of the middle frame ({run.count} triples "
            "never trained on)",
            models,
            subject.triples(some.card.size, run.count),
            "Gap: pixels, or 5 degrees, in each step; 6 was never trained on.",
        )
        tables.append(table)
        found += _between_claims(subject.title, table)
        run.tell(f"in-betweening: {subject.title}")
        if subject.title == _TWO:
            apart = _apart(subject, models, run.count)
            tables.append(apart)
            found += _object_claims(table, apart)
        if prefix == "teapot_2dof":
            long = _long(subject, models, min(run.count, _LONG_CLIPS))
            tables.append(long)
            found += _long_claims(long)
    sprite_claims, sprite_tables = _sprites(run)
    return Findings((*found, *sprite_claims), (*tables, *sprite_tables))


def _checkpoints(prefix: str) -> dict[str, MotionModel]:
    known = {card.name for card in list_models()}
    names = {f"alpha {alpha}": f"{prefix}_a{alpha}" for alpha in ALPHAS}
    return {title: load_model(name) for title, name in names.items() if name in known}


def _between_claims(title: str, table: Table) -> list[Claim]:
    far = {row.name: mean(table, row.name, _FAR) for row in table.rows}
    near = {row.name: mean(table, row.name, _NEAR) for row in table.rows}
    best, plain, faded = far["alpha 100"], far["alpha 0"], far["cross-fading"]
    return [
        _claim(
            f"{title}: frames far apart are joined far better than by a plain VAE's latents and "
            "by pixels (at most a tenth of both errors)",
            f"gap 6: {_listed(far, 'alpha 100', 'alpha 0', 'cross-fading')}",
            best <= _TENTH * min(plain, faded),
        ),
        _claim(
            f"{title}: far apart, better than in-betweening by optical flow, the source's rival",
            f"gap 6: {_listed(far, 'alpha 100', _FLOW)}",
            best < far[_FLOW],
        ),
        _claim(
            f"{title}: better than pixel methods for successive frames too",
            f"gap 1: {_listed(near, 'alpha 100', 'cross-fading', _FLOW)}",
            near["alpha 100"] < min(near["cross-fading"], near[_FLOW]),
        ),
        _claim(
            f"{title}: without the term, latents of far frames do not interpolate",
            f"gap 6: {_listed(far, 'alpha 0', 'cross-fading')}",
            plain > faded,
            "holds when the plain VAE's middle is worse than cross-fading",
        ),
        *_alpha_claims(title, far),
    ]


def _alpha_claims(title: str, far: Mapping[str, float]) -> list[Claim]:
    names = [f"alpha {alpha}" for alpha in ALPHAS if f"alpha {alpha}" in far]
    if len(names) < 3:
        return []
    falls = all(far[a] >= far[b] for a, b in pairwise(names))
    return [
        _claim(
            f"{title}: the weight alpha decides",
            f"gap 6: {_listed(far, *names)}",
            falls,
            "holds when the error falls with every larger alpha",
        )
    ]


def _apart(subject: Subject, models: Mapping[str, MotionModel], count: int) -> Table:
    triples = subject.unmistakable(next(iter(models.values())).card.size, count)
    shares = ", ".join(f"{len(cases) / count:.0%} at gap {gap}" for gap, cases in triples.items())
    return between_table(
        f"{subject.title} that do not change sides: mean squared error of the middle frame",
        models,
        triples,
        f"Of the triples above: {shares}. Both look alike, so what the others show is that each "
        "went a shorter way.",
    )


def _object_claims(every: Table, apart: Table) -> list[Claim]:
    """Of two objects: all triples, and those whose ends tell which of them is which."""
    made = []
    for table, which in ((every, "all triples"), (apart, "triples without a change of sides")):
        best, rebuilt = mean(table, "alpha 100", _FAR), mean(table, "alpha 100", "rec")
        far = table.row("alpha 100").figures.get(_FAR)
        count = 0 if far is None else far.count
        made.append(
            _claim(
                f"{_TWO}: works for several objects, alpha 100, {which} (middle frame within "
                "twice the reconstruction error)",
                f"gap 6: middle {best:.5f}, reconstruction {rebuilt:.5f}; triples: {count}",
                best <= _WITHIN * rebuilt if count >= _ENOUGH else None,
                "" if count >= _ENOUGH else f"fewer than {_ENOUGH} triples say nothing",
            )
        )
    return made


def _claim(claim: str, ours: str, holds: bool | None, note: str = "") -> Claim:
    return Claim(SOURCE, claim, _NO_FIGURE, ours, holds, note=note)


def _listed(figures: Mapping[str, float], *names: str) -> str:
    return ", ".join(f"{name} {figures[name]:.5f}" for name in names)


def _long(subject: Subject, models: Mapping[str, MotionModel], count: int) -> Table:
    some = next(iter(models.values()))
    return long_table(
        f"{subject.title}: 11 frames between two that are 12 steps apart ({count} clips)",
        models,
        list(subject.long(some.card.size, count)),
    )


def _long_claims(table: Table) -> list[Claim]:
    best, plain = mean(table, "alpha 100", "mse"), mean(table, "alpha 0", "mse")
    faded = mean(table, "cross-fading", "mse")
    straight = mean(table, "alpha 100", "straight"), mean(table, "alpha 0", "straight")
    return [
        Claim(
            SOURCE,
            "Long-term interpolation along a straight line in latent space follows the truth",
            _NO_FIGURE,
            f"alpha 100 {best:.5f}, alpha 0 {plain:.5f}, cross-fading {faded:.5f}",
            best <= _TENTH * min(plain, faded),
        ),
        Claim(
            SOURCE,
            "The term straightens the path that PCA shows",
            "figure only",
            f"straightness: alpha 100 {straight[0]:.3f}, alpha 0 {straight[1]:.3f}",
            straight[0] > straight[1],
        ),
    ]


def _sprites(run: PaperRun) -> tuple[Sequence[Claim], Sequence[Table]]:
    models = _checkpoints("sprites")
    if run.data is None or not (run.data / SPRITES).exists():
        return [_untried("Sprites", f"the file {SPRITES} of the data folder")], []
    if "alpha 0" not in models or "alpha 100" not in models:
        return [_untried("Sprites", "the checkpoints sprites_a0 and sprites_a100")], []
    some = next(iter(models.values()))
    table = between_table(
        "Sprites: mean squared error of the middle frame (6 characters never trained on)",
        models,
        sprite_triples(run.data, some.card.size),
        "Gap: frames. Limbs swing to and fro, so the truth is not always the middle.",
    )
    run.tell("in-betweening: sprites")
    parts, holds = [], []
    for gap in SPRITE_GAPS:
        best, plain, faded = (
            mean(table, name, f"mid{gap}") for name in ("alpha 100", "alpha 0", "cross-fading")
        )
        parts.append(f"gap {gap}: {best:.5f} / {plain:.5f} / {faded:.5f}")
        holds.append(best < min(plain, faded))
    claim = Claim(
        SOURCE,
        "It generalises over data sets: sprites, better than a plain VAE and cross-fading",
        _NO_FIGURE,
        "alpha 100 / alpha 0 / cross-fading; " + ", ".join(parts),
        all(holds),
    )
    return [claim], [table]


def _untried(title: str, what: str) -> Claim:
    return Claim(SOURCE, f"{title}: middle frames", _NO_FIGURE, f"{what} are not at hand", None)
