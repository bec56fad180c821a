"""How the frames of a subject become what a model sees: the same in the window and without it."""

from __future__ import annotations

from motionstudio.core.picture import Transform
from motionstudio.document.subject import Subject


def subject_transform(subject: Subject, size: int, range: tuple[float, float]) -> Transform:
    """From the subject's frames to the square of a model.

    Args:
        subject: whose framing counts.
        size: side of the square in pixels.
        range: intensities of the whole sequence that become 0 and 1.
    """
    return Transform.fit(
        subject.clip.size,
        size,
        mode=subject.framing.mode,
        crop=subject.framing.crop,
        range=range,
        angle=subject.framing.angle,
        beyond=True,
    )
