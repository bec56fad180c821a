from __future__ import annotations

from pathlib import Path

import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.evaluation.card_metrics import card_metrics, note_on_card
from motionstudio.evaluation.report import Report
from motionstudio.evaluation.table import Column, Figure, Row, Table
from motionstudio.models.checkpoint import read_card, write_checkpoint
from tests.models import tiny

_ONE = Figure(1.0, 0.0, 1)


def report(digest: str) -> Report:
    table = Table(
        "tracking",
        "Tracking",
        (Column("epe", "EPE px"), Column("dice", "Dice")),
        (
            Row("identity", {"epe": Figure(2.0, 0.1, 4)}),
            Row("model, as encoded", {"epe": Figure(0.61234, 0.1, 4), "dice": Figure(0.9, 0, 4)}),
        ),
    )
    return Report("fresh", digest, (table,))


def test_a_card_takes_the_models_own_rows_only() -> None:
    assert card_metrics(report("")) == {
        "Tracking / model, as encoded / EPE px": 0.6123,
        "Tracking / model, as encoded / Dice": 0.9,
    }


def test_figures_and_their_command_are_read_back_from_the_card(tmp_path: Path) -> None:
    card = write_checkpoint(tmp_path, tiny.card(), tiny.weights())
    note_on_card(tmp_path, report(card.hash), "motionstudio evaluate fresh")
    again = read_card(tmp_path)
    assert again.metrics == card_metrics(report(card.hash))
    assert again.measured == "motionstudio evaluate fresh"
    assert again.hash == card.hash


def test_figures_of_other_weights_are_refused(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, tiny.card(), tiny.weights())
    with pytest.raises(MotionStudioError, match="other weights"):
        note_on_card(tmp_path, report("0123456789abcdef"), "motionstudio evaluate fresh")
    assert not read_card(tmp_path).metrics


def test_figures_of_another_task_join_those_of_the_same_weights(tmp_path: Path) -> None:
    card = write_checkpoint(tmp_path, tiny.card(), tiny.weights())
    note_on_card(tmp_path, report(card.hash), "motionstudio evaluate fresh --task tracking")
    other = Table("speed", "Speed", (Column("ms", "ms"),), (Row("model, encode", {"ms": _ONE}),))
    for _ in range(2):
        note_on_card(tmp_path, Report("fresh", card.hash, (other,)), "motionstudio evaluate fresh")
    again = read_card(tmp_path)
    assert again.metrics == {**card_metrics(report(card.hash)), "Speed / model, encode / ms": 1.0}
    assert again.measured == (
        "motionstudio evaluate fresh --task tracking; motionstudio evaluate fresh"
    )
