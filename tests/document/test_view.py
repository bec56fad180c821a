from __future__ import annotations

import pytest

from motionstudio.core.playback import Loop
from motionstudio.document.view import Selection, View, ViewState


def test_listeners_hear_of_differences_only() -> None:
    view = View()
    heard: list[tuple[ViewState, ViewState]] = []
    view.changed.connect(lambda new, old: heard.append((new, old)))
    view.update(playhead=0, loop=Loop.LOOP)
    assert heard == []
    view.update(playhead=7, selection=Selection((1, 2), (0,)))
    assert view.state == ViewState(playhead=7, selection=Selection((1, 2), (0,)))
    assert heard == [(view.state, ViewState())]


def test_a_field_that_no_view_has_is_refused() -> None:
    view = View()
    with pytest.raises(TypeError, match="zoom"):
        view.update(zoom=3)
    assert view.state == ViewState()


@pytest.mark.parametrize(
    ("selection", "empty"),
    [(Selection(), True), (Selection((1,), ()), True), (Selection((1,), (0,)), False)],
)
def test_a_selection_is_empty_without_rows_or_dimensions(selection: Selection, empty: bool) -> None:
    assert selection.is_empty is empty
