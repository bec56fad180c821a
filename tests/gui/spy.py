"""Everything a pane emits, in order, with its arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal


class Spy:
    """Records the named signals of an object as (name, argument, …) tuples."""

    def __init__(self, source: QObject, *names: str) -> None:
        self.heard: list[tuple[Any, ...]] = []
        self._slots = [self._slot(name) for name in names]
        for name, slot in zip(names, self._slots, strict=True):
            getattr(source, name).connect(slot)

    def of(self, name: str) -> list[tuple[Any, ...]]:
        """Arguments of every emission of one signal."""
        return [call[1:] for call in self.heard if call[0] == name]

    @property
    def names(self) -> list[str]:
        """Names of the signals in the order they came."""
        return [call[0] for call in self.heard]

    def _slot(self, name: str) -> Callable[..., None]:
        def hear(*values: Any) -> None:
            self.heard.append((name, *values))

        return hear


def all_signals(source: QObject) -> list[str]:
    """Names of the signals that the class of ``source`` declares itself."""
    return [name for name, value in vars(type(source)).items() if isinstance(value, Signal)]
