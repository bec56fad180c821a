"""The claims of the spatio-temporal autoencoder (Patraucean et al. 2015), measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float
from motionstudio.core.picture import Transform, intensity_range
from motionstudio.datasets import make
from motionstudio.datasets.mnist import IMAGES
from motionstudio.datasets.moving_mnist import moving_digits
from motionstudio.evaluation.domains import warp_picture
from motionstudio.evaluation.paper import Claim, Findings, PaperRun
from motionstudio.evaluation.peers import dis_flow
from motionstudio.evaluation.table import Column, Scores, Table
from motionstudio.io import read_clip
from motionstudio.models.base import OverlayModel
from motionstudio.models.prediction import Predictor
from motionstudio.models.registry import list_models, load_model

SOURCE = "Spatio-temporal autoencoder, Patraucean et al. 2015"
MODEL = "digits_stae"
FINE = "radar_stae"
"""Measured on recordings as well where somebody trained it (``benchmarks/recipes``)."""
MODEL_NAME, COPY, FLOW = "model", "last frame copied", "last flow (DIS) goes on"
FIRST_TEST, SEED, FRAMES = 2_000_000, 7, 16
KNOWN, AHEAD = 6, 10
"""Frames that are shown, and how many are then predicted for the multi-step curve."""
INFORMED = 4
"""From this pair on the memory has seen enough; before, nothing can know where things go."""
REAL = (
    ("Rain radar", "radar/fmi_2016-09-28.npz"),
    ("Heart muscle", "microbundle/beats_000_074.npz"),
)
_HALF, _SHARE = 0.5, 0.6
_CLEARLY = 0.95
"""Smaller differences than this share are a tie."""
_PARAMS = {"frames": FRAMES, "motion": "bounce", "height": 0.42, "speeds": [0.8, 2.5]}
_MOST_REAL, _HELD_BACK = 40, 12


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A sequence that models are shown.

    Attributes:
        frames: (T, C, S, S) float32 in [0, 1].
        first: pairs from this one on are measured as late ones.
        flow: (T - 1, 2, S, S) true backward flow of each pair, or None.
        moving: (T - 1, S, S) where it counts, or None.
    """

    frames: Float
    first: int = INFORMED
    flow: Float | None = None
    moving: NDArray[np.bool_] | None = None


def claims(run: PaperRun) -> Findings:
    """All claims; without the checkpoint none is tried, and that is said."""
    known = {card.name for card in list_models()}
    if MODEL not in known:
        what = f"the checkpoint {MODEL} is not at hand"
        return Findings((Claim(SOURCE, "Next frames of moving digits", "-", what, None),))
    model = load_model(MODEL)
    assert isinstance(model, OverlayModel)
    assert isinstance(model, Predictor)
    size, found, tables = model.card.size, [], []
    for title, sequences in _digits(run, size):
        table = next_table(f"{title}: the next frame", model, sequences)
        curve = curve_table(f"{title}: {AHEAD} frames ahead", model, sequences)
        tables += [table, curve]
        found += [*_next_claims(title, table), _curve_claim(title, curve)]
        run.tell(f"spatio-temporal autoencoder: {title}")
    for title, file in REAL:
        path = None if run.data is None else run.data / file
        if path is None or not path.exists():
            found.append(Claim(SOURCE, title, "-", f"the file {file} is not at hand", None))
            continue
        for name in (MODEL, *((FINE,) if FINE in known else ())):
            table = _real_table(title, path, name)
            tables.append(table)
            found.append(_real_claim(title, name, table))
        run.tell(f"spatio-temporal autoencoder: {title}")
    return Findings(tuple(found), tuple(tables))


