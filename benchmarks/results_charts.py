"""Pictures of the tables of results: which figure of which section is drawn, and how."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks import ablation_words, heart_charts
from benchmarks.charts import COLOURS, Chart, Dot, Dots, Series
from benchmarks.growth import WORDS, exponent
from benchmarks.measured import Found
from motionstudio.evaluation.table import Table

Picture = tuple[str, Chart | Dots]
LESS, MORE = "less is better", "more is better"
_OURS = ("model", "alpha 100", "digits_draw", "digits_vae", "digits_vpn", "keypoints and mat",
         "cross-conv", "Visual Dynamics", "full", "GenLMM", "figures", "own z")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of a table as a picture: ``starts`` is how the table's title begins.

    Only rows are drawn whose names end with ``ends``.
    """

    slug: str
    key: str
    across: str
    title: str
    starts: str = ""
    log: bool = False
    ends: str = ""


_TABLES: Mapping[str, tuple[Shown, ...]] = {
    "tracking/heart": (
        Shown("tracking-heart", "epe", f"end-point error in the heart, px; {LESS}",
              "Tracking of generated hearts, true field known"),
    ),
    "tracking/figures": (
        Shown("tracking-figures", "epe", f"end-point error in the figure, px; {LESS}",
              "Tracking of generated figures, true field known"),
    ),
    "transport/heart": (
        Shown("transport-heart", "epe", f"end-point error in B's heart, px; {LESS}",
              "A's motion on B: the model beside copied fields", "Transport"),
        Shown("shuffle-heart", "loss", "local correlation lost against own z and own frame",
              "Shuffle tests: what is lost with another's z, another's first frame", "Shuffle"),
    ),
    "animation/figures": (
        Shown("animation-own", "akd", f"AKD, px; {LESS}",
              "Figures made again from their first frame", "Reconstruction"),
        Shown("animation-driven", "akd", f"AKD, px; {LESS}",
              "B driven by A: keypoints against the exact rendering", "B driven"),
    ),
    "paper/genlmm": (
        Shown("genlmm-jitter", "jitter", f"bend of the field in time, px; {LESS}",
              "Smoothness in time", "Smoothness"),
        Shown("genlmm-drawn", "amplitude", "mean shift, px; as recorded is best",
              "Motions drawn beside recorded ones", "Motions drawn"),
    ),
    "paper/fomm": (
        Shown("fomm-orders", "rmse near", f"RMSE near the figure; {LESS}",
              "First order: with and without matrices around keypoints", "Reconstruction with and"),
        Shown("fomm-driven", "aed", f"AED, true colours; {LESS}",
              "B driven by A: does B keep its looks?", "B driven"),
    ),
    "paper/vae": (
        Shown("vae-bounds", "bound", f"-ELBO, nats/picture; {LESS}",
              "Handwritten digits never trained on, black and white pixels", ends="binary"),
    ),
    "paper/draw": (
        Shown("draw-bounds", "bound", f"-ELBO, nats/picture; {LESS}",
              "With windows (digits_draw) and without (plain)"),
    ),
    "paper/vpn": (
        Shown("vpn-nats", "nats", f"nats/frame, logarithmic; {LESS}",
              "Stepping digits: the floor is the generator's entropy", log=True),
    ),
    "paper/visual_dynamics": (
        Shown("visual_dynamics-analogies", "error", f"summed squared error; {LESS}",
              "Sprites, A : B :: C : ?", "Sprites"),
    ),
    "speed/ratios": (
        Shown("speed-ratios", "ms", f"processor ms/frame, one thread, logarithmic; {LESS}",
              "Time to track one frame", log=True),
    ),
    "groups/patients": (
        Shown("groups-accuracy", "accuracy", f"balanced accuracy, leave one out; {MORE}",
              "Diagnoses told from motion, beside the area that experts contoured"),
    ),
}  # fmt: skip


def pictures_of(section: str, found: Found) -> list[Picture]:
    """Names and charts of a section, those that its own tables and values allow."""
    drawn = [p for shown in _TABLES.get(section, ()) for p in _shown(shown, found.tables)]
    more = _SPECIAL.get(section)
    return [*drawn, *(more(found) if more else ())]


def chapter_pictures(chapter: str, found: Mapping[str, Found]) -> list[Picture]:
    """Charts that serve all tables of a chapter; ``found`` by section."""
    return [*_tasks(found)] if chapter == "tasks" else []


