"""What the comparison of models checks by itself for checkpoints of a family."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.document.commands import SetKept
from motionstudio.engine.model_requests import RIVALS
from motionstudio.gui.compare.window import CompareWindow
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.gui.small_model import SmallModel, small_card
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, open_clip


def test_a_family_is_compared_with_itself_and_the_rivals_in_the_order_of_its_numbers(
    qtbot: Any, make_window: MakeWindow, tmp_path: Path, small_models: dict[str, SmallModel]
) -> None:
    cards = [
        small_card(name).model_copy(update={"family": family})
        for name, family in (
            ("pot_a100", "pots"), ("pot_a5", "pots"), ("pot_a10", "pots"), ("cup_a0", "cups"),
        )
    ]  # fmt: skip
    small_models.update({card.name: SmallModel(card) for card in cards})
    window = make_window(cards=tuple(cards))
    path = tmp_path / "clip.npz"
    write_clip(Clip(blob_frames(8, 48), uniform_times(8, 20)), path)
    open_clip(qtbot, window, path)
    assert active(window).model.startswith("pot")
    window.session.push(SetKept(active(window).id, (2, 3), False))
    window.actions_["model.compare"].trigger()
    compare = window.presenters.compare.window
    assert compare is not None
    assert compare.chosen() == ("pot_a5", "pot_a10", "pot_a100", *RIVALS)
    compare.close()


def test_thirty_models_fit_the_screen_and_their_films_can_be_reached(qtbot: Any) -> None:
    window = CompareWindow()
    qtbot.addWidget(window)
    window.resize(1180, 680)
    window.show()
    window.begin([f"a_model_with_a_long_name_{n}" for n in range(30)], np.ones(8, np.bool_), 10)
    qtbot.wait_until(lambda: window.films.verticalScrollBar().maximum() > 0)
    assert (window.width(), window.height()) == (1180, 680)
    assert window.rect().contains(window.play.mapTo(window, window.play.rect().bottomRight()))
    last = list(window.tiles.values())[-1]
    window.films.ensureWidgetVisible(last)
    assert not last.visibleRegion().isEmpty()
