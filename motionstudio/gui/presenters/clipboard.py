"""Blocks of the motion matrix as text that spreadsheets understand."""

from __future__ import annotations

import numpy as np

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float
from motionstudio.document.commands import EditLatent
from motionstudio.document.subject import Subject
from motionstudio.gui.presenters.session import Session


def to_table(values: Float, rows: tuple[int, ...], dims: tuple[int, ...]) -> str:
    """Frames as lines, dimensions as columns, separated by tabs."""
    block = values[np.ix_(rows, dims)]
    return "\n".join("\t".join(f"{value:.7g}" for value in line) for line in block)


def from_table(text: str) -> Float:
    """(n, m) float32 of a table of numbers separated by tabs, commas or spaces.

    Raises:
        MotionStudioError: it is no table of numbers.
    """
    lines = [line.replace(",", "\t").split() for line in text.strip().splitlines()]
    hint = "Copy cells of the matrix or of a spreadsheet first."
    if not lines or len({len(line) for line in lines}) != 1:
        raise MotionStudioError("The clipboard holds no table of numbers.", hint)
    try:
        table = np.array([[float(cell) for cell in line] for line in lines], np.float32)
    except ValueError as error:
        raise MotionStudioError(f"The clipboard holds no numbers: {error}.", hint) from error
    if not np.isfinite(table).all():
        raise MotionStudioError("The clipboard holds values that are not finite.", hint)
    return table


def paste(session: Session, subject: Subject, table: Float, start: tuple[int, int]) -> None:
    """Put a table into the matrix from cell ``start`` on; what reaches beyond is cut off."""
    if subject.track is None:
        return
    count, dims = subject.track.offset.shape
    rows = tuple(range(start[0], min(start[0] + table.shape[0], count)))
    columns = tuple(range(start[1], min(start[1] + table.shape[1], dims)))
    block = table[: len(rows), : len(columns)]
    offset = block - subject.track.base.mean[np.ix_(rows, columns)]
    session.push(EditLatent(subject.id, rows, columns, offset, "Paste"))
