"""Tables as CSV files."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from motionstudio.io.atomic import whole_file


def write_table(path: Path, head: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    """Write a CSV file, whole or not at all; floats so that they read back bit for bit.

    Args:
        path: where to.
        head: names of the columns.
        lines: one sequence for each line; NaN becomes an empty cell.

    Raises:
        MotionStudioError: the place cannot be written to.
    """
    with whole_file(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        for line in lines:
            writer.writerow([_plain(value) for value in line])


def _plain(value: object) -> object:
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(float(value))
    return value
