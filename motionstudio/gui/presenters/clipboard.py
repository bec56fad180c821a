"""Blocks of the motion matrix as text that spreadsheets understand."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from motionstudio.core.counting import counted
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float
from motionstudio.document.latent_commands import SetValues
from motionstudio.document.subject import Subject
from motionstudio.gui.presenters.latent_words import label_of
from motionstudio.gui.presenters.session import Session

_HINT = "Copy cells of the matrix or of a spreadsheet first."
_FRAME = "frame"


def to_table(values: Float, rows: tuple[int, ...], dims: tuple[int, ...]) -> str:
    """Frames as lines, dimensions as columns, separated by tabs."""
    block = values[np.ix_(rows, dims)]
    return "\n".join("\t".join(f"{value:.9g}" for value in line) for line in block)


def to_named_table(
    values: Float, rows: tuple[int, ...], dims: tuple[int, ...], names: Sequence[str]
) -> str:
    """As ``to_table``, with a line of names above and a column of frame numbers before."""
    lines = to_table(values, rows, dims).split("\n")
    head = "\t".join([_FRAME, *names])
    return "\n".join([head, *(f"{row}\t{line}" for row, line in zip(rows, lines, strict=True))])


def from_table(text: str) -> Float:
    """(n, m) float32 of a table of numbers.

    Columns are separated by tabs or semicolons, where numbers may have decimal commas, else by
    commas or spaces. A line of names and a column of frame numbers under the name ``frame`` are
    left out.

    Raises:
        MotionStudioError: it is no table of numbers.
    """
    lines = [_cells(line, text) for line in text.strip("\r\n").splitlines() if line.strip()]
    lines = _without_head(lines)
    if not lines or not lines[0] or len({len(line) for line in lines}) != 1:
        raise MotionStudioError("The clipboard holds no table of numbers.", _HINT)
    try:
        table = np.array([[float(cell) for cell in line] for line in lines], np.float32)
    except ValueError as error:
        raise MotionStudioError(f"The clipboard holds no numbers: {error}.", _HINT) from error
    if not np.isfinite(table).all():
        raise MotionStudioError("The clipboard holds values that are not finite.", _HINT)
    return table


def fitted(table: Float, rows: int) -> Float:
    """A table (n, m) resampled in time to (rows, m), linearly, ends on ends."""
    if len(table) == rows:
        return table
    places = np.linspace(0, len(table) - 1, rows)
    columns = [np.interp(places, np.arange(len(table)), column) for column in table.T]
    return np.stack(columns, axis=1).astype(np.float32)


def paste(
    session: Session,
    subject: Subject,
    table: Float,
    rows: tuple[int, ...],
    dims: tuple[int, ...],
) -> None:
    """Put a table into the matrix, and say where it had to be fitted.

    Into one selected cell it goes from there on, and what reaches beyond is cut off. Several
    selected frames get it resampled in time to their number; several selected dimensions get as
    many columns as they are, a single column into each of them.

    Args:
        session: shared parts.
        subject: whose matrix; encoded.
        table: (n, m).
        rows: selected frames, at least one.
        dims: selected dimensions, at least one.
    """
    if subject.track is None:
        return
    count, width = subject.track.offset.shape
    table, rows, frames_said = _into_rows(table, rows, count)
    table, dims, dims_said = _into_dims(table, dims, width)
    command = SetValues(subject.id, rows, dims, table, "Paste")
    session.push(command, label_of(subject, rows, dims, "Paste"))
    if words := [said for said in (frames_said, dims_said) if said]:
        session.notices.say(f"Pasted, but {' and '.join(words)}.")


def _into_rows(
    table: Float, rows: tuple[int, ...], count: int
) -> tuple[Float, tuple[int, ...], str]:
    """The table for the rows that it goes into, of ``count``, and what had to be done for it."""
    if len(rows) > 1:
        same = len(table) == len(rows)
        said = "" if same else f"{counted(len(table), 'frame')} resampled to {len(rows)}"
        return fitted(table, len(rows)), rows, said
    rows = tuple(range(rows[0], min(rows[0] + len(table), count)))
    left = len(table) - len(rows)
    said = f"{counted(left, 'frame')} at the end left out" if left > 0 else ""
    return table[: len(rows)], rows, said


def _into_dims(
    table: Float, dims: tuple[int, ...], width: int
) -> tuple[Float, tuple[int, ...], str]:
    """As ``_into_rows`` for dimensions, of ``width``; a single column goes into each of them."""
    if len(dims) == 1:
        dims = tuple(range(dims[0], min(dims[0] + table.shape[1], width)))
    elif table.shape[1] == 1:
        table = np.repeat(table, len(dims), axis=1)
    left = table.shape[1] - len(dims)
    dims = dims[: table.shape[1]]
    said = f"{counted(left, 'dimension')} that did not fit left out" if left > 0 else ""
    return table[:, : len(dims)], dims, said


def _cells(line: str, text: str) -> list[str]:
    if "\t" in text or ";" in text:
        parts = re.split(r"[\t;]", line.rstrip("\r"))
        return [part.strip().replace(",", ".").replace("−", "-") for part in parts]
    return line.replace(",", " ").replace("−", "-").split()


def _without_head(lines: list[list[str]]) -> list[list[str]]:
    """Without a first line of names, and without the column of frame numbers under it."""
    if len(lines) < 2 or all(_is_number(cell) for cell in lines[0]):
        return lines
    if any(_is_number(cell) for cell in lines[0] if cell):
        return lines
    first = lines[0][0].lower() in (_FRAME, "")
    return [line[1:] if first else line for line in lines[1:]]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
