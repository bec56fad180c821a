"""The page of results: what is kept, what is measured again, and what is written."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import (
    ablation_words,
    ablations,
    measured,
    results,
    results_page,
    results_reasons,
    results_verdicts,
)
from benchmarks.charts import Chart, Dot, Dots, Series
from benchmarks.growth import exponent
from benchmarks.measured import Entry, Found
from benchmarks.sections import Section, sections
from motionstudio.evaluation.paper import Claim
from motionstudio.evaluation.table import Better, Column, Figure, Of, Row, Scores, Table
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
    assert "1.00 (*recalled*)" in text
    assert "| holds | It works | 1.02 |" in text
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
    found = Found((TABLE,), values={"systems": {"genlmm": {"T": points}}})
    section = replace(SECTION, name="speed/growth")
    results_page.write([section], {"speed/growth": replace(ENTRY, section="speed/growth",
                       found=found)}, {"speed/growth": True})  # fmt: skip
    named = page.read_text().partition("](pictures/")[2].partition(")")[0]
    picture = ElementTree.parse(page.parent / "pictures" / named).getroot()
    words = "".join(picture.itertext())
    assert "genlmm, 1.00" in words


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


def test_long_names_of_lines_make_the_picture_wider() -> None:
    names = ("short", "kept frames with gaps, linear in time")
    drawn = [Chart("T", "x", "y", [Series(name, [(0, 1)])]).svg() for name in names]
    widths = [float(ElementTree.fromstring(one).attrib["width"]) for one in drawn]
    assert widths[0] == 720
    assert widths[1] > 730


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
    table = ablation_words.variants_table(found)
    assert "100 steps" in table.title
    assert table.row("no_swap").remark
    assert not table.row("no_kl").remark


def _runs(**epe: tuple[float, ...]) -> ablation_words.Runs:
    """Runs of variants whose tracking errors, missing frames and carried motion are alike."""
    keys = ("epe", "epe missing", "epe transport")
    return {
        name: [{"seed": s + 1.0, "steps": 9.0, **dict.fromkeys(keys, v)} for s, v in enumerate(vs)]
        for name, vs in epe.items()
    }


@pytest.mark.parametrize(
    ("without", "words"),
    [
        ((0.90, 0.95, 0.92), "**helps** in 3 of 3 seeds"),
        ((0.30, 0.25, 0.28), "**harms** in 3 of 3 seeds"),
        ((0.90, 0.20, 0.51), "**unstable**: helps in 2 of 3 seeds"),
        ((0.501, 0.9, 0.503), "**unstable**: helps in 3 of 3 seeds"),
        # Nearly three standard errors, which happen by chance where there are three seeds.
        ((0.90, 0.60, 0.75), "**unstable**: helps in 3 of 3 seeds"),
        ((0.90, 0.91), "helps in 2 of 2 seeds, too few to call it stable"),
        ((0.90,), "helps in the one seed there is, which proves nothing"),
    ],
)
def test_ablations_say_what_is_stable_over_seeds(without: tuple[float, ...], words: str) -> None:
    runs = _runs(full=(0.5, 0.5, 0.5), no_swap=without)
    told = [line for line in ablation_words.verdicts(runs) if line.startswith("Swapped")]
    assert len(told) == 2
    assert all(words in line for line in told)
    absent = [line for line in ablation_words.verdicts(runs) if "not trained" in line]
    assert len(absent) == len(ablation_words.PARTS) - 1


def test_seeds_are_compared_with_themselves() -> None:
    runs = {**_runs(full=(0.2, 0.8)), "no_kl": _runs(no_kl=(0.3, 0.9))["no_kl"][::-1]}
    found = ablation_words.difference(runs, "no_kl", "epe", None)
    assert found.costs == pytest.approx((0.1, 0.1))
    near = ablation_words.difference(runs, "no_kl", "epe", 1.0)
    assert near.costs == pytest.approx((-0.1, -0.1))


def _cases(rows: dict[str, list[float]], key: str = "epe", better: Better = "less") -> Table:
    scores = Scores()
    for name, values in rows.items():
        for place, value in enumerate(values):
            scores.add(name, {key: value}, f"heart {place}")
    column = Column(key, "EPE px", 2, True, "px", better)
    return Table("t", "T", (column,), scores.rows(), main=("model, as encoded",))


HEARTS = np.array([0.2, 0.9, 0.4, 1.8])


@pytest.mark.parametrize(
    ("gain", "better", "words"),
    [
        ((0.02, 0.03, 0.02, 0.03), "less", "better than"),
        ((0.02, 0.03, 0.02, 0.03), "more", "worse than"),
        ((-0.02, -0.03, -0.02, -0.03), "less", "worse than"),
        ((0.5, -0.5, 0.5, -0.4), "less", "not told apart from"),
    ],
)
def test_verdicts_compare_the_same_cases(
    gain: tuple[float, ...], better: Better, words: str
) -> None:
    # Hearts differ by far more than the methods: only case for case can it be told.
    own, rival = HEARTS, HEARTS + np.array(gain)
    table = _cases({"model, as encoded": list(own), "a": list(rival)}, better=better)
    (line,) = results_verdicts.beside(table, "epe", ("model, as encoded",))
    assert f"**{words}** the best rival, a (" in line
    assert f"difference {-np.mean(gain):+.2f} [" in line
    assert "n = 4)" in line
    (under,) = results_verdicts.paired_lines(table)
    assert under == f"Case for case, 95%, *model, as encoded*. **EPE px** {words} a."


def test_a_verdict_names_the_best_rival_and_what_no_motion_does() -> None:
    means = {"true field": 0.0, "identity": 3.0, "a": 0.9, "b": 0.7, "model, as encoded": 0.5}
    table = _cases({name: [value - 0.01, value, value + 0.01] for name, value in means.items()})
    (line,) = results_verdicts.beside(table, "epe", ("model, as encoded",))
    assert line == (
        "model, as encoded: 0.50 px, **better than** the best rival, b (0.70; difference -0.20 "
        "[-0.20, -0.20], n = 3); no motion at all: 3.00."
    )
    (under,) = results_verdicts.paired_lines(table)
    assert under.endswith("**EPE px** better than identity / a / b.")


def test_without_single_cases_nothing_is_said_to_be_better() -> None:
    rows = tuple(Row(n, {"epe": Figure(v, 0.01, 9)}) for n, v in (("model", 0.5), ("a", 0.7)))
    table = Table(
        "t", "T", (Column("epe", "EPE px", 2, True, "px", "less"),), rows, main=("model",)
    )
    (line,) = results_verdicts.beside(table, "epe", ("model",))
    assert line == (
        "model: 0.50 px, beside the best rival, a (0.70; fewer than two cases: not compared)."
    )
    assert not list(results_verdicts.paired_lines(table))


def test_slices_of_one_heart_are_one_case() -> None:
    scores = Scores()
    for name, shift in (("model, as encoded", 0.1), ("a", 0.0)):
        for heart, dice in (("SC-1", 0.7), ("SC-2", 0.8)):
            for place in range(5):
                value = dice + shift + 0.001 * place * (1 + shift)
                scores.add(name, {"dice extreme": value}, f"{heart} {place}")
    column = Column("dice extreme", "Dice", 3, True, better="more")
    found = Found((Table("real", "Patients, all", (column,), scores.rows()),))
    (line,) = results_verdicts.verdicts_of("real/labels", found)
    assert "n = 2)" in line
    assert "**better than** the best rival, a" in line


def test_single_cases_are_kept_in_one_order_and_few_characters(tmp_path: Path) -> None:
    scores = Scores()
    for place, value in enumerate((0.123456, 2.0, 3e-7)):
        scores.add("model", {"epe": value, "other": 1.0}, f"heart {place}")
    scores.add("late", {"epe": 5.0}, "heart 2")
    scores.add("late", {"epe": float("nan")}, "heart 1")
    columns = (Column("epe", "EPE", 2, True, "px", "less"), Column("other", "O"))
    table = Table("t", "T", columns, scores.rows(), main=("model",))
    path = measured.write(replace(ENTRY, found=Found((table,))), tmp_path)
    assert '"epe": [ 0.1235, 2.0, 3e-07 ]' in path.read_text()
    kept = measured.read("paper/test", tmp_path)
    assert kept is not None
    (again,) = kept.found.tables
    assert again.main == ("model",)
    assert [of.case for of in again.row("model").cases] == ["heart 0", "heart 1", "heart 2"]
    assert [of.figures for of in again.row("model").cases] == [
        {"epe": 0.1235}, {"epe": 2.0}, {"epe": 3e-7},
    ]  # fmt: skip
    assert again.row("late").cases == (Of("heart 2", {"epe": 5.0}),)
    assert again.row("model").figures == table.row("model").figures


def test_a_wide_table_is_told_in_parts_that_each_name_the_rows(page: Path) -> None:
    columns = tuple(Column(f"c{k}", f"C{k}", 1) for k in range(16))
    figures = {column.key: Figure(float(k), 0.0, 1) for k, column in enumerate(columns)}
    rows = (Row("ours", figures), Row("rival", {}, "not installed."))
    table = Table("t", "T", columns, rows, "Read this.")
    entry = replace(ENTRY, found=Found((table,)))
    results_page.write([SECTION], {"paper/test": entry}, {"paper/test": True})
    text = page.read_text()
    lines = [line for line in text.splitlines() if line.startswith("| ours |")]
    assert [line.count("|") - 2 for line in lines] == [8, 8]
    assert "".join(lines).count(".0") == 16
    for once in ("#### T", "rival: not installed.", "Read this."):
        assert text.count(once) == 1


def test_long_lists_of_sequences_are_cut_and_counted(page: Path) -> None:
    short = ", ".join(f"digit {k} (1)" for k in range(12))
    notes = (f"interpolation: too short: {short}.", "prediction: left out: it cannot.")
    entry = replace(ENTRY, found=Found((TABLE,), notes=notes))
    results_page.write([SECTION], {"paper/test": entry}, {"paper/test": True})
    text = page.read_text()
    assert "too short: digit 0 (1), digit 1 (1), digit 2 (1) and 9 more." in text
    assert "Prediction: left out: it cannot." in text


def test_commands_measure_although_figures_are_kept() -> None:
    assert ENTRY.source.startswith("`python -m benchmarks.results --only paper/test --again`")


def test_ejection_is_told_of_many_patients_with_how_many_they_are() -> None:
    figures = {"absolute": 9.1, "bias": -8.8, "low": -26.6, "high": 9.0, "n": 26.0}
    known = {key: Figure(value, 0.0, 1) for key, value in figures.items()}
    names = ("model; all patients", "model; healthy")
    table = Table("ejection", "T", (), tuple(Row(name, known) for name in names))
    (line,) = results_verdicts.verdicts_of("real/ejection", Found((table,)))
    assert line == (
        "model; all patients (n = 26): ejection fraction off by 9.1 points on average, "
        "bias -8.8, limits of agreement -26.6 and +9.0."
    )


def test_dots_say_names_values_and_errors() -> None:
    dots = [Dot("ours", 1.0, 0.5, "seen"), Dot("rival & co", 2.0, 0.0, "dropped")]
    root = ElementTree.fromstring(Dots("T", "px", dots, strong=("ours",)).svg())
    svg = "{http://www.w3.org/2000/svg}"
    first, second = root.findall(f"{svg}circle")
    assert float(first.attrib["cx"]) < float(second.attrib["cx"])
    assert float(first.attrib["cy"]) < float(second.attrib["cy"])
    bars = [one for one in root.findall(f"{svg}line") if one.attrib.get("stroke-width") == "2"]
    assert len(bars) == 1
    assert float(bars[0].attrib["x1"]) < float(first.attrib["cx"]) < float(bars[0].attrib["x2"])
    words = [one.text for one in root.findall(f"{svg}text")]
    assert {"ours", "rival & co", "seen", "dropped", "px"} <= set(words)


@pytest.fixture(scope="module")
def kept() -> dict[str, Entry]:
    """Everything that the page in the repository is written from."""
    named = {section.name: measured.read(section.name) for section in sections()}
    return {name: entry for name, entry in named.items() if entry is not None}


def test_the_page_and_its_pictures_are_those_of_the_measured_figures(
    page: Path, kept: dict[str, Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = Path(__file__).parents[2] / "docs"
    everything = sections()
    fresh = {s.name: dict(kept[s.name].hashes) == results.hashes_of(s)
             for s in everything if s.name in kept}  # fmt: skip
    monkeypatch.setattr(results_page, "PICTURES", page.parent / "pictures" / "results")
    results_page.write(everything, kept, fresh)
    again = "run python -m benchmarks.results --render"
    assert page.read_text() == (there / "results.md").read_text(), again
    for drawn in (page.parent / "pictures" / "results").glob("*.svg"):
        assert drawn.read_text() == (there / "pictures/results" / drawn.name).read_text(), again


def test_every_picture_of_the_page_is_there_and_none_besides() -> None:
    docs = Path(__file__).parents[2] / "docs"
    named = set(re.findall(r"\]\((pictures/results/[^)]+)\)", (docs / "results.md").read_text()))
    there = {p.relative_to(docs).as_posix() for p in (docs / "pictures" / "results").iterdir()}
    assert named == there


def test_charts_that_the_page_no_longer_shows_are_removed(page: Path) -> None:
    results_page.PICTURES.mkdir()
    for name in ("old.svg", "sheet.png"):
        (results_page.PICTURES / name).write_text("")
    results_page.write([SECTION], {"paper/test": ENTRY}, {"paper/test": True})
    assert [p.name for p in results_page.PICTURES.iterdir()] == ["sheet.png"]


def test_links_inside_the_page_lead_to_headings() -> None:
    text = (Path(__file__).parents[2] / "docs" / "results.md").read_text()
    headings = {results_page.anchor(line.lstrip("# ")) for line in text.splitlines()
                if line.startswith("#")}  # fmt: skip
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings


def test_every_claim_that_does_not_hold_has_a_reason(kept: dict[str, Entry]) -> None:
    for name, entry in kept.items():
        for claim in entry.found.claims:
            if claim.holds is False:
                system = name.removeprefix("paper/")
                assert results_reasons.reason(system, claim), f"{system}: {claim.claim}"
