"""The figures of a report that belong on the model's own card."""

from __future__ import annotations

from pathlib import Path

from motionstudio.core.errors import MotionStudioError
from motionstudio.evaluation.report import Report
from motionstudio.models.base import ModelCard
from motionstudio.models.checkpoint import read_card, write_card


def card_metrics(report: Report) -> dict[str, float]:
    """Means of the rows that measure the model itself, by ``table / row / measure``.

    Rows of peers and baselines stay in the tables: a card tells what its own weights do.
    """
    return {
        f"{table.title} / {row.name} / {column.heading}": round(row.figures[column.key].mean, 4)
        for table in report.tables
        for row in table.rows
        if row.name.startswith("model,")
        for column in table.columns
        if column.key in row.figures
    }


def note_on_card(folder: Path, report: Report, command: str) -> ModelCard:
    """Write the figures, and the command that measured them, onto the card in ``folder``.

    Figures of other tasks that the card has already stay: they are of the same weights, for a
    training run writes a new card.

    Raises:
        MotionStudioError: the report is of other weights than those in the folder.
    """
    card = read_card(folder)
    if card.hash != report.model_hash:
        raise MotionStudioError(
            f"The figures are of other weights than those in {folder.name}.", "Measure again."
        )
    metrics = {**card.metrics, **card_metrics(report)}
    commands = dict.fromkeys([*filter(None, card.measured.split("; ")), command])
    measured = "; ".join(commands)
    return write_card(folder, card.model_copy(update={"metrics": metrics, "measured": measured}))
