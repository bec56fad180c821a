"""The page of results: what is kept, what is measured again, and what is written."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import ablations, measured, results, results_page
from benchmarks.charts import Chart, Series
from benchmarks.growth import exponent
from benchmarks.measured import Entry, Found
from benchmarks.sections import Section
from motionstudio.evaluation.paper import Claim
from motionstudio.evaluation.table import Column, Figure, Row, Table
from motionstudio.models.genlmm import PRESETS, GenLMM

TABLE = Table(
    "tracking", "A table", (Column("rmse", "RMSE", 4, True),),
    (Row("model", {"rmse": Figure(0.0123, 0.001, 5)}), Row("rival", {}, "not installed.")),
    "A note.",
)  # fmt: skip
CLAIM = Claim("Paper", "It works", "1.00", "1.02", True, recalled=True)
ENTRY = Entry(
    "paper/test", "python -m benchmarks.results --only paper/test", {"m": "0123456789abcdef"}, 7,
    "abc1234", "a machine", "2026-01-02", 3.0, Found((TABLE,), (CLAIM,), {"x": [1.0]}, ("Odd.",)),
)  # fmt: skip
SECTION = Section("paper/test", "Claims: test", ("m",), lambda _asked: ENTRY.found, 200)


def test_what_is_kept_comes_back_as_it_was(tmp_path: Path) -> None:
    measured.write(ENTRY, tmp_path)
    assert measured.read("paper/test", tmp_path) == ENTRY
    assert measured.read("paper/other", tmp_path) is None


@pytest.mark.parametrize(
    ("kept", "hashes", "cases", "again"),
    [
        (None, {"m": "0123456789abcdef"}, 1, True),
        (ENTRY, {"m": "0123456789abcdef"}, 7, False),
        (ENTRY, {"m": "0123456789abcdef"}, 8, True),
        (ENTRY, {"m": "another"}, 7, True),
        (ENTRY, {"m": "0123456789abcdef", "new": "1"}, 7, True),
    ],
)
def test_only_what_changed_is_measured_again(
    kept: Entry | None, hashes: dict[str, str], cases: int, again: bool
) -> None:
    assert results.stale(SECTION, kept, hashes, cases) is again


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(results_page, "PAGE", tmp_path / "results.md")
    monkeypatch.setattr(results_page, "PICTURES", tmp_path / "pictures")
    return tmp_path / "results.md"


def test_the_page_says_verdict_source_and_what_is_missing(page: Path) -> None:
    other = replace(SECTION, name="paper/none")
    results_page.write([SECTION, other], {"paper/test": ENTRY}, {"paper/test": True})
    text = page.read_text()
    assert "| test | 1 | 1 | 0 | 0 |" in text
    assert "1.00 (recalled, not read again)" in text
    assert "commit abc1234" in text
    assert "m 01234567" in text
    assert "0.0123 ± 0.0010" in text
    assert "`paper/none`" in text.partition("Not measured yet")[2]
    assert "older weights" not in text


def test_figures_of_older_weights_are_called_so(page: Path) -> None:
    results_page.write([SECTION], {"paper/test": ENTRY}, {"paper/test": False})
    assert "older weights" in page.read_text()


def test_pictures_lie_where_the_page_looks_for_them(page: Path) -> None:
    points = [[4, 0.1, 0.2, 30.0], [8, 0.2, 0.4, 30.0], [16, 0.4, 0.8, 60.0]]
    found = Found((TABLE,), values={"T": points})
    section = replace(SECTION, name="speed/growth")
    results_page.write([section], {"speed/growth": replace(ENTRY, section="speed/growth",
                       found=found)}, {"speed/growth": True})  # fmt: skip
    named = page.read_text().partition("](pictures/")[2].partition(")")[0]
    picture = ElementTree.parse(page.parent / "pictures" / named).getroot()
    words = "".join(picture.itertext())
    assert "encoding s, exponent 1.00" in words


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)), min_size=1, max_size=8),
    st.booleans(),
)
def test_charts_keep_their_points_inside(points: list[tuple[float, float]], log: bool) -> None:
    known = [(abs(x) + 0.1, abs(y) + 0.1) for x, y in points] if log else points
    root = ElementTree.fromstring(Chart("<T>", "x & y", "", [Series("s", known)], log).svg())
    discs = root.findall("{http://www.w3.org/2000/svg}circle")
    assert len(discs) == len(known)
    for disc in discs:
        assert 63 <= float(disc.attrib["cx"]) <= 511
        assert 33 <= float(disc.attrib["cy"]) <= 295


@settings(max_examples=30, deadline=None)
@given(st.floats(-1, 3), st.floats(0.01, 100))
def test_the_exponent_of_a_power_is_found(power: float, scale: float) -> None:
    sizes = [4, 8, 16, 32, 64]
    assert exponent(sizes, [scale * s**power for s in sizes]) == pytest.approx(power, abs=1e-6)
    assert np.isnan(exponent(sizes, [0.0] * 5))


CHANGED = {
    "no_dropout": {"complete", "strided"},
    "no_tcn": {"dilations"},
    "no_conditioning": {"conditioned"},
    "no_kl": {"kl_weight"},
    "no_swap": {"swap"},
}


@pytest.mark.parametrize("variant", ablations.VARIANTS[1:])
def test_an_ablation_leaves_one_thing_out(variant: str) -> None:
    def flat(name: str) -> dict[str, object]:
        plain = tomllib.loads((ablations.RECIPES / f"{name}.toml").read_text())
        (stage,) = plain.pop("stages")
        model = plain.pop("model", {})
        return {**plain, **stage, **model}

    full, other = flat("full"), flat(variant)
    differs = {key for key in full.keys() | other.keys() if full.get(key) != other.get(key)}
    assert differs - {"name", "title"} == CHANGED[variant]
    assert ablations.recipe_of(variant, 40, 3).steps == 40


def test_without_conditioning_the_decoder_does_not_see_the_first_frame() -> None:
    torch.manual_seed(0)
    pictures = torch.rand(2, 1, 64, 64)
    for conditioned in (True, False):
        network = GenLMM(replace(PRESETS["tiny"], conditioned=conditioned)).eval()
        with torch.no_grad():
            coarse, *_ = network.anatomy(pictures)
        assert torch.equal(coarse[0], coarse[1]) is not conditioned


def test_only_lengths_that_all_have_reached_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ablations, "measured", lambda _folder: {"epe": 1.0})
    for length, names in ((100, ("full", "no_kl")), (900, ("full",))):
        for name in names:
            for seed in (1, 2):
                folder = tmp_path / str(length) / f"{name}-{seed}"
                folder.mkdir(parents=True)
                (folder / "card.toml").write_text("")
    found = ablations.finished(tmp_path)
    assert {name: len(rows) for name, rows in found.items()} == {"full": 2, "no_kl": 2}
    table = ablations.table(found)
    assert "100 steps" in table.title
    assert table.row("no_swap").remark
