"""Where words go: results to stdout, everything said on the way to stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager


def say(text: str) -> None:
    """A sentence for the person, on stderr."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def show(text: str) -> None:
    """A result, on stdout; a reader that has closed it (``| head``) is no error."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        discard_stdout()


def show_json(value: object) -> None:
    """A result as JSON, on stdout."""
    show(json.dumps(value, indent=2))


def show_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Aligned columns, on stdout; the last column is as wide as it likes."""
    lines = [list(head), *[list(row) for row in rows]]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        show("  ".join(cells).rstrip())


def discard_stdout() -> None:
    """Send what is still buffered nowhere, so that the interpreter's last flush is quiet."""
    hole = os.open(os.devnull, os.O_WRONLY)
    os.dup2(hole, sys.stdout.fileno())
    os.close(hole)


@contextmanager
def progress(text: str) -> Iterator[Callable[[float], bool]]:
    """A progress bar on stderr where that is a terminal.

    Args:
        text: what is being done.

    Yields:
        A function that is told the fraction done, in [0, 1], and answers True.
    """
    if not sys.stderr.isatty():
        yield lambda _fraction: True
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=1.0)

        def tick(fraction: float) -> bool:
            bar.update(task, completed=fraction)
            return True

        yield tick
