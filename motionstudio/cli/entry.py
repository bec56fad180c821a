"""From the words of a command line to an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import NoReturn

from motionstudio.cli.output import discard_stdout, say
from motionstudio.core.errors import Cancelled, MotionStudioError

COMMANDS = (
    "studio", "tour", "models", "inspect", "encode", "render", "train", "evaluate", "animate",
    "import-checkpoint", "doctor", "batch",
)  # fmt: skip

_ERRORS = 2
"""The file descriptor of what is said; those of input and output come before it."""

FAILED, USER_ERROR, INTERRUPTED = 1, 2, 130

TRACEBACK = "MOTIONSTUDIO_TRACEBACK"


def main() -> NoReturn:
    """Serve the process's command line and exit."""
    _open_closed_pipes()
    if isinstance(sys.stdout, TextIOWrapper):
        # A file name that the terminal cannot show must not end a command.
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def _open_closed_pipes() -> None:
    """Where a caller closed input, output or errors (``>&-``), nothing is read and nobody reads.

    The next file that is opened would else become the output.
    """
    if os.name == "posix":
        while (hole := os.open(os.devnull, os.O_RDWR)) <= _ERRORS:
            pass
        os.close(hole)
    for name, way in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, way, encoding="utf-8"))  # noqa: SIM115


def run(words: Sequence[str]) -> int:
    """Serve a command line.

    Args:
        words: without the program's name; none, or a file alone, means the studio.

    Returns:
        0; 1 where the program failed or what was looked at is broken; 2 for what the user can
        mend, said in one sentence on stderr; 130 after Ctrl-C.
    """
    try:
        code = _serve(_with_command(list(words)))
        sys.stdout.flush()
    except SystemExit as done:
        # How typer and argparse end, also after --help and for wrong options.
        if isinstance(done.__context__, BrokenPipeError):
            # What click makes of a reader that has gone, as after --help | head.
            discard_stdout()
            return 0
        return done.code if isinstance(done.code, int) else int(done.code is not None)
    except MotionStudioError as error:
        say(str(error))
        return USER_ERROR
    except (KeyboardInterrupt, Cancelled):
        say("Stopped.")
        return INTERRUPTED
    except BrokenPipeError:
        discard_stdout()
        return 0
    except OSError as error:
        if os.environ.get(TRACEBACK):
            raise
        say(_place(error))
        return FAILED
    except Exception as error:
        # The last stop: whatever it is, the person reads a sentence.
        if os.environ.get(TRACEBACK):
            raise
        say(
            f"This is a fault of the program, not of yours: {type(error).__name__}: {error}. "
            f"{TRACEBACK}=1 before the command shows where it happened."
        )
        return FAILED
    return code


def _place(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}." if error.filename else f"{reason}."


def _with_command(words: list[str]) -> list[str]:
    if not words or (words[0] not in COMMANDS and not words[0].startswith("-")):
        return ["studio", *words]
    return words


def _serve(words: list[str]) -> int:
    if words[0] == "doctor":
        # Not through typer: the doctor must also run where packages are missing.
        from motionstudio import doctor

        return doctor.main(words[1:])
    if words[0] == "studio" and not any(word.startswith("-") for word in words[1:]):
        # Without typer, whose import the window need not wait for.
        from motionstudio.cli.studio import open_window

        return open_window(words[1:])
    from motionstudio.cli.app import app

    app(args=words, prog_name="motionstudio")
    return 0
