"""Which piece of which sound belongs to a film."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sound:
    """A piece of the sound of a film.

    Attributes:
        path: the film, or any file with sound.
        start: seconds after its first picture (its first sound where it has no pictures).
        length: seconds; silence follows where the file ends before.
        plays: how often the piece is heard.
    """

    path: Path
    start: float
    length: float
    plays: int = 1

    def __post_init__(self) -> None:
        if self.start < 0 or self.length <= 0 or self.plays < 1:
            raise ValueError(
                "Sound: expected start >= 0, length > 0 and plays >= 1, got "
                f"{self.start}, {self.length} and {self.plays}"
            )
