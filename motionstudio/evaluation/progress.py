"""How an evaluation tells where it is, and how a person stops it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from motionstudio.core.durations import clock

_T = TypeVar("_T")

Tell = Callable[[str], None]
"""Receives one short plain sentence after each subject."""


def silent(_text: str) -> None:
    """For callers who do not watch."""


def _never() -> bool:
    return False


class Watch:
    """A ``Tell`` that says how long the rest takes, and knows whether a person wants to stop.

    Args:
        tell: receives the sentences.
        stopped: asked before every subject.
        seconds: a clock; None: times are not told.
    """

    def __init__(
        self,
        tell: Tell,
        stopped: Callable[[], bool] = _never,
        seconds: Callable[[], float] | None = None,
    ) -> None:
        self._tell, self._asked, self._seconds = tell, stopped, seconds
        self.stopped = False

    def __call__(self, text: str) -> None:
        """Say a sentence."""
        self._tell(text)

    def each(self, things: Iterable[_T], count: int, words: str) -> Iterator[_T]:
        """``things`` one by one, and after each ``words 3 of 12``, until a person stops it."""
        began = self._seconds() if self._seconds is not None else 0.0
        for number, thing in enumerate(things, 1):
            self.stopped = self.stopped or self._asked()
            if self.stopped:
                return
            yield thing
            self._tell(f"{words} {number} of {count}{self._left(began, number, count)}")

    def _left(self, began: float, done: int, count: int) -> str:
        if self._seconds is None or done >= count:
            return ""
        return f", {clock((self._seconds() - began) / done * (count - done))} left"


def each(tell: Tell, things: Iterable[_T], count: int, words: str) -> Iterator[_T]:
    """``Watch.each`` of ``tell``, which need not be a ``Watch``."""
    return (tell if isinstance(tell, Watch) else Watch(tell)).each(things, count, words)