def rows_of(table: Table, key: str, series: str = "") -> list[Dot]:
    """A dot for each row that has the figure."""
    known = [(row.name, row.figures[key]) for row in table.rows if key in row.figures]
    return [Dot(name, f.mean, f.error, series) for name, f in known]


def ours(names: Iterable[str]) -> tuple[str, ...]:
    """Those rows that are ours."""
    return tuple(dict.fromkeys(name for name in names if name.startswith(_OURS)))


def _shown(shown: Shown, tables: Sequence[Table]) -> Iterable[Picture]:
    fitting = [t for t in tables if t.title.startswith(shown.starts)]
    for table in fitting[:1]:
        dots = [d for d in rows_of(table, shown.key) if d.row.endswith(shown.ends)]
        if dots:
            strong = ours(d.row for d in dots)
            yield shown.slug, Dots(shown.title, shown.across, dots, shown.log, strong)


def _interpolation(found: Found) -> Iterable[Picture]:
    lines: dict[str, list[tuple[float, float]]] = {}
    for table in found.tables:
        every = re.match(r"Every (\d+)", table.title)
        for row in table.rows if every else ():
            if every and "epe" in row.figures:
                lines.setdefault(row.name, []).append(
                    (float(every.group(1)), row.figures["epe"].mean)
                )
    if lines:
        known = [Series(name, points, dash=not name.startswith("model"))
                 for name, points in lines.items()]  # fmt: skip
        title = "Missing frames of hearts: filled in, and fields linear in time"
        up = "end-point error, px"
        yield "missing-fields", Chart(title, "one frame of ... is kept", up, known)
    blended = [t for t in found.tables if t.title.startswith("One frame")]
    dots = [d for t in blended for d in rows_of(t, "rmse", f"one of {t.title.split()[3]} kept")]
    if dots:
        title = "Missing frames of hearts as pictures: the model, linear and flow blending"
        yield "missing-pictures", Dots(title, f"RMSE of withheld frames; {LESS}", dots,
                                       strong=ours(d.row for d in dots))  # fmt: skip


def _between(found: Found) -> Iterable[Picture]:
    for table in found.tables:
        if table.task != "between":
            continue
        what = table.title.partition(":")[0]
        series = []
        for row in table.rows:
            known = [(float(k[3:]), f.mean) for k, f in row.figures.items() if k.startswith("mid")]
            series.append(Series(row.name, known))
        slug = re.sub(r"\W+", "-", what.lower())
        title = f"{what}: the frame in the middle"
        errors = [y for one in series for _, y in one.points]
        yield f"between-{slug}", Chart(title, "gap to either neighbour", "mean squared error",
                                       series, log=max(errors) > 5 * min(errors))  # fmt: skip


def _laws(found: Found) -> Iterable[Picture]:
    keys = {"circle": "circle", "square": "square", "triangle": "triangle", "together": "both"}
    tables = [t for t in found.tables if t.task == "motions"]
    dots = [d for t in tables for key, words in keys.items() for d in rows_of(t, key, words)]
    if dots:
        yield "visual_dynamics-laws", Dots(
            "Drawn futures against the law that shapes move by", f"KL, nats; {LESS}", dots,
            strong=ours(d.row for d in dots),
        )  # fmt: skip


def _ahead(found: Found) -> Iterable[Picture]:
    for table in found.tables:
        if table.task != "curve":
            continue
        what = table.title.partition(":")[0]
        series = [
            Series(row.name, [(int(k[1:]) + 1.0, f.mean) for k, f in row.figures.items()])
            for row in table.rows
        ]
        slug = "stae-" + re.sub(r"\W+", "-", what.lower()).strip("-")
        yield slug, Chart(f"{what}, frames ahead", "frames ahead", "squared error", series)


_SHARE = re.compile(r"(?:^|, )([a-z ]+) (\d+)%")


def _found_again(found: Found) -> Iterable[Picture]:
    """Retrieval is told by claims alone."""
    start = "The same motion is found again: "
    dots = [
        Dot(claim.claim.removeprefix(start), float(share), series=name)
        for claim in found.claims
        if claim.claim.startswith(start)
        for name, share in _SHARE.findall(claim.ours)
    ]
    if dots:
        title = "The same motion found again"
        yield "recomposing-found", Dots(title, f"% answered rightly; {MORE}", dots)


