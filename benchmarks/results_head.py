"""The first screen of the page of results: each system in a sentence, and what to distrust."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from benchmarks.measured import Entry
from benchmarks.results_verdicts import RULE
from benchmarks.sections import Section
from motionstudio.evaluation.interpolation import FILLED, KEPT_LINEAR, OWN_LINEAR
from motionstudio.evaluation.table import Table
from motionstudio.evaluation.tracking import ENCODED, REFINED
from motionstudio.evaluation.transport import ALIGNED, TRANSPORTED

Kept = Mapping[str, Entry]
_NAMES = {
    "genlmm": "GenLMM", "fomm": "First order motion model", "vae": "VAE",
    "inbetween": "In-betweening VAE", "draw": "DRAW", "visual_dynamics": "Visual Dynamics",
    "vpn": "Video Pixel Network", "stae": "Spatio-temporal autoencoder",
    "recomposing": "Recomposing",
}  # fmt: skip
_ENOUGH = 20
_READ = """### Words and letters in the tables

- *z*: the numbers that a model makes of a motion. *As encoded*: by the network alone; *refined*:
  z then fitted to the frames it is measured on, which costs time. *alpha*: weight of the term that
  straightens paths (in-betweening).
- EPE: end-point error, mean distance from the true displacement. RMSE, L1: differences of
  pictures in [0, 1], *near* and *clean*: around the organ, and without noise; PSNR, SSIM: likeness
  of pictures. Dice: overlap of labels, 1 is equal; HD95: distance of outlines. Folded,
  |grad det J|: where a displacement turns space over, and how rough it is.
- ED, ES: heart at its fullest (end-diastole) and emptiest (end-systole); LV, RV: cavities of its
  ventricles, MYO: wall of the left one.
- DIS, Farneback: optical flow of OpenCV; Lucas-Kanade: the coarse one beside our encoder; demons,
  SyN: registration. *True*, *ceiling*, *floor*: known by construction; nobody is better but by
  chasing noise.
- AKD, MKR, AED: error of keypoints (pixels along an axis), share of keypoints lost, error of
  looks. Nats: surprise of the model, fewer are better; ELBO, IW: two bounds on it.
- R2: share explained, 1 is all, 0 nothing, below 0 worse than the mean. MIG, D, C: whether
  dimensions and factors belong together one by one; worth nothing where R2 is near 0. p: how often
  chance does as well.
- KL: pull of codes to the prior. T, D: frames and dimensions. CPU ms: summed over threads.

