"""Threads and timers that outlive their test, each with the line that started it."""

from __future__ import annotations

import threading
import traceback
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QThread, QTimer

_OWN = "motionstudio"


class Survivors:
    """Remembers who started what while it is watched."""

    def __init__(self) -> None:
        self._started: list[tuple[weakref.ref[Any], str, str]] = []

    def note(self, what: Any, kind: str) -> None:
        """Something was started; where is read from the stack."""
        self._started.append((weakref.ref(what), kind, _line()))

    def still_there(self) -> list[str]:
        """What still runs, and who started it."""
        found = []
        for reference, kind, line in self._started:
            thing = reference()
            if thing is not None and _runs(thing):
                found.append(f"{kind} started at {line}")
        return found


@contextmanager
def watched(patch: pytest.MonkeyPatch) -> Iterator[Survivors]:
    """Watch what is started inside the block."""
    survivors = Survivors()
    starts: tuple[tuple[Any, str], ...] = (
        (threading.Thread, "thread"),
        (QThread, "thread of Qt"),
        (QTimer, "timer"),
    )
    for kind, words in starts:
        patch.setattr(kind, "start", _noting(kind.start, survivors, words))
    yield survivors


def _noting(start: Any, survivors: Survivors, words: str) -> Any:
    def noted(self: Any, *args: Any, **named: Any) -> Any:
        survivors.note(self, words)
        return start(self, *args, **named)

    return noted


def _runs(thing: Any) -> bool:
    if isinstance(thing, threading.Thread):
        return thing.is_alive()
    if not shiboken6.isValid(thing):
        return False
    if isinstance(thing, QThread):
        return bool(thing.isRunning())
    return bool(thing.isActive())


def _line() -> str:
    frames = [frame for frame in traceback.extract_stack() if _OWN in frame.filename]
    ours = [frame for frame in frames if "survivors" not in frame.filename]
    last = ours[-1] if ours else None
    return "an unknown place" if last is None else f"{last.filename}:{last.lineno} ({last.line})"