def next_table(title: str, model: OverlayModel, sequences: Sequence[Shown]) -> Table:
    """Squared errors of next frames, sums over a frame, and of flows, in pixels."""
    scores = Scores()
    for number, one in enumerate(sequences):
        frames = one.frames
        count = len(frames)
        motion = model.encode(frames, np.ones(count, np.bool_), np.arange(count, dtype=np.float64))
        maps = [
            model.overlays(motion, frames[0], row, ("flow", "next frame"))
            for row in range(count - 1)
        ]
        before = [np.zeros((2, *frames.shape[2:]), np.float32)] + [
            dis_flow(frames[t - 1], frames[t]) for t in range(1, count - 1)
        ]
        bent = [warp_picture(frames[t], before[t]) for t in range(count - 1)]
        nothing = [np.zeros_like(flow) for flow in before]
        for name, made, flows in (
            (MODEL_NAME, [m["next frame"] for m in maps], [m["flow"] for m in maps]),
            (COPY, list(frames[:-1]), nothing),
            (FLOW, bent, before),
        ):
            scores.add(name, _errors(one, made, flows), f"sequence {number}")
    columns = (
        Column("first", "squared error, pair 1", 2),
        Column("late", f"pairs {sequences[0].first} and later", 2, True, better="less"),
        *((Column("epe", f"flow error, px, pairs {sequences[0].first} and later", 3, True, "px",
                  "less"),)
          if sequences[0].flow is not None else ()),
    )  # fmt: skip
    note = (
        f"Sequences: {len(sequences)}; each frame from those before it; errors summed over a frame."
    )
    return Table("next", title, columns, scores.rows(), note, (MODEL_NAME,))


def curve_table(title: str, model: Predictor, sequences: Sequence[Shown]) -> Table:
    """Squared errors of frames further and further ahead, from ``KNOWN`` frames."""
    scores = Scores()
    ahead = range(AHEAD)
    for one in sequences:
        past, truth = one.frames[:KNOWN], one.frames[KNOWN : KNOWN + AHEAD]
        step = dis_flow(past[-2], past[-1])
        ways: tuple[tuple[str, Float], ...] = (
            (MODEL_NAME, model.predict(past, AHEAD).frames[0]),
            (COPY, np.repeat(past[-1:], AHEAD, 0)),
            (FLOW, np.stack([warp_picture(past[-1], (k + 1) * step) for k in ahead])),
        )
        for name, made in ways:
            wrong = np.square(made - truth).sum((1, 2, 3))
            scores.add(name, {f"k{k}": float(wrong[k]) for k in ahead})
    columns = tuple(Column(f"k{k}", f"+{k + 1}", 1) for k in ahead)
    note = f"Squared error summed over a frame; {KNOWN} frames are known; flows are composed."
    return Table("curve", title, columns, scores.rows(), note)


def _errors(one: Shown, made: Sequence[Float], flows: Sequence[Float]) -> dict[str, float]:
    truth = one.frames[1:]
    wrong = np.array([np.square(a - b).sum() for a, b in zip(made, truth, strict=True)])
    figures = {"first": float(wrong[1]), "late": float(wrong[one.first :].mean())}
    if one.flow is not None and one.moving is not None:
        away = [
            np.hypot(*(flow - true))[moving].mean()
            for flow, true, moving in zip(flows, one.flow, one.moving, strict=True)
        ]
        figures["epe"] = float(np.mean(away[one.first :]))
    return figures


def _digits(run: PaperRun, size: int) -> Iterator[tuple[str, Sequence[Shown]]]:
    yield "Moving digits (generated)", [_written(index, size) for index in range(run.count)]
    if run.data is not None and (run.data / IMAGES).exists():
        frames = moving_digits(run.data, run.count, FRAMES, size, seed=SEED)
        yield "Moving digits (handwritten)", [Shown(one) for one in frames]


def _written(index: int, size: int) -> Shown:
    params = {**_PARAMS, "size": size, "flow_next": True}
    sample = make("digits", params, SEED, FIRST_TEST + index)
    assert sample.labels is not None
    return Shown(sample.frames, flow=sample.flow_next, moving=sample.labels[1:] > 0)