def _real(found: Found) -> Iterable[Picture]:
    dots = [
        d
        for t in found.tables
        for d in rows_of(t, "dice extreme", t.title.partition(" ")[0])
    ]  # fmt: skip
    if dots:
        title = "Labels of real hearts carried from ED to ES"
        yield "real-labels", Dots(title, f"Dice of the LV cavity; {MORE}", dots,
                                  strong=ours(d.row for d in dots))  # fmt: skip


def _growth(found: Found) -> Iterable[Picture]:
    systems = found.values.get("systems", {})
    for axis, words in WORDS.items():
        for name, up in (("", "seconds to encode and decode"), ("-memory", "MiB")):
            series: list[Series] = []
            for system, axes in systems.items():
                points = axes.get(axis, [])
                costs = [p[3] if name else p[1] + p[2] for p in points]
                known = [(p[0], c) for p, c in zip(points, costs, strict=True) if c > 0]
                if len(known) > 1:
                    slope = exponent([p[0] for p in points], costs)
                    # More systems than colours.
                    dash = len(series) >= len(COLOURS)
                    called = system if math.isnan(slope) else f"{system}, {slope:.2f}"
                    series.append(Series(called, known, dash=dash))
            if series:
                title = f"Cost over {words}, with exponents"
                yield f"growth-{axis}{name}", Chart(title, words, up, series, log=True)


def _latency(found: Found) -> Iterable[Picture]:
    for table in found.tables[:1]:
        named = {"encode": "encode, ms/frame", "decode": "decode, ms/row"}
        dots = [d for key, words in named.items() for d in rows_of(table, key, words)]
        if dots:
            title = "Latency of one checkpoint of each system"
            yield "speed-latency", Dots(title, "processor ms, logarithmic", dots, log=True)


def _training(found: Found) -> Iterable[Picture]:
    for table in found.tables[:1]:
        dots = rows_of(table, "images")
        if dots:
            yield "speed-training", Dots("Training on one core", "pictures/s, logarithmic", dots,
                                         log=True)  # fmt: skip


def _tasks(found: Mapping[str, Found]) -> Iterable[Picture]:
    """One chart for each task: checkpoints are its rows, methods its colours."""
    for task, starts, title in (
        ("reconstruction", "", "Frames made again from their rows"),
        ("interpolation", "One frame of 4", "Withheld frames, one of 4 kept"),
        ("prediction", "", "The second half of a clip, continued"),
    ):
        dots = []
        for section, one in found.items():
            for table in one.tables:
                if table.task == task and table.title.startswith(starts):
                    named = rows_of(table, "rmse")
                    dots += [Dot(section[6:], d.value, d.error, d.row) for d in named]
        if dots:
            yield f"tasks-{task}", Dots(title, f"RMSE; {LESS}", dots)
    yield from _odd_ones(found)


def _odd_ones(found: Mapping[str, Found]) -> Iterable[Picture]:
    dots = []
    for section, one in found.items():
        for table in (t for t in one.tables if t.task == "likelihood"):
            plain = [d for d in rows_of(table, "bound") if d.value > 0]
            dots += [Dot(section[6:], d.value, d.error, d.row) for d in plain]
    if dots:
        yield "tasks-likelihood", Dots(
            "Does the likelihood know odd frames? (densities below 0 are left out)",
            "-ELBO, nats/frame, logarithmic; the frames themselves should be least", dots, log=True,
        )  # fmt: skip


def _ablations(found: Found) -> Iterable[Picture]:
    beside = [table for table in found.tables if table.task == "registration"]
    return ablation_words.charts(found.values["runs"], beside[0]) if beside else []


def _soak(found: Found) -> Iterable[Picture]:
    points = [(r["seconds"] / 60, r["memory"]) for r in found.values.get("readings", ())]
    if points:
        series = [Series("resident memory", points)]
        yield "soak", Chart("Memory after every round of a long session", "minutes", "MiB", series)


_SPECIAL: Mapping[str, Callable[[Found], Iterable[Picture]]] = {
    "ablations/heart": _ablations,
    "interpolation/heart": _interpolation,
    "paper/inbetween": _between,
    "paper/visual_dynamics": _laws,
    "paper/stae": _ahead,
    "paper/recomposing": _found_again,
    "real/labels": _real,
    "real/ejection": heart_charts.ejection,
    "real/curves": heart_charts.curves,
    "groups/patients": heart_charts.groups,
    "speed/growth": _growth,
    "speed/latency": _latency,
    "speed/training": _training,
    "robustness/soak": _soak,
}
