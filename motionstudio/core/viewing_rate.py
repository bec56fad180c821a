"""How fast a clip is shown where nobody chose: at its own rate, unless nobody could wait for it."""

from __future__ import annotations

SLOWEST = 0.5
"""Frames a second below which a clip is a time lapse."""
LAPSE = 10.0
"""Frames a second at which a time lapse is shown."""


def viewing_rate(own: float) -> float:
    """Frames a second to show a clip at.

    Radar comes every five minutes and cells every few seconds: at their own rate nothing would
    seem to happen, and a film of 40 frames would last for hours.

    Args:
        own: frames a second of the clip, above 0.
    """
    return own if own >= SLOWEST else LAPSE