def _real_table(title: str, path: Path, name: str) -> Table:
    """Next frames of a recording; of that which a model was trained on, the last ones alone."""
    model = load_model(name)
    assert isinstance(model, OverlayModel)
    clip = read_clip(path)
    transform = Transform.fit(clip.size, model.card.size, range=intensity_range(clip))
    count = min(len(clip), _MOST_REAL)
    frames = transform.apply(np.stack([clip.frames[t] for t in range(count)]), channels=1)
    # The frame after pair t is frame t + 1.
    first = count - _HELD_BACK - 1 if path.name in model.card.data else INFORMED
    shown = Shown(frames, first)
    return next_table(f"{title}, {name}: the next frame", model, [shown])


def _figures(table: Table, key: str) -> Callable[[str], float]:
    return lambda name: table.row(name).figures[key].mean


def _next_claims(title: str, table: Table) -> Iterator[Claim]:
    late, first = _figures(table, "late"), _figures(table, "first")
    ours, copied, flowing = late(MODEL_NAME), late(COPY), late(FLOW)
    yield Claim(
        SOURCE,
        f"{title}: what comes next is predicted better than by copying and by constant flow",
        "179.8 nats a frame at 64 x 64 (two digits); no figure for these rivals",
        f"squared error {ours:.2f}, copying {copied:.2f}, constant flow {flowing:.2f}",
        ours < min(copied, flowing),
        note=f"32 x 32, one digit; at most half of copying: {_yes(ours < _HALF * copied)}",
    )
    yield Claim(
        SOURCE,
        f"{title}: memory makes the difference: later frames are predicted better than the second",
        "figure only",
        f"squared error {ours:.2f} late, {first(MODEL_NAME):.2f} for the second pair",
        ours < first(MODEL_NAME),
        recalled=True,
    )
    if "epe" in table.row(MODEL_NAME).figures:
        away = _figures(table, "epe")
        yield Claim(
            SOURCE,
            f"{title}: the flow is learned without ever being shown",
            "figure only",
            f"flow error {away(MODEL_NAME):.2f} px, none at all {away(COPY):.2f} px, "
            f"constant DIS flow {away(FLOW):.2f} px",
            away(MODEL_NAME) < _SHARE * away(COPY),
            recalled=True,
            note="holds when below 0.6 of no flow at all, on the digit",
        )


def _curve_claim(title: str, table: Table) -> Claim:
    def listed(name: str) -> str:
        figures = table.row(name).figures
        return " ".join(f"{figures[f'k{k}'].mean:.0f}" for k in (0, 1, 2, 4, 7, AHEAD - 1))

    ours = [table.row(MODEL_NAME).figures[f"k{k}"].mean for k in range(5)]
    others = [[table.row(name).figures[f"k{k}"].mean for k in range(5)] for name in (COPY, FLOW)]
    return Claim(
        SOURCE,
        f"{title}: the next five frames, by composing flows",
        "figure only",
        f"+1 +2 +3 +5 +8 +{AHEAD}: model {listed(MODEL_NAME)}; copying {listed(COPY)}; "
        f"constant flow {listed(FLOW)}",
        sum(ours) < _CLEARLY * min(sum(one) for one in others),
        recalled=True,
        note="holds when the mean of the five is at least 5 % below both",
    )


def _real_claim(title: str, name: str, table: Table) -> Claim:
    late = _figures(table, "late")
    alien = "the network has seen digits only" if name == MODEL else "trained on rain radar"
    return Claim(
        SOURCE,
        f"{title}, {name}: frames never trained on are predicted better than by copying",
        "no figure",
        f"squared error {late(MODEL_NAME):.2f}, copying {late(COPY):.2f}, "
        f"constant flow {late(FLOW):.2f}",
        late(MODEL_NAME) < late(COPY),
        note=alien,
    )


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"
