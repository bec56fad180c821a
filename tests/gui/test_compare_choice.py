"""What the comparison of models checks by itself for checkpoints of a family."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QLineF
from PySide6.QtGui import QImage, QPainter

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.document.commands import SetKept
from motionstudio.engine.model_requests import RIVALS
from motionstudio.gui.compare.window import CompareWindow
from motionstudio.gui.items.curve_look import look_of, paint_sample
from motionstudio.gui.theme.tokens import LINE_CURVE, THEMES, Tokens
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


def test_forty_models_are_told_apart_and_the_first_ones_by_more_than_colour(qtbot: Any) -> None:
    window = CompareWindow()
    qtbot.addWidget(window)
    names = [f"model_{n}" for n in range(40)]
    window.begin(names, np.ones(4, np.bool_), 10)
    looks = window.looks
    assert len({(look.colour, look.dash) for look in looks.values()}) == 40
    first = [looks[name] for name in names[:5]]
    assert len({look.dash for look in first}) == len({look.mark for look in first}) == 5
    window.show_errors({name: np.full(4, 0.1, np.float32) for name in names})
    for series in window.chart.series:
        assert (series.colour, series.dash) == (looks[series.name].colour, looks[series.name].dash)
    rows = {name: np.random.default_rng(0).normal(size=(4, 2)).astype(np.float32)
            for name in names[:10]}  # fmt: skip
    window.paths.set_rows(rows, looks)
    assert all(look.pen(LINE_CURVE).isCosmetic() for look in looks.values())
    for name, dot in window.paths._dots.items():
        assert dot.opts["symbol"] == looks[name].mark
        assert window.tiles[name].look == looks[name]


@pytest.mark.parametrize("theme", THEMES, ids=lambda tokens: tokens.name)
def test_samples_of_the_ninth_and_the_first_curve_look_different(qtbot: Any, theme: Tokens) -> None:
    def painted(number: int) -> bytes:
        image = QImage(40, 16, QImage.Format.Format_RGB32)
        image.fill(theme.canvas)
        painter = QPainter(image)
        paint_sample(painter, look_of(number, theme.series), QLineF(4, 8, 36, 8), LINE_CURVE)
        painter.end()
        return bytes(image.constBits())

    assert len({painted(number) for number in range(40)}) == 40
