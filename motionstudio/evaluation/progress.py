"""How an evaluation reports where it is."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[str], None]
"""Receives one short plain sentence after each subject."""


def silent(_text: str) -> None:
    """For callers who do not watch."""
