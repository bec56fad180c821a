"""Which models can do what another cannot."""

from __future__ import annotations

from motionstudio.models.base import Capability
from motionstudio.models.registry import list_models

_MOST = 4


def who_can(needs: Capability) -> str:
    """``Models that can: figures, heart.``, at most four of those at hand, or that none can."""
    names = [card.name for card in list_models() if needs & card.capabilities == needs]
    if not names:
        return "No model at hand can."
    more = " and more" if len(names) > _MOST else ""
    return f"Models that can: {', '.join(names[:_MOST])}{more}."
