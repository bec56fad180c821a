"""What is known about every frame of a subject, as the timeline shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FrameStates:
    """Per-frame states, all of length T.

    Attributes:
        times: (T,) float64 seconds.
        kept: False where the frame is withheld from the model.
        edited: True where people changed the latent motion.
        filled: True where the model filled the frame in.
        cached: True where the final picture is ready.
        reference: the frame that is animated; it cannot be dropped.
        keyed: True where a curve has a key; None: nowhere.
    """

    times: NDArray[np.float64]
    kept: Mask
    edited: Mask
    filled: Mask
    cached: Mask
    reference: int = 0
    keyed: Mask | None = None

    @property
    def count(self) -> int:
        """T."""
        return len(self.times)

    def with_mask(self, name: str, mask: Mask) -> FrameStates:
        """A copy with one of the masks replaced.

        Raises:
            ValueError: the mask is not (T,).
        """
        if mask.shape != (self.count,):
            raise ValueError(f"{name}: expected a mask of shape ({self.count},), got {mask.shape}")
        fresh = mask.astype(np.bool_)
        if name == "kept":
            return replace(self, kept=fresh)
        if name == "edited":
            return replace(self, edited=fresh)
        if name == "filled":
            return replace(self, filled=fresh)
        if name == "keyed":
            return replace(self, keyed=fresh)
        return replace(self, cached=fresh)

    def is_keyed(self, frame: int) -> bool:
        """Whether a curve has a key there."""
        return self.keyed is not None and bool(self.keyed[frame])

    def describe(self, frame: int) -> str:
        """One line for the status bar: ``Frame 12 of 0-31 · 0.48 s · dropped, filled in``."""
        words = ["reference (locked)"] if frame == self.reference else []
        if frame != self.reference:
            words.append("kept" if self.kept[frame] else "dropped")
        if self.filled[frame]:
            words.append("filled in by the model")
        if self.edited[frame]:
            words.append("edited")
        if self.is_keyed(frame):
            words.append("keyed")
        return (
            f"Frame {frame} of 0-{self.count - 1} · {self.times[frame]:.3f} s · {', '.join(words)}"
        )


def same_but_cached(one: FrameStates, other: FrameStates) -> bool:
    """Whether two states differ at most in which pictures are ready; compares no values."""
    return (
        one.times is other.times
        and one.kept is other.kept
        and one.edited is other.edited
        and one.filled is other.filled
        and one.keyed is other.keyed
        and one.reference == other.reference
    )


def runs(mask: Mask) -> list[tuple[int, int]]:
    """First frame and the one after the last of every run of True: few even in long clips."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def states_of(times: NDArray[np.float64]) -> FrameStates:
    """Fresh states of a clip: everything kept, nothing edited, filled or cached."""
    none = np.zeros(len(times), np.bool_)
    return FrameStates(
        times=np.asarray(times, np.float64),
        kept=np.ones(len(times), np.bool_),
        edited=none,
        filled=none,
        cached=none,
    )
