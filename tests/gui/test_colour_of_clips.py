"""Which model a clip opens with follows what its frames show, not how they are stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from motionstudio.gui.presenters.library import subject_facts
from tests.gui.conftest import MakeWindow
from tests.gui.small_model import SmallModel, small_card
from tests.io.samples import write_video_file
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, open_clip


@pytest.mark.parametrize("coloured", [False, True])
def test_a_video_without_colour_opens_with_the_grey_model_and_says_so(
    qtbot: Any,
    make_window: MakeWindow,
    tmp_path: Path,
    small_models: dict[str, SmallModel],
    coloured: bool,
) -> None:
    frames = blob_frames(8, 48).repeat(3, axis=3)
    if coloured:
        frames = (frames * np.array([1.0, 0.6, 0.4])).astype(np.uint8)
    path = write_video_file(tmp_path / "beat.mp4", frames)
    cards = (small_card("heart", 1), small_card("figures", 3))
    small_models.update({card.name: SmallModel(card) for card in cards})
    window = make_window(cards=cards)
    open_clip(qtbot, window, path)
    subject = active(window)
    assert subject.model == ("figures" if coloured else "heart")
    facts = {fact.label: fact.value for fact in subject_facts(subject).facts}
    assert facts["size"].endswith("colour" if coloured else "grey")
    assert ("stored" in facts) is not coloured
