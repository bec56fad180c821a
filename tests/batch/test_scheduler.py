"""Workers die, refuse and break: nothing is lost, nothing is done twice, the others go on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from motionstudio.batch import events
from motionstudio.batch.belonging import left_behind
from motionstudio.batch.results import done
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.folder_lock import FolderLock
from tests.batch.conftest import Desk

ALL = ["fresh/a", "fresh/b", "fresh/c", "fresh/d"]


def test_every_clip_is_done_once_and_the_index_says_so(desk: Desk) -> None:
    entries = desk.run()
    assert desk.lines("attempts.txt") == desk.lines("results.txt") == ALL
    assert all(entry.outcome is not None and entry.attempts == 1 for entry in entries)
    index = json.loads((desk.output / "index.json").read_text(encoding="utf-8"))
    assert [(one["name"], one["state"]) for one in index["results"]] == [
        (name, "done") for name in "abcd"
    ]
    mean = {"mean": 0.5, "standard error": 0.0, "count": 4, "low": 0.5, "high": 0.5}
    assert index["means"]["fresh"]["rmse"] == mean
    summary = (desk.output / "summary.csv").read_text(encoding="utf-8").splitlines()
    assert summary == [
        "model,figure,mean,low 95 %,high 95 %,standard error,clips,problem",
        "fresh,rmse,0.5,0.5,0.5,0,4,",
    ]
    table = (desk.output / "index.csv").read_text(encoding="utf-8").splitlines()
    assert table[0] == "name,model,state,rmse"
    assert table[1:] == [f"{name},fresh,done,0.5" for name in "abcd"]


def test_a_killed_worker_loses_nothing_and_nothing_is_done_twice(desk: Desk) -> None:
    desk.fate({"fresh/b": ["kill"], "fresh/d": ["kill", "kill"]})
    entries = desk.run()
    assert desk.lines("attempts.txt") == sorted([*ALL, "fresh/b", "fresh/d", "fresh/d"])
    assert desk.lines("results.txt") == ALL
    assert [entry.attempts for entry in entries] == [1, 2, 1, 3]
    assert len(desk.heard(events.Lost)) == 3
    left = [path.name for path in desk.output.rglob(".making-*")]
    desk.run()
    assert not list(desk.output.rglob(".making-*")), left


def test_what_was_whole_before_the_last_word_is_not_made_again(desk: Desk) -> None:
    desk.fate({"fresh/c": ["kill late"]})
    entries = desk.run()
    assert desk.lines("attempts.txt") == desk.lines("results.txt") == ALL
    assert not desk.heard(events.Lost)
    assert all(entry.outcome is not None for entry in entries)


def test_tries_are_bounded_and_the_others_go_on(desk: Desk) -> None:
    desk.fate({"fresh/a": ["kill"] * 9, "fresh/b": ["break"] * 9})
    entries = desk.run(retries="1")
    assert [entry.attempts for entry in entries] == [2, 2, 1, 1]
    assert "tried 2 times" in entries[0].failure
    assert "ended by signal 9" in entries[0].failure
    assert "three sides" in entries[1].failure
    assert desk.lines("results.txt") == ["fresh/c", "fresh/d"]


def test_what_a_person_must_mend_is_not_tried_again(desk: Desk) -> None:
    desk.fate({"fresh/a": ["refuse"]})
    entries = desk.run()
    assert entries[0].attempts == 1
    assert entries[0].failure == "fresh/a cannot be read."
    assert [event.kind for event in desk.heard(events.GaveUp)] == ["failed"]
    desk.fate({})
    again = desk.run()
    assert [entry.attempts for entry in again] == [1, 0, 0, 0]
    assert all(entry.outcome is not None for entry in again)


def test_faults_of_the_program_are_not_tried_again_and_leave_a_log(desk: Desk) -> None:
    desk.fate({"fresh/c": ["fault"]})
    entries = desk.run()
    assert [entry.attempts for entry in entries] == [1, 1, 1, 1]
    log = desk.output / "faults.log"
    assert "fresh/c" in log.read_text(encoding="utf-8")
    assert "three sides" in log.read_text(encoding="utf-8")
    desk.run()
    assert not log.exists()


def test_done_work_is_kept_and_changed_input_is_made_again(desk: Desk) -> None:
    desk.run()
    desk.write_clip("b", seed=17)
    entries = desk.run()
    assert [entry.attempts for entry in entries] == [0, 1, 0, 0]
    assert sorted(event.task for event in desk.heard(events.Skipped)) == [ALL[0], *ALL[2:]]  # type: ignore[attr-defined]
    assert desk.lines("results.txt") == sorted([*ALL, "fresh/b"])


@pytest.mark.parametrize("changed", ["fit=crop", "motions=false", "clips.0.range=0:5"])
def test_changed_options_are_made_again(desk: Desk, changed: str) -> None:
    desk.run()
    key, _, value = changed.partition("=")
    assert all(one.outcome is None for one in desk.plan(**{key: value}))
    assert all(one.outcome is not None for one in desk.plan(workers="7", name="other"))


def test_results_that_lost_a_file_are_made_again(desk: Desk) -> None:
    desk.run()
    (desk.output / "fresh" / "a" / "made.txt").unlink()
    (desk.output / "fresh" / "b" / "result.json").write_text("{", encoding="utf-8")
    assert [one.outcome is None for one in desk.plan()] == [True, True, False, False]


def test_clips_that_were_moved_stay_done(desk: Desk) -> None:
    desk.run()
    (desk.folder / "clips").rename(desk.folder / "elsewhere")
    desk.write_study(clips='files = ["elsewhere/*.npz"]')
    assert all(one.outcome is not None for one in desk.plan())


def test_stopping_finishes_what_is_under_way(desk: Desk) -> None:
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return True

    entries = desk.run(workers=1, cancelled=cancelled)
    ended = desk.heard(events.Ended)[0]
    assert isinstance(ended, events.Ended)
    assert ended.stopped
    assert [entry.outcome is not None for entry in entries] == [True, False, False, False]
    assert desk.lines("attempts.txt") == desk.lines("results.txt") == ["fresh/a"]
    desk.run()
    assert desk.lines("results.txt") == ALL


def test_two_runs_do_not_meet(desk: Desk) -> None:
    desk.output.mkdir()
    lock = FolderLock(desk.output / ".batch-lock")
    assert lock.take()
    try:
        with pytest.raises(MotionStudioError, match="Another batch run"):
            desk.run()
    finally:
        lock.release()


def test_events_as_lines_and_sentences(desk: Desk) -> None:
    desk.fate({"fresh/b": ["kill"], "fresh/c": ["refuse"]})
    desk.run()
    lines = [json.loads(events.to_line(event)) for event in desk.events]
    kinds = [line["event"] for line in lines]
    assert kinds[0] == "began"
    assert kinds[-1] == "ended"
    assert kinds.count("made") == 3
    assert lines[-1] | {"done": 3, "failed": 1, "total": 4} == lines[-1]
    said = [events.sentence(event) for event in desk.events]
    assert any("it will be tried again" in text for text in said)
    assert said[-1].startswith("3 of 4 done, 1 failed")


def test_a_study_of_another_name_does_not_replace_results(desk: Desk) -> None:
    desk.run()
    with pytest.raises(MotionStudioError, match="the results of the study study, and this one is"):
        desk.run(name="other", motions="false")
    assert desk.lines("attempts.txt") == ALL
    assert all(entry.attempts == 1 for entry in desk.run(motions="false"))


def test_results_that_a_changed_study_leaves_behind_are_named(desk: Desk) -> None:
    desk.run()
    desk.write_study(clips='files = ["clips/[ab].npz"]')
    entries = desk.run()
    assert left_behind([entry.planned for entry in entries], desk.output) == ["fresh/c", "fresh/d"]


def test_a_half_written_result_does_not_count(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    (folder / "result.json").write_text('{"key": "k", "figures": {"a": 1}}', encoding="utf-8")
    assert done(folder, "k") is None
