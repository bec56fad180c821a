"""Claims beside figures, and how in-betweening is measured."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.evaluation import paper as claims
from motionstudio.evaluation import paper_inbetween, paper_vae
from motionstudio.evaluation.between import (
    GAPS,
    Subject,
    between_table,
    long_table,
    mean,
    same_sides,
    sprite_triples,
)
from motionstudio.evaluation.paper import Claim, Findings, PaperRun, paper
from motionstudio.evaluation.table import Column, Figure, Row, Table
from tests.models import tiny_vae

TEAPOT = Subject("Teapot", "teapot", {"freedom": 1})


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A system with one claim that holds, one that does not and one that was not tried."""
    found = (
        Claim("Paper", "It works", "1.00", "1.01", True, recalled=True),
        Claim("Paper", "It always works", "always", "mostly", False, note="one case of nine"),
        Claim("Paper", "It works elsewhere", "-", "no data", None),
    )
    module = ModuleType("claims_of_a_test")
    module.claims = lambda run: Findings(found)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(claims, "_SYSTEMS", {"test": "claims_of_a_test:claims"})
    return ["test"]


def test_what_holds_and_what_is_recalled_is_said(told: list[str]) -> None:
    report = paper(told)
    text = report.text()
    assert "1.00 (recalled, not read again)" in text
    assert "does not hold (one case of nine)" in text
    assert "not tried" in text
    assert report.markdown().count("\n| Paper |") == 3
    plain = json.loads(report.json())["claims"]
    assert [c["holds"] for c in plain] == [True, False, None]


def test_a_system_without_claims_is_named(told: list[str]) -> None:
    with pytest.raises(MotionStudioError, match="heart"):
        paper(["heart"])


@pytest.mark.parametrize("measure", [paper_vae.claims, paper_inbetween.claims])
def test_without_checkpoints_nothing_is_claimed(
    measure: claims.Measure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (paper_vae, paper_inbetween):
        monkeypatch.setattr(module, "list_models", list)
    found = measure(PaperRun(tmp_path, 2))
    assert found.claims
    assert {claim.holds for claim in found.claims} == {None}
    assert found.tables == ()


def test_middle_frames_of_models_and_baselines_are_compared() -> None:
    models = {"model": tiny_vae.fresh()}
    table = between_table("T", models, TEAPOT.triples(32, 4))
    names = [row.name for row in table.rows]
    assert names == ["model", "cross-fading", "optical flow (DIS)"]
    for name in names:
        for gap in GAPS:
            assert 0 <= mean(table, name, f"mid{gap}") < 1
    faded = [mean(table, "cross-fading", f"mid{gap}") for gap in GAPS]
    assert faded == sorted(faded)
    assert mean(table, "model", "rec") > 0
    assert np.isnan(mean(table, "cross-fading", "rec"))


def test_test_triples_are_none_of_the_training_ones() -> None:
    first = TEAPOT.triples(32, 1)[1][0]
    again = TEAPOT.triples(32, 2)[1]
    np.testing.assert_array_equal(first, again[0])
    assert not np.array_equal(again[0], again[1])


def test_long_ways_are_judged_by_all_frames_between() -> None:
    clips = list(TEAPOT.long(32, 2))
    assert clips[0].shape == (13, 1, 32, 32)
    table = long_table("T", {"model": tiny_vae.fresh()}, clips)
    assert 0 < mean(table, "model", "straight") <= 1
    faded = np.mean([
        np.mean([((1 - k / 12) * c[0] + k / 12 * c[12] - c[k]) ** 2 for k in range(1, 12)])
        for c in clips
    ])  # fmt: skip
    assert mean(table, "cross-fading", "mse") == pytest.approx(float(faded), rel=1e-4)


def test_sprite_triples_come_from_characters_never_trained_on(tmp_path: Path) -> None:
    frames = np.zeros((12, 8, 64, 64, 3), np.uint8)
    frames[:] = np.arange(12)[:, None, None, None, None] * 20
    people = np.repeat(np.arange(6), 2)[:, None].repeat(4, 1)
    (tmp_path / "sprites_lpc").mkdir()
    np.savez(tmp_path / "sprites_lpc/lpc_shared.npz", frames=frames, attributes=people)
    triples = sprite_triples(tmp_path, 32)
    assert {gap: len(cases) for gap, cases in triples.items()} == {1: 12, 2: 8, 3: 4}
    for cases in triples.values():
        levels = {round(float(case.mean()) * 255 / 20) for case in cases}
        assert levels == {10, 11}


def test_objects_that_change_sides_are_told_from_those_that_keep_them() -> None:
    ways = np.zeros((3, 12), np.float32)
    ways[:, 0], ways[:, 6] = (-8, -2, 4), (6, 5, 4.5)
    assert same_sides(ways)
    ways[:, 6] = (6, -1, -8)
    assert not same_sides(ways)
    two = Subject("Two", "teapot", {"freedom": 2, "teapots": 2})
    every, some = two.triples(32, 40), two.unmistakable(32, 40)
    for gap in GAPS:
        known = {case.tobytes() for case in every[gap]}
        assert {case.tobytes() for case in some[gap]} <= known
    # Far steps change sides more often than near ones.
    assert 0 < len(some[GAPS[-1]]) < len(some[GAPS[0]])


@pytest.mark.parametrize(("count", "holds"), [(2, None), (9, True)])
def test_few_triples_give_no_verdict(count: int, holds: bool | None) -> None:
    key = f"mid{GAPS[-1]}"
    figures = {"rec": Figure(0.01, 0.0, count), key: Figure(0.011, 0.0, count)}
    table = Table("t", "T", (Column(key, "far"),), (Row("alpha 100", figures),))
    found = paper_inbetween._object_claims(table, table)
    assert {claim.holds for claim in found} == {holds}
    assert f"triples: {count}" in found[0].ours
