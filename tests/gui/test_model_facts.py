"""What the card of a model tells people."""

from __future__ import annotations

from motionstudio.gui.presenters.library import model_facts
from tests.models import tiny, tiny_fomm


def test_a_card_says_how_dropped_frames_come_about() -> None:
    linear = {fact.label: fact.value for fact in model_facts(tiny_fomm.fresh().card).data}
    assert "linear in time" in linear["dropped frames"]
    learned = {fact.label: fact.value for fact in model_facts(tiny.fresh().card).data}
    assert "dropped frames" not in learned
