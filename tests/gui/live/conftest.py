"""Windows whose models find keypoints frame by frame."""

from __future__ import annotations

import pytest

from tests.gui.live.doubles import LiveModel
from tests.gui.small_model import SmallModel


@pytest.fixture
def small_models() -> dict[str, SmallModel]:
    """A grey and a colour model that can be driven live, by name."""
    models = (LiveModel("heart", 1), LiveModel("figures", 3))
    return {model.card.name: model for model in models}
