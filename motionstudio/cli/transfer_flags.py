"""The options of a transfer on the command line: those of the window's pane Transfer."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.strength import MOST

if TYPE_CHECKING:
    from motionstudio.core.carrying import Transfer


class Way(StrEnum):
    """How keypoints follow the driver's."""

    RELATIVE = "relative"
    ABSOLUTE = "absolute"


_KEYPOINTS = "Keypoints"

Places = Annotated[
    Way,
    typer.Option(
        "--positions", help="Move along, or take the driver's places over.",
        rich_help_panel=_KEYPOINTS,
    ),
]  # fmt: skip
Matrices = Annotated[
    Way,
    typer.Option("--matrices", help="The same for the matrices.", rich_help_panel=_KEYPOINTS),
]
AdaptScale = Annotated[
    bool,
    typer.Option(
        "--adapt-scale", help="Multiply movement by how much larger the picture's subject is.",
        rich_help_panel=_KEYPOINTS,
    ),
]  # fmt: skip
RemoveHead = Annotated[
    bool,
    typer.Option(
        "--remove-head", help="Take out the mean displacement of the keypoints that are on.",
        rich_help_panel=_KEYPOINTS,
    ),
]  # fmt: skip
Head = Annotated[
    int | None,
    typer.Option(
        "--undo-turn", metavar="KEYPOINT", rich_help_panel=_KEYPOINTS,
        help="Multiply all matrices by the inverse of this keypoint's: one on the head.",
    ),
]  # fmt: skip
Weights = Annotated[
    str,
    typer.Option(
        "--weights", metavar="W,W,...", rich_help_panel=_KEYPOINTS,
        help="A factor for each keypoint, in its order.",
    ),
]  # fmt: skip
Off = Annotated[
    str,
    typer.Option(
        "--off", metavar="K,K,...", help="Keypoints that stay at rest.",
        rich_help_panel=_KEYPOINTS,
    ),
]  # fmt: skip


def transfer_of(
    positions: Way,
    matrices: Way,
    adapt_scale: bool,
    remove_head: bool,
    head: int | None,
    weights: str,
    off: str,
) -> Transfer:
    """The options that were given.

    Raises:
        MotionStudioError: a list holds something that is no number, or is out of range.
    """
    from motionstudio.core.carrying import Transfer

    try:
        return Transfer(
            relative_positions=positions is Way.RELATIVE,
            relative_jacobians=matrices is Way.RELATIVE,
            adapt_scale=adapt_scale,
            weights=tuple(float(word) for word in weights.split(",") if word.strip()),
            off=tuple(sorted(int(word) for word in off.split(",") if word.strip())),
            remove_mean=remove_head,
            still=head,
        )
    except ValueError as error:
        raise MotionStudioError(
            f"--weights or --off cannot be read: {error}.",
            f"Give numbers between commas; weights lie between 0 and {MOST:g}.",
        ) from error


def reference_of(text: str) -> tuple[int | None, bool]:
    """The frame that ``--reference`` names, or None, and whether the best is to be found.

    Raises:
        MotionStudioError: it is neither a number nor ``best``.
    """
    if text in ("", "best"):
        return None, text == "best"
    if not text.isdecimal():
        raise MotionStudioError(
            f"--reference names '{text}', which is no frame.", "Give its number, or best."
        )
    return int(text), False
