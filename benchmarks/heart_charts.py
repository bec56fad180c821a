"""Charts of real hearts: Bland-Altman, areas over the beat, components of patients' motion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.charts import Chart, Series
from benchmarks.measured import Found
from motionstudio.core.agreement import agreement
from motionstudio.evaluation.area_curves import CONTOURS
from motionstudio.evaluation.patients import DEMONS, EXPERT, FLOW, GROUPS, MODEL
from motionstudio.evaluation.tracking import REFINED

Picture = tuple[str, Chart]
_SLUGS = {
    MODEL: "ejection", REFINED: "ejection-refined", FLOW: "ejection-dis", DEMONS: "ejection-demons",
}  # fmt: skip


def ejection(found: Found) -> Iterable[Picture]:
    """Bland-Altman plot of every method, patients coloured by their group."""
    truth_of_all, names_of_all = np.array(found.values[EXPERT]), np.array(found.values["groups"])
    for method, slug in _SLUGS.items():
        carried = np.array(found.values[method], np.float64)
        tried = ~np.isnan(carried)
        if tried.sum() < 2:
            continue
        truth, names, carried = truth_of_all[tried], names_of_all[tried], carried[tried]
        middle, away = (carried + truth) / 2, carried - truth
        a = agreement(carried, truth)
        ends = (float(middle.min()), float(middle.max()))
        spread = a.limits[1] - a.bias
        lines = [
            Series(words, [(e, y) for e in ends], marks=False, dash=y != a.bias, colour="#666666")
            for words, y in (
                ("", a.limits[0]), ("", a.limits[1]), (f"bias {a.bias:.1f} ± {spread:.1f}", a.bias),
            )
        ]  # fmt: skip
        yield slug, Chart(
            f"Ejection fraction, {_short(method)} against experts (Bland-Altman, n = {a.count})",
            "mean of both, %", "carried minus expert, points",
            [*_by_group(names, GROUPS, middle, away), *lines],
        )  # fmt: skip


def curves(found: Found) -> Iterable[Picture]:
    """Areas of every method as lines, those by contours as dots."""
    for name, one in found.values.items():
        lines = [
            Series(_short(method), list(zip(one["times"], areas, strict=True)), marks=False)
            for method, areas in one["curves"].items()
        ]
        drawn = [(one["times"][t], area) for t, area in
                 zip(one["drawn"], one["contours"], strict=True)]  # fmt: skip
        dots = Series(CONTOURS, drawn, line=False, colour="#000000")
        title = f"Area of the LV cavity over a beat, {name}"
        yield (
            f"area-{name.replace(' ', '-')}",
            Chart(title, "seconds from end-diastole", "share of the first", [*lines, dots]),
        )


def groups(found: Found) -> Iterable[Picture]:
    """The first two components of the motion of every patient, coloured by diagnosis."""
    values = found.values
    points = np.array(values["components"])
    first, second = (100 * share for share in values["share"])
    yield "groups", Chart(
        f"PCA of the motion between ED and ES of {len(points)} patients",
        f"component 0 ({first:.0f} % of the spread)", f"component 1 ({second:.0f} %)",
        _by_group(values["groups"], values["words"], points[:, 0], points[:, 1]),
    )  # fmt: skip


def _by_group(
    groups: Any, words: Mapping[str, str], x: NDArray[np.float64], y: NDArray[np.float64]
) -> list[Series]:
    own = np.array(groups)
    return [
        # The legend is narrow.
        Series(f"{text.replace('heart failure', 'failure')} ({int((own == group).sum())})",
               list(zip(x[own == group].tolist(), y[own == group].tolist(), strict=True)),
               line=False)
        for group, text in words.items()
        if (own == group).any()
    ]  # fmt: skip


def _short(method: str) -> str:
    return method.partition(" (")[0]
