"""What a run tells the world: one JSON object a line."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """A plain sentence."""

    text: str
    event: str = "said"


@dataclass(frozen=True, slots=True)
class Stepped:
    """Mean losses since the last such event.

    Attributes:
        step, steps: done and planned.
        losses: terms of the loss by name, as the system calls them.
        rate: learning rate; ``speed`` optimiser steps per second.
        left: seconds to go at this speed.
    """

    step: int
    steps: int
    losses: dict[str, float]
    rate: float
    speed: float
    left: float
    event: str = "stepped"


@dataclass(frozen=True, slots=True)
class Validated:
    """Figures on held-out sequences, by name; smaller is better."""

    step: int
    figures: dict[str, float]
    event: str = "validated"


@dataclass(frozen=True, slots=True)
class Saved:
    """A resumable state was written."""

    step: int
    path: str
    event: str = "saved"


@dataclass(frozen=True, slots=True)
class Finished:
    """The checkpoint is written."""

    step: int
    path: str
    event: str = "finished"


Event = Said | Stepped | Validated | Saved | Finished


def to_line(event: Event) -> str:
    """One line of JSON."""
    return json.dumps(asdict(event))
