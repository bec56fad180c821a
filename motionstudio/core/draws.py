"""How a drawn motion came about, so that it can be drawn again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mode = Literal["learned", "prior"]


@dataclass(frozen=True, slots=True)
class Draw:
    """One throw of the dice.

    Attributes:
        seed: equal seeds give equal motions, >= 0.
        temperature: 1 for the spread that was learned, 0 for the mean motion.
        mode: ``learned`` like the motions of training, ``prior`` from the prior over time.
    """

    seed: int
    temperature: float = 1.0
    mode: Mode = "learned"

    def __post_init__(self) -> None:
        if self.seed < 0 or not self.temperature >= 0 or self.mode not in ("learned", "prior"):
            raise ValueError(
                f"Draw: expected seed >= 0, temperature >= 0 and mode learned or prior, got {self}"
            )

    def text(self) -> str:
        """For people: ``seed 7``, ``seed 7, temperature 0.5, prior``."""
        words = [f"seed {self.seed}"]
        if self.temperature != 1:
            words.append(f"temperature {self.temperature:g}")
        if self.mode == "prior":
            words.append("from the prior")
        return ", ".join(words)


Draws = tuple[Draw, ...]
"""A draw, and what varied it since: each later one moves the motion by its own deviation."""


def draws_text(draws: Draws) -> str:
    """For people: ``seed 7`` or ``seed 7, varied by seed 12, temperature 0.35``."""
    return ", varied by ".join(draw.text() for draw in draws)
