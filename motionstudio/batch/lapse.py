"""A task of ``motionstudio evaluate`` that failed on a clip, while everything else was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Lapse:
    """What failed.

    Attributes:
        task: of the evaluation.
        reason: plain sentences.
        trace: where the program failed, or empty: a person can mend it.
    """

    task: str
    reason: str
    trace: str = ""

    @property
    def text(self) -> str:
        """Which task, and why."""
        return f"{self.task}: {self.reason}"

    def plain(self) -> dict[str, str]:
        """As JSON takes it."""
        return asdict(self)

    @classmethod
    def of(cls, plain: dict[str, Any]) -> Lapse:
        """What ``plain`` returned.

        Raises:
            KeyError, TypeError: it is something else.
        """
        return cls(str(plain["task"]), str(plain["reason"]), str(plain["trace"]))


def told(lapses: Sequence[Lapse]) -> str:
    """All of them in sentences; empty where there is none."""
    return " ".join(lapse.text for lapse in lapses)


def traces(lapses: Sequence[Lapse]) -> str:
    """Where the program failed; empty where it did not."""
    return "\n".join(lapse.trace for lapse in lapses if lapse.trace)
