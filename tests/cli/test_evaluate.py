"""Measuring from a shell."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from motionstudio import doctor, evaluation
from motionstudio.cli.data_folder import is_library
from motionstudio.cli.evaluate import Task
from tests.cli.conftest import Cli


def test_the_tasks_are_those_of_the_evaluation() -> None:
    assert tuple(task.value for task in Task) == evaluation.TASKS


def test_a_report_as_json_and_as_text(cli: Cli, fresh: Path) -> None:
    words = ("evaluate", "fresh", "--task", "transport", "--subjects", 1)
    done = cli(*words, "--json")
    assert done.code == 0, done.err
    record = done.json()
    assert record["model"] == "fresh"
    assert len(record["hash"]) == 16
    (table,) = record["tables"]
    assert table["task"] == "transport"
    assert {"name", "remark", "figures", "clips"} == set(table["rows"][0])
    assert done.err
    text = cli(*words).out
    assert table["title"] in text
    assert all(row["name"] in text for row in table["rows"])


def test_real_clips_that_are_not_there(
    cli: Cli, fresh: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = cli("evaluate", "fresh", "--task", "real", "--data", tmp_path / "gone")
    assert (done.code, done.out) == (2, "")
    assert "which does not exist" in done.err
    monkeypatch.setattr("motionstudio.cli.evaluate.find_data", lambda _named: None)
    done = cli("evaluate", "fresh", "--task", "real")
    assert (done.code, done.out) == (2, "")
    assert doctor.DATA in done.err


def test_a_model_that_there_is_not(cli: Cli, fresh: Path) -> None:
    done = cli("evaluate", "hart")
    assert (done.code, done.out) == (2, "")
    assert "no checkpoint hart" in done.err.splitlines()[-1]


def test_an_own_clip_is_measured_instead(cli: Cli, fresh: Path, clip: Path) -> None:
    done = cli("evaluate", "fresh", "--task", "reconstruction", "--data", clip, "--json")
    assert done.code == 0, done.err
    (table,) = done.json()["tables"]
    assert clip.name in table["title"]
    assert {row["name"] for row in table["rows"]} == {"model", "first frame held"}


def test_a_task_that_own_clips_do_not_allow(cli: Cli, fresh: Path, clip: Path) -> None:
    done = cli("evaluate", "fresh", "--task", "speed", "--data", clip.parent)
    assert (done.code, done.out) == (2, "")
    assert "not measured on one's own clips" in done.err


def test_the_projects_own_folder_is_told_from_clips(tmp_path: Path) -> None:
    assert not is_library(tmp_path)
    (tmp_path / "cardiac_cine_pig").mkdir()
    assert is_library(tmp_path)
    assert not is_library(tmp_path / "gone")


def test_a_damaged_clip_ends_with_its_name_and_the_others_are_in_the_folder(
    cli: Cli, fresh: Path, clip: Path, tmp_path: Path
) -> None:
    folder, out = tmp_path / "own", tmp_path / "report"
    folder.mkdir()
    for name in ("größe", "b"):
        (folder / f"{name}{clip.suffix}").write_bytes(clip.read_bytes())
    (folder / "cut.npz").write_bytes(b"PK")
    words = ("evaluate", "fresh", "--data", folder, "--task", "reconstruction", "--json")
    done = cli(*words, "--out", out, "--task", "prediction", "--rival", "fresh")
    assert done.code == 2
    assert "Not everything could be measured: cut." in done.err
    plain = done.json()
    assert [problem["clip"] for problem in plain["problems"]] == ["cut"]
    assert [one["name"] for one in plain["clips"]] == ["b", "größe"]
    assert {"report.md", "report.json", "figures.csv", "differences.csv", "pictures"} == {
        path.name for path in out.iterdir()
    }
    with (out / "figures.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    known = {row["method"] for row in rows}
    assert known == {"model", "fresh", "first frame held"}
    shown = (out / "report.md").read_text(encoding="utf-8")
    for path in (out / "pictures").iterdir():
        assert f"(pictures/{path.name})" in shown
    again = cli(*words)
    assert again.json()["tables"][0]["rows"][0] == plain["tables"][0]["rows"][0]


def test_a_folder_with_other_things_is_not_written_to(
    cli: Cli, fresh: Path, clip: Path, tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    done = cli("evaluate", "fresh", "--data", clip, "--out", tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "no report" in done.err


def test_rivals_with_other_pictures_are_refused(cli: Cli, fresh: Path, clip: Path) -> None:
    done = cli("evaluate", "fresh", "--data", clip, "--rival", "shapes_vd")
    assert (done.code, done.out) == (2, "")
    assert "cannot be compared" in done.err


def test_data_that_is_named_wrongly_is_said(cli: Cli, fresh: Path, tmp_path: Path) -> None:
    assert fresh.is_dir()
    for words, said in (
        (["--data", tmp_path, "--data", tmp_path], "--data is given 2 times"),
        (["--data", tmp_path / "gone"], "which does not exist"),
        (["--data", tmp_path, "--paper"], "not on your clips"),
        (["--data", tmp_path], "or only labels"),
    ):
        done = cli("evaluate", "fresh", *words)
        assert (done.code, done.out) == (2, "")
        assert said in done.err
