"""Held-out sprite characters: only they count, and each is compared with its own true frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from motionstudio.evaluation.characters import characters, held_out, takes
from motionstudio.evaluation.progress import silent
from motionstudio.models.base import ModelCard
from tests.models import tiny_fomm

RECIPE = """
name = "x"
system = "fomm"
title = "x"

[[data]]
kind = "arrays"
file = "characters.npz"
subjects_from = ["who"]
motion_from = ["how"]
hold_out = [1, 2]

[[stages]]
steps = 1
"""
STEPS, SIDE = 3, 64


@pytest.fixture
def data(tmp_path: Path) -> Path:
    frames = np.zeros((6, STEPS, SIDE, SIDE, 3), np.uint8)
    who, how = np.repeat([0, 1, 2], 2), np.tile([0, 1], 3)
    for number, sequence in enumerate(frames):
        for t, frame in enumerate(sequence):
            frame[10 + 4 * t * (1 + how[number]) :][:8, 20:30] = 80 * (who[number] + 1)
    np.savez(tmp_path / "characters.npz", frames=frames, who=who, how=how)
    (tmp_path / "recipe.toml").write_text(RECIPE)
    return tmp_path


@pytest.fixture
def card(data: Path) -> ModelCard:
    return tiny_fomm.fresh().card.model_copy(update={"path": data})


def test_only_held_out_characters_are_taken_and_driven_by_the_other(
    card: ModelCard, data: Path
) -> None:
    found = held_out(card, data)
    assert found is not None
    all_of_them = list(takes(*found, card))
    assert len(all_of_them) == 4
    for take in all_of_them:
        shades = sorted([float(take.own.max()), float(take.other.max())])
        assert shades == pytest.approx([160 / 255, 240 / 255], rel=1e-3)
        # One movement: the same pixels are lit at the same time.
        assert np.array_equal(take.own > 0, take.other > 0)


def test_the_table_measures_all_pixels_and_those_that_move(card: ModelCard, data: Path) -> None:
    found = held_out(card, data)
    assert found is not None
    model = tiny_fomm.fresh()
    table = characters(model, found, silent, rivals=[tiny_fomm.fresh()])
    held = table.row("first frame held").figures
    assert held["l1"].count == 4
    assert held["moving"].mean == pytest.approx(200 / 255, rel=0.01)
    assert held["l1"].mean < 0.1 * held["moving"].mean
    names = [row.name for row in table.rows]
    assert names[1:3] == ["model, of itself", "model, driven by another"]
    assert table.row("model, of itself").figures["l1"].mean > 0


def test_without_the_files_there_is_nothing_to_measure(card: ModelCard, tmp_path: Path) -> None:
    assert held_out(card, None) is None
    assert held_out(card, tmp_path / "elsewhere") is None
    assert held_out(card.model_copy(update={"path": None}), tmp_path) is None
