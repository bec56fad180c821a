"""Texts that others wrote, read only where they are files, and only so much of them."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

from motionstudio.core.errors import MotionStudioError

MOST_CHARACTERS = 16 << 20
"""Longest text that is read; what the program writes itself is a thousandth of that."""


def bounded_text(path: Path, most: int = MOST_CHARACTERS, *, pipes: bool = False) -> str:
    """The text of a file, in UTF-8.

    Args:
        path: a file.
        most: characters.
        pipes: whether pipes are read as well, as where a shell passes what another program says;
            else a pipe that nobody fills would be waited for without end.

    Raises:
        OSError: it cannot be read, is no file, or is longer.
        UnicodeDecodeError: it is no text.
    """
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or (pipes and stat.S_ISFIFO(mode))):
        raise OSError(errno.ENXIO, "it is neither a file nor a folder")
    with path.open(encoding="utf-8") as stream:
        text = stream.read(most + 1)
    if len(text) > most:
        raise OSError(errno.EFBIG, f"it is longer than {most:,} characters")
    return text


def refuse_endless(path: Path) -> None:
    """Refuse a pipe, a device or a socket, which may never end and may never begin.

    Raises:
        MotionStudioError: it is one; what is not there passes, for others to say so.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise MotionStudioError(f"{path.name} is neither a file nor a folder.")
