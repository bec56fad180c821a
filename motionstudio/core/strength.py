"""How strong motions may be made; here, so that the command line can say so without numpy."""

from __future__ import annotations

MOST = 2.0
"""The largest strength of a motion, and the largest weight of a keypoint, that is offered."""