Definitions: [evaluation.md](evaluation.md#figures).
"""


def screen(kept: Kept, everything: Sequence[Section], sizes: Iterable[int]) -> str:
    """All of it, in Markdown."""
    parts = [_systems(kept), _distrust(kept, everything, sorted(sizes)), _READ, _repeat(kept)]
    return "\n".join(part for part in parts if part)


def _systems(kept: Kept) -> str:
    lines = []
    for system, name in _NAMES.items():
        entry = kept.get(f"paper/{system}")
        if entry is None:
            continue
        held = [claim.holds for claim in entry.found.claims]
        tried = len(held) - held.count(None)
        verdict = f"{held.count(True)} of {tried}"
        verdict += f" ({held.count(None)} not tried)" if None in held else ""
        try:
            sentence = _SENTENCES[system](kept)
        except (KeyError, StopIteration):
            sentence = "Its key figure is not measured."
        lines.append(f"| [{name}](#claims-{system}) | {sentence} | {verdict} |")
    if not lines:
        return ""
    head = "| system | what is true of it here | claims that hold |\n|---|---|---|"
    return "\n".join(["## In one screen\n", head, *lines, ""])


def _table(kept: Kept, section: str, starts: str = "") -> Table:
    return next(t for t in kept[section].found.tables if t.title.startswith(starts))


def _mean(table: Table, row: str, key: str) -> float:
    return table.row(row).figures[key].mean


def _genlmm(kept: Kept) -> str:
    tracked = _table(kept, "tracking/heart")
    epe = {row.name: row.figures["epe"].mean for row in tracked.rows if "epe" in row.figures}
    ours = (ENCODED, REFINED)
    rivals = {n: v for n, v in epe.items() if n not in ours and not n.startswith(("true", "id"))}
    best = min(rivals, key=lambda name: rivals[name])
    moved = _table(kept, "transport/heart", "Transport")
    gaps = [t for t in kept["interpolation/heart"].found.tables if t.title.startswith("Every")]
    behind = "behind" if epe[ENCODED] > rivals[best] else "ahead of"
    refined = "behind" if epe[REFINED] > rivals[best] else "ahead of"
    return (
        f"Tracks generated hearts to **{epe[ENCODED]:.2f} px**, {behind} the best registration "
        f"({best}, {rivals[best]:.2f}; no motion {epe['identity']:.2f}); refined to "
        f"**{epe[REFINED]:.2f}**, {refined} it. Another's motion to "
        f"{_mean(moved, TRANSPORTED, 'epe'):.2f} px, where the field copied has "
        f"{_mean(moved, ALIGNED, 'epe'):.2f} even with centres aligned. With one frame of 2 to 8 "
        f"kept, missing ones are {_range(gaps, FILLED)} px off; the kept frames' own fields, taken "
        f"linearly in time, {_range(gaps, KEPT_LINEAR)}, and those made with every frame in sight "
        f"{_range(gaps, OWN_LINEAR)}."
    )


def _range(tables: Sequence[Table], row: str) -> str:
    found = [_mean(table, row, "epe") for table in tables]
    return f"{min(found):.2f} to {max(found):.2f}"


def _fomm(kept: Kept) -> str:
    driven = _table(kept, "animation/figures", "B driven")
    own = _mean(driven, "model, driven by A", "akd")
    copied = _mean(driven, "copy of A's true field", "akd")
    return (
        f"Drives one figure by another with keypoints **{own:.2f} px** off along an axis, where "
        f"copying the true field has {copied:.2f} and holding still "
        f"{_mean(driven, 'first frame held', 'akd'):.2f}."
    )


def _vae(kept: Kept) -> str:
    bounds = _table(kept, "paper/vae")
    many, two = (_mean(bounds, f"digits_vae_{d}, binary", "bound") for d in ("20d", "2d"))
    return (
        f"20 dimensions say a handwritten digit in **{many:.0f} nats**, 2 dimensions in {two:.0f}."
    )


def _inbetween(kept: Kept) -> str:
    two = _table(kept, "paper/inbetween", "One teapot, x and y:")
    far = {name: _mean(two, name, "mid6") for name in ("alpha 100", "cross-fading", _FLOW)}
    near = _mean(two, "alpha 100", "mid1") / _mean(two, _FLOW, "mid1")
    return (
        f"Half-way between frames 12 steps apart its squared error is **{far['alpha 100']:.4f}**, "
        f"cross-fading's {far['cross-fading']:.4f}, optical flow's {far[_FLOW]:.4f}; between "
        f"neighbours flow is {near:.1f} times as good."
    )


_FLOW = "optical flow (DIS)"


def _draw(kept: Kept) -> str:
    bounds = _table(kept, "paper/draw")
    return (
        f"Says a digit in **{_mean(bounds, 'digits_draw', 'bound'):.1f} nats** through windows, in "
        f"{_mean(bounds, 'digits_draw_plain', 'bound'):.1f} without them."
    )


def _dynamics(kept: Kept) -> str:
    laws = _table(kept, "paper/visual_dynamics", "Steps of shapes")
    away = {row.name: row.figures["circle"].mean for row in laws.rows}
    own, true = away.pop("cross-convolutional network"), away.pop("true next frames")
    best = min(away, key=lambda name: away[name])
    return (
        f"Futures that it draws are **{own:.2f} nats** from the law that a circle moves by, the "
        f"best rival's ({best}) {away[best]:.2f}, true frames measured alike {true:.2f}."
    )


def _vpn(kept: Kept) -> str:
    nats = _table(kept, "paper/vpn")
    floor = _mean(nats, "floor of the generator", "nats")
    return (
        f"Gives stepping digits **{_mean(nats, 'digits_vpn', 'nats'):.2f} nats/frame**; without "
        f"dependencies {_mean(nats, 'digits_vpn_factorised', 'nats'):.1f}, at best {floor:.2f}."
    )


def _stae(kept: Kept) -> str:
    own = _table(kept, "paper/stae", "Moving digits (handwritten): the next")
    radar = _table(kept, "paper/stae", "Rain radar")
    copied = "last frame copied"
    worse = _mean(radar, "model", "late") > _mean(radar, copied, "late")
    flow = _mean(own, "last flow (DIS) goes on", "late")
    return (
        f"Predicts the next frame of handwritten digits with a squared error of "
        f"**{_mean(own, 'model', 'late'):.2f}**, copying has {_mean(own, copied, 'late'):.2f}, "
        f"constant flow {flow:.2f}; on rain radar it is {'worse' if worse else 'better'} than "
        f"copying ({_mean(radar, 'model', 'late'):.2f} against "
        f"{_mean(radar, copied, 'late'):.2f})."
    )


def _recomposing(kept: Kept) -> str:
    claims = kept["paper/recomposing"].found.claims
    near = next(c for c in claims if c.claim.startswith("Nearest neighbours"))
    again = next(c for c in claims if "sprites seen inverted" in c.claim)
    return f"Neighbours in its space: {near.ours}; the same motion in other tones: {again.ours}."


_SENTENCES: Mapping[str, Callable[[Kept], str]] = {
    "genlmm": _genlmm, "fomm": _fomm, "vae": _vae, "inbetween": _inbetween, "draw": _draw,
    "visual_dynamics": _dynamics, "vpn": _vpn, "stae": _stae, "recomposing": _recomposing,
}  # fmt: skip


def _distrust(kept: Kept, everything: Sequence[Section], sizes: Sequence[int]) -> str:
    """What a sceptic should know before any figure."""
    recalled = [c for e in kept.values() for c in e.found.claims if c.recalled]
    runs = kept["ablations/heart"].found.values.get("runs", {}) if "ablations/heart" in kept else {}
    seeds = max((len(rows) for rows in runs.values()), default=0)
    lines = [
        "Every shipped checkpoint was trained once, from one seed: differences of a few per cent "
        f"mean nothing. Only the ablations have several seeds, at most {seeds} each.",
        "Most figures are of subjects that our own generators make, because only there the true "
        "motion is known. Real recordings: [Real hearts](#real-hearts), [Diagnoses](#diagnoses), "
        "and the claims of three systems on radar, gestures and handwritten digits.",
        f"Pictures are small, {sizes[0]} to {sizes[-1]} px a side, and so are the networks."
        if sizes else "",
        f"{len(recalled)} figures of papers are from memory and were not read again; they are "
        "marked *recalled*. Nobody's data are the papers' data.",
        "Rivals run as they come, not tuned to these data; nor were verdicts corrected for how "
        "many there are: of twenty differences that are none, about one is called one.",
        RULE,
        "Every model, every task: at most 12 sequences each, for an impression only.",
        _few(kept, everything),
        _plus(kept),
    ]  # fmt: skip
    return "\n".join(["### What to distrust\n", *(f"- {line}" for line in lines if line), ""])


def _few(kept: Kept, everything: Sequence[Section]) -> str:
    wanted = {section.name: section.cases for section in everything}
    few = [
        f"`{name}` ({entry.cases})"
        for name, entry in kept.items()
        if entry.found.tables and entry.cases < min(_ENOUGH, wanted.get(name, _ENOUGH))
    ]
    return f"Measured on fewer cases than they deserve: {', '.join(few)}." if few else ""


def _plus(kept: Kept) -> str:
    odd = [f"`{name}`" for name, entry in kept.items() if entry.commit.endswith("+")]
    if not odd:
        return (
            "Every figure was measured at a commit as it is named, nothing uncommitted beside it."
        )
    return f"Measured with changes that were not yet committed (a plus): {', '.join(odd)}."


def _repeat(kept: Kept) -> str:
    spent = sum(entry.seconds for entry in kept.values()) / 60
    machines = sorted({re.split(r", one thread", e.hardware)[0] for e in kept.values()})
    return (
        "### How to repeat it\n\n"
        "`python -m benchmarks.results` measures what is missing or of other weights and writes "
        "this page; `--only NAME` takes one section, whose command stands under its heading with "
        "commit, machine, date and weights; `--again` measures what is kept once more; `--data "
        "FOLDER` names the real clips; `--ants PYTHON` names a Python with antspyx for SyN. "
        f"All figures together took {spent:.0f} minutes of one thread of {', '.join(machines)}; "
        "trainings are not counted. What each figure means: [evaluation.md](evaluation.md); how "
        "to read those of GenLMM: [systems/genlmm.md](systems/genlmm.md).\n"
    )
