"""Which checkpoints are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.checkpoint import CARD, write_checkpoint
from motionstudio.models.registry import find_checkpoint, list_models, load_model
from tests.models import tiny


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOTIONSTUDIO_CHECKPOINTS", str(tmp_path))
    write_checkpoint(tmp_path / "some_folder", tiny.card(), tiny.weights())
    return tmp_path


def test_a_model_is_found_by_the_name_on_its_card(folder: Path) -> None:
    assert find_checkpoint("fresh") == folder / "some_folder"
    assert load_model("fresh").card.name == "fresh"


def test_a_damaged_card_does_not_take_the_others_along(folder: Path) -> None:
    broken = folder / "broken"
    broken.mkdir()
    (broken / CARD).write_text("name = 3 [")
    names = [card.name for card in list_models()]
    assert "fresh" in names
    with pytest.raises(MotionStudioError, match="not valid TOML"):
        load_model(broken)


def test_a_missing_model_is_named_beside_those_at_hand(folder: Path) -> None:
    with pytest.raises(MotionStudioError, match=r"no checkpoint nobody\..*fresh"):
        load_model("nobody")
