"""What can be dropped and restored at once."""

from __future__ import annotations

from enum import StrEnum


class DropChoice(StrEnum):
    """What the menu of the frame cells offers."""

    EVERY_2ND = "every-2"
    DROP_3RD = "drop-3"
    EVERY_3RD = "every-3"
    EVERY_8TH = "every-8"
    OUTSIDE_RANGE = "outside-range"
    NOT_KEYED = "not-keyed"
    RESTORE = "restore"


CHOICES = (
    (DropChoice.EVERY_2ND, "Drop every 2nd frame"),
    (DropChoice.DROP_3RD, "Drop every 3rd frame"),
    (DropChoice.EVERY_3RD, "Keep every 3rd frame, drop the rest"),
    (DropChoice.EVERY_8TH, "Keep every 8th frame, drop the rest"),
    (DropChoice.OUTSIDE_RANGE, "Drop all frames outside the play range"),
    (DropChoice.NOT_KEYED, "Drop all frames but the keyed ones"),
    (DropChoice.RESTORE, "Restore all frames"),
)
"""Every choice with its words in the menu."""
