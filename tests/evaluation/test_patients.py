"""Ejection fraction and groups, from pairs whose motion is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from motionstudio.evaluation.domains import DOMAINS, subjects
from motionstudio.evaluation.patients import (
    EXPERT,
    FLOW,
    GROUPS,
    MODEL,
    fraction_table,
    group_of,
    group_table,
    read_patients,
)
from motionstudio.evaluation.progress import silent
from motionstudio.evaluation.real import PAIRS
from tests.evaluation.oracle import SIZE, Oracle

COUNT = 12


class _Still(Oracle):
    """Finds no motion; its rows say how much darker the second frame is."""

    def encode(self, frames: np.ndarray, kept: np.ndarray, times: np.ndarray, **_: object):  # type: ignore[no-untyped-def,override]
        self.samples = self.samples[:1]
        motion = super().encode(self.samples[0].frames[:2], kept, times)
        motion.mean[1] = [frames[1].mean() - frames[0].mean(), 0]
        return motion

    def decode(self, motion, source, rows, **_):  # type: ignore[no-untyped-def,override]
        found = super().decode(motion, source, [0] * len(rows))
        return type(found)(None, np.zeros((len(rows), 2, SIZE, SIZE), np.float32))


def _write(folder: Path) -> None:
    """Healthy hearts shrink from radius 16 to 8, failing ones to 14; two slices each."""
    y, x = np.mgrid[:64, :64]
    frames, masks, names = [], [], []
    for patient in range(COUNT):
        failing = patient % 2
        for _ in range(2):
            radii = (16, 14 if failing else 8)
            inside = np.stack([np.hypot(y - 32, x - 32) < r for r in radii])
            frames.append((40 + 150 * inside + (x % 4) * 5).astype(np.uint8))
            masks.append(2 * inside.astype(np.uint8))
            names.append(f"SC-{'HF-I' if failing else 'N'}-{patient:02d}")
    (folder / PAIRS).parent.mkdir(parents=True)
    np.savez(folder / PAIRS, frames=np.stack(frames), masks=np.stack(masks),
             subject=np.array(names))  # fmt: skip


@pytest.fixture(scope="module")
def model() -> Oracle:
    return _Still(subjects(DOMAINS["heart"], SIZE, 1))


def test_fractions_of_known_discs(model: Oracle, tmp_path: Path) -> None:
    _write(tmp_path)
    found = read_patients(model, tmp_path, silent)
    assert found is not None
    assert len(found.names) == COUNT
    healthy = np.array([group == "SC-N" for group in found.groups])
    assert found.fractions[EXPERT][healthy] == pytest.approx(75, abs=2)
    assert found.fractions[EXPERT][~healthy] == pytest.approx(23.4, abs=3)
    assert (found.fractions[MODEL] == 0).all()
    assert found.fractions[FLOW][healthy].mean() > 30
    table = fraction_table(found)
    row = table.row(f"{MODEL}; all patients").figures
    assert row["bias"].mean == pytest.approx(-found.fractions[EXPERT].mean())
    assert "r" not in row
    assert row["n"].mean == COUNT


def test_groups_that_move_differently_are_told_apart(model: Oracle, tmp_path: Path) -> None:
    _write(tmp_path)
    found = read_patients(model, tmp_path, silent)
    assert found is not None
    table, tests = group_table(found, permutations=99)
    for name, test in tests.items():
        assert test.accuracy == 1.0, name
        assert test.p <= 0.05
    assert table.row("failing or not: rows of the model").figures["n"].mean == COUNT


def test_absent_pairs_are_none_and_unknown_names_refused(model: Oracle, tmp_path: Path) -> None:
    assert read_patients(model, tmp_path, silent) is None
    assert {group_of(f"{group}-07") for group in GROUPS} == set(GROUPS)
    with pytest.raises(ValueError, match="in front"):
        group_of("XX-1")
