"""How straight a subject's path through latent space is, in a few words."""

from __future__ import annotations

import numpy as np

from motionstudio.core.inbetween import midpoint_residuals, straightness
from motionstudio.core.motion import RowKind
from motionstudio.document.subject import Subject


def path_words(subject: Subject) -> str:
    """Straightness and mean mid-point residual, edits included; empty where rows are no frames.

    Dropped frames count as they were filled in.
    """
    track = subject.track
    if track is None or track.base.rows is not RowKind.FRAME or len(track.offset) < 3:
        return ""
    direct = straightness(track.values)
    if not np.isfinite(direct):
        return "path: nothing moves"
    away = midpoint_residuals(track.values)
    known = away[np.isfinite(away)]
    words = f"path: straightness {direct:.2f}"
    return f"{words}, mid-point residual {known.mean():.2f}" if known.size else words
