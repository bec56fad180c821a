"""Transport where no truth is known: the motion of one clip put on the next, and back again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from motionstudio.core.metrics import folded_share
from motionstudio.core.motion import Motion
from motionstudio.evaluation.material import Material, encode, made, picture_figures
from motionstudio.evaluation.progress import Tell
from motionstudio.evaluation.table import Column, Scores, Table, mean_of
from motionstudio.models.base import MotionModel

BACK, DIRECT, HELD = "there and back", "its own motion", "first frame held"
_NOTE = (
    "Nobody knows what B looks like with the motion of A. So B is moved by A's motion, what comes "
    "out is encoded, and that motion moves A again: the closer to A's own frames, the less was "
    "lost on the way. Folded: of the field on B."
)


def transport_of(model: MotionModel, items: Sequence[Material], title: str, tell: Tell) -> Table:
    """Each clip's motion put on the first frame of the next clip, and back."""
    scores = Scores()
    for number, a in enumerate(items):
        b = items[(number + 1) % len(items)]
        frames = list(range(1, len(a.frames)))
        motion = encode(model, a)
        there = model.decode(motion, b.frames[0], frames)
        moved = made(model, motion, b.frames[0], range(len(a.frames)))
        again = _encoded(model, a, replace(a, frames=moved))
        back = made(model, again, a.frames[0], frames)
        direct = made(model, motion, a.frames[0], frames)
        held = a.frames[[0] * len(frames)]
        for name, found in ((BACK, back), (DIRECT, direct), (HELD, held)):
            pairs = zip(found, a.frames[frames], strict=True)
            scores.add(name, mean_of([picture_figures(a, x, y) for x, y in pairs]))
        if there.displacement is not None:
            scores.add("on the other", {"folds": 100 * folded_share(there.displacement)})
        tell(f"transport: {number + 1} of {len(items)}")
    columns = (
        Column("rmse", "RMSE to A", 4, True),
        Column("psnr", "PSNR dB", 2),
        Column("ssim", "SSIM", 3),
        Column("folds", "folded %", 3),
    )
    return Table("transport", f"Motion put on the next clip ({title})", columns, scores.rows(),
                 _NOTE)  # fmt: skip


def _encoded(model: MotionModel, a: Material, moved: Material) -> Motion:
    return encode(model, replace(moved, cyclic=a.cyclic))
