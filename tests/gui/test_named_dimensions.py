"""A checkpoint that names its dimensions is shown with these names from the first moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.gui.conftest import MakeWindow
from tests.gui.small_model import SmallModel
from tests.stories import steps
from tests.stories.conftest import clip_path

__all__ = ["clip_path"]


def test_the_models_own_names_are_shown(
    qtbot: Any,
    make_window: MakeWindow,
    small_models: dict[str, SmallModel],
    clip_path: Path,
) -> None:
    names = tuple(f"kp{d}.x" for d in range(8))
    model = small_models["heart"]
    model.card = model.card.model_copy(update={"dim_names": names})
    window = make_window()
    subject = steps.open_clip(qtbot, window, clip_path)
    assert subject.dim_names == names
    window.behaviours.edits.undo()
    window.behaviours.edits.redo()
    assert steps.active(window).dim_name(3) == "kp3.x"


@pytest.mark.parametrize("dim", [0, 7])
def test_without_names_dimensions_are_counted(
    dim: int,
    qtbot: Any,
    make_window: MakeWindow,
    clip_path: Path,
) -> None:
    window = make_window()
    assert steps.open_clip(qtbot, window, clip_path).dim_name(dim) == f"z{dim}"
