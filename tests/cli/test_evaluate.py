"""Measuring from a shell."""

from __future__ import annotations

from pathlib import Path

import pytest

from motionstudio import doctor, evaluation
from motionstudio.cli.evaluate import Task
from tests.cli.conftest import Cli


def test_the_tasks_are_those_of_the_evaluation() -> None:
    assert tuple(task.value for task in Task) == evaluation.TASKS


def test_a_report_as_json_and_as_text(cli: Cli, fresh: Path) -> None:
    words = ("evaluate", "fresh", "--task", "tracking", "--subjects", 1)
    done = cli(*words, "--json")
    assert done.code == 0, done.err
    record = done.json()
    assert record["model"] == "fresh"
    assert len(record["hash"]) == 16
    (table,) = record["tables"]
    assert table["task"] == "tracking"
    assert {"name", "remark", "figures"} == set(table["rows"][0])
    assert done.err
    text = cli(*words).out
    assert table["title"] in text
    assert all(row["name"] in text for row in table["rows"])


def test_real_clips_that_are_not_there(
    cli: Cli, fresh: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = cli("evaluate", "fresh", "--task", "real", "--data", tmp_path / "gone")
    assert (done.code, done.out) == (2, "")
    assert "which is no folder" in done.err
    monkeypatch.setattr("motionstudio.cli.evaluate.find_data", lambda _named: None)
    done = cli("evaluate", "fresh", "--task", "real")
    assert (done.code, done.out) == (2, "")
    assert doctor.DATA in done.err


def test_a_model_that_there_is_not(cli: Cli, fresh: Path) -> None:
    done = cli("evaluate", "hart")
    assert (done.code, done.out) == (2, "")
    assert "no checkpoint hart" in done.err.splitlines()[-1]
