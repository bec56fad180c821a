"""A task of the evaluation that fails on a clip: the rest is kept, and it alone is tried again."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from motionstudio.batch import events
from motionstudio.batch.lapse import Lapse
from motionstudio.batch.results import done, found
from motionstudio.batch.task import Outcome, Task
from motionstudio.batch.work import MOTION, Worker
from motionstudio.core.errors import MotionStudioError
from motionstudio.evaluation import on_clips
from motionstudio.evaluation.clip_task import Case, Found
from motionstudio.models.base import MotionModel
from tests.batch.conftest import Desk

STUDY = 'measure = ["reconstruction"]\nevaluate = ["interpolation", "reconstruction"]'


def _dark(_model: MotionModel, _case: Case) -> Iterator[Found]:
    raise MotionStudioError("It is too dark.", "Light a lamp.")


def _fault(_model: MotionModel, _case: Case) -> Iterator[Found]:
    raise IndexError("three sides")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    own = replace(on_clips.TASKS["interpolation"], own=_dark)
    monkeypatch.setitem(on_clips.TASKS, "interpolation", own)
    return monkeypatch


def _task(desk: Desk) -> Task:
    desk.write_study(STUDY, 'files = ["clips/a.npz"]')
    return desk.plan()[0].task


def test_one_failed_task_loses_nothing_else(desk: Desk, broken: pytest.MonkeyPatch) -> None:
    outcome = Worker(threads=None).do(_task(desk), desk.output)
    assert outcome.lapses == (Lapse("interpolation", "It is too dark. Light a lamp."),)
    assert {"rmse", "reconstruction: model rmse"} <= set(outcome.figures)
    folder = desk.output / "fresh" / "a"
    assert {path.name for path in folder.iterdir()} == {
        MOTION, "frames.csv", "evaluation.json", "result.json"
    }  # fmt: skip
    assert done(folder, outcome.key) is None
    assert found(folder, outcome.key) == outcome
    assert desk.plan()[0].outcome is None


def test_the_next_run_tries_only_what_failed(desk: Desk, broken: pytest.MonkeyPatch) -> None:
    task, worker = _task(desk), Worker(threads=None)
    before = worker.do(task, desk.output)
    motion = desk.output / "fresh" / "a" / MOTION
    stamp = motion.stat().st_mtime_ns
    broken.undo()
    asked: list[str] = []

    def listen(name: str, *rest: object, **options: object) -> on_clips.OnClips:
        asked.append(name)
        return on_clips.measure_on(name, *rest, **options)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as ears:
        ears.setattr("motionstudio.batch.evaluating.measure_on", listen)
        ears.setenv("MOTIONSTUDIO_CHECKPOINTS", str(desk.folder / "checkpoints"))
        after = worker.do(task, desk.output)
    assert asked == ["interpolation"]
    assert after.lapses == ()
    assert before.figures.items() <= after.figures.items()
    assert "interpolation: model, frames withheld rmse" in after.figures
    assert motion.stat().st_mtime_ns == stamp, "the motion is not encoded again"
    assert after.files == before.files
    assert len(after.notes) == len(set(after.notes))
    tables = json.loads((motion.parent / "evaluation.json").read_text(encoding="utf-8"))
    assert [table["task"] for table in tables] == ["reconstruction", *["interpolation"] * 2]
    assert done(motion.parent, task.key) == after
    assert worker.do(task, desk.output) == after


def test_where_the_program_failed_is_kept(desk: Desk, broken: pytest.MonkeyPatch) -> None:
    own = replace(on_clips.TASKS["interpolation"], own=_fault)
    broken.setitem(on_clips.TASKS, "interpolation", own)
    (lapse,) = Worker(threads=None).do(_task(desk), desk.output).lapses
    assert "IndexError: three sides" in lapse.reason
    assert "in _fault" in lapse.trace


def test_an_outcome_says_its_lapses_as_json(desk: Desk) -> None:
    outcome = Outcome("k", {"rmse": 0.5}, (), (), 1.0, (Lapse("tracking", "Why.", "Where."),))
    assert Outcome.of(json.loads(json.dumps(outcome.plain()))) == outcome
    assert "lapses" not in replace(outcome, lapses=()).plain()


def test_a_study_names_what_failed_and_keeps_the_figures(desk: Desk) -> None:
    desk.fate({"fresh/b": ["part", "part"]})
    entries = desk.run()
    assert [entry.failure for entry in entries] == ["", "prediction: It is too dark.", "", ""]
    assert all(entry.outcome is not None for entry in entries)
    (told,) = desk.heard(events.GaveUp)
    assert "made, but not all of it. prediction: It is too dark." in events.sentence(told)
    index = json.loads((desk.output / "index.json").read_text(encoding="utf-8"))
    assert [one["state"] for one in index["results"]] == ["done", "done in part", "done", "done"]
    assert index["means"]["fresh"]["rmse"]["count"] == 4
    with (desk.output / "summary.csv").open(encoding="utf-8", newline="") as stream:
        last = list(csv.DictReader(stream))[-1]
    assert (last["model"], last["mean"]) == ("fresh", "")
    assert last["problem"] == "b: prediction: It is too dark."
    log = (desk.output / "faults.log").read_text(encoding="utf-8")
    assert log.startswith("fresh/b: prediction: It is too dark.")
    desk.run()
    assert desk.lines("attempts.txt") == ["fresh/a", *["fresh/b"] * 2, "fresh/c", "fresh/d"]
    assert all(not entry.failure for entry in desk.run())
    assert not (desk.output / "faults.log").exists()


def test_what_was_made_in_part_is_told_where_a_person_stops_before_it(desk: Desk) -> None:
    desk.fate({"fresh/d": ["part"]})
    desk.run()
    desk.write_clip("a", seed=9)
    entries = desk.run(workers=1, cancelled=lambda: True)
    assert [entry.attempts for entry in entries] == [1, 0, 0, 0]
    assert entries[3].outcome is not None
    assert entries[3].failure == "prediction: It is too dark."
