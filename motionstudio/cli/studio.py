"""``motionstudio studio`` and ``motionstudio tour``: the window, with and without a screen."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from motionstudio.cli.entry import COMMANDS
from motionstudio.cli.output import say, show
from motionstudio.core.errors import MotionStudioError
from motionstudio.startup import prepare

TOUR_FOLDER = Path("tour")


def has_display(environ: Mapping[str, str], platform: str) -> bool:
    """Tell whether a window can be shown; a Qt platform chosen by hand counts as a display."""
    if not platform.startswith("linux"):
        return True
    named = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    return any(environ.get(name) for name in named)


def open_window(paths: Sequence[str]) -> int:
    """Show the studio on the files ``paths``, or on the sample; the tour where no screen is.

    Raises:
        MotionStudioError: a path does not exist.
    """
    for path in paths:
        if not Path(path).exists():
            raise MotionStudioError(f"There is no command and no file {path}.", _hint(path))
    if has_display(os.environ, sys.platform):
        from motionstudio.gui import app

        return app.main(list(paths))
    say("There is no display: running the tour instead, which writes its pictures to tour/.")
    return run_tour(Path(paths[0]) if paths else None, TOUR_FOLDER)


def _hint(word: str) -> str:
    import difflib  # not while a window starts

    close = difflib.get_close_matches(word.lower(), COMMANDS, 1, 0.7) if "." not in word else []
    asked = f"Did you mean {close[0]}? " if close else ""
    return f"{asked}motionstudio --help lists commands."


def run_tour(clip: Path | None, out: Path) -> int:
    """Drive the window through its main job offscreen; returns the exit code.

    Args:
        clip: what it opens; None: the sample.
        out: folder of pictures, film and matrix.

    Raises:
        MotionStudioError: the clip does not exist or a step of the tour failed.
    """
    if clip is not None and not clip.exists():
        raise MotionStudioError(f"There is no file {clip}.", "Correct the path.")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    prepare(sys.platform)
    # Qt only after ``prepare``: on Windows torch must be imported before it.
    from motionstudio.gui.tour import run_tour as drive

    for path in drive(clip, out, say):
        show(str(path))
    return 0
