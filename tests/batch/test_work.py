"""What a worker makes of real clips with the smallest model; and studies that do not fit."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from motionstudio import api, io
from motionstudio.batch import clips, figures, results
from motionstudio.batch.study import ClipSet, read_study
from motionstudio.batch.task import ClipRef, Task
from motionstudio.batch.work import Worker
from motionstudio.cli import run
from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Rendered
from tests.batch.conftest import COUNT, Desk

EVERYTHING = """
measure = ["reconstruction", "inbetween", "labels", "fields"]
[render]
formats = ["gif", "csv", "fields"]
panels = ["original", "generated"]
[[transfer]]
drivers = ["clips/d.npz"]
formats = ["gif"]
strength = 0.5
"""


@pytest.fixture
def worker() -> Worker:
    return Worker(threads=None)


def test_a_clip_becomes_motion_figures_and_files(desk: Desk, worker: Worker) -> None:
    desk.write_study(EVERYTHING, 'files = ["clips/a.npz"]\ndrop = "2"')
    task = desk.plan()[0].task
    outcome = worker.do(task, desk.output)
    folder = desk.output / "fresh" / "a"
    assert set(outcome.files) == {
        "motion.npz", "frames.csv", "film.gif", "motion.csv", "fields.npz"
    }  # fmt: skip
    assert all((folder / name).is_file() for name in outcome.files)
    found = outcome.figures
    assert found["frames"] == COUNT
    assert {"rmse", "still rmse", "dropped rmse", "in between rmse", "dice", "folded %"} <= set(
        found
    )
    model = api.load_model("fresh")
    clip = io.read_clip(task.clip.paths[0])
    kept = np.arange(COUNT) != 2
    motion = api.encode(model, clip, kept)
    saved = io.load_motion(folder / "motion.npz")
    assert np.array_equal(saved.mean, motion.mean)
    rendered = api.render(model, motion, np.asarray(clip.frames[0]))
    errors = (rendered.frames.astype(float) - np.asarray(clip.frames[:], float)) / 255
    rmse = np.sqrt((errors**2).mean((1, 2, 3)))
    with (folder / "frames.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [float(row["rmse"]) for row in rows] == pytest.approx(rmse, rel=1e-3, abs=2e-4)
    assert found["dropped rmse"] == pytest.approx(rmse[2], rel=1e-3)
    assert found["rmse"] == pytest.approx(rmse[[1, 3, 4, 5]].mean(), rel=1e-3)


def test_a_study_evaluates_its_clips_as_the_command_does(desk: Desk, worker: Worker) -> None:
    before = desk.plan()[0].task.key
    desk.write_study('measure = []\nevaluate = ["reconstruction", "prediction"]')
    task = desk.plan()[0].task
    assert task.key != before
    outcome = worker.do(task, desk.output)
    tables = json.loads((desk.output / task.name / "evaluation.json").read_text())
    rows = {row["name"]: row["figures"] for row in tables[0]["rows"]}
    assert len(rows) > 1, "a classical method stands beside the model"
    for name, figures_ in rows.items():
        for key, figure in figures_.items():
            if math.isfinite(figure["mean"]):
                assert outcome.figures[f"reconstruction: {name} {key}"] == figure["mean"]
    assert any("does not continue sequences" in note for note in outcome.notes)


def test_a_transfer_animates_the_clip_by_the_driver(desk: Desk, worker: Worker) -> None:
    desk.write_study(EVERYTHING, 'files = ["clips/a.npz"]')
    task = desk.plan()[1].task
    assert task.name == "fresh/a by d"
    outcome = worker.do(task, desk.output)
    made = io.load_motion(desk.output / task.name / "motion.npz")
    model = api.load_model("fresh")
    driving = api.encode(model, io.read_clip(desk.folder / "clips" / "d.npz"))
    assert made.mean == pytest.approx(0.5 * driving.mean)
    assert "film.gif" in outcome.files
    assert "rmse" not in outcome.figures


def test_done_work_is_read_not_made(desk: Desk, worker: Worker) -> None:
    task = desk.plan()[0].task
    first = worker.do(task, desk.output)
    stamp = (desk.output / task.name / results.RESULT).stat().st_mtime_ns
    again = worker.do(task, desk.output)
    assert again == first
    assert (desk.output / task.name / results.RESULT).stat().st_mtime_ns == stamp


def test_other_weights_are_refused_and_leave_nothing(desk: Desk, worker: Worker) -> None:
    task = desk.plan()[0].task.model_copy(update={"model_hash": "0" * 16})
    with pytest.raises(MotionStudioError, match="planned with 0000"):
        worker.do(task, desk.output)
    assert not (desk.output / task.name).exists()
    assert not list(desk.output.rglob(".making-*"))


def test_tasks_survive_the_way_as_text(desk: Desk) -> None:
    desk.write_study(EVERYTHING)
    for one in desk.plan():
        again = Task.from_line(one.task.to_line())
        assert again == one.task
        assert again.key == one.task.key


@pytest.mark.parametrize(("blue", "channels"), [(90, 1), (200, 3)])
def test_whether_a_pair_is_grey_is_decided_by_both_pictures(
    tmp_path: Path, blue: int, channels: int
) -> None:
    first = np.full((20, 24), 10, np.uint8)
    first[4:9] = 80
    second = np.full((20, 24, 3), 90, np.uint8)
    second[5:8, ..., 2] = blue
    for stored in (first, first[..., np.newaxis].repeat(3, axis=2)):
        Image.fromarray(stored).save(tmp_path / "a.png")
        Image.fromarray(second).save(tmp_path / "b.png")
        paths = (str(tmp_path / "a.png"), str(tmp_path / "b.png"))
        pair = clips.read(ClipRef(paths=paths))
        assert pair.frames.shape == (2, 20, 24, channels)


def test_pairs_slices_ranges_and_names(desk: Desk) -> None:
    for name, value in (("ed", 10), ("es", 90)):
        Image.fromarray(np.full((20, 24), value, np.uint8)).save(desk.folder / f"{name}.png")
    many = np.zeros((3, 4, 16, 16), np.uint8)
    np.savez(desk.folder / "many.npz", frames=many)
    (desk.folder / "other").mkdir()
    desk.write_clip("a", 3).rename(desk.folder / "other" / "b.npz")
    desk.write_clip("a", 0)
    finder = clips.ClipFinder([desk.folder])
    found = finder.clips(
        [
            ClipSet(files=("many.npz",), slices=(2, 0)),
            ClipSet(files=("clips/*.npz",), leave_out=("clips/[cd].npz",), range="1:5:2"),
            ClipSet(pairs=(("ed.png", "es.png"),)),
        ]
    )
    assert [one.name for one in found] == ["many 002", "many 000", "a", "b", "ed to es"]
    assert len(clips.read(found[2].clip)) == 2
    pair = clips.read(found[4].clip)
    assert [int(np.asarray(frame).mean()) for frame in (pair.frames[0], pair.frames[1])] == [10, 90]
    assert len(finder.clips([ClipSet(files=("many.npz",), slices="all")])) == 3
    same = finder.clips([ClipSet(files=("clips/b.npz", "other/b.npz"))])
    assert [one.name for one in same] == ["clips b", "other b"]
    assert same[0].clip.content != same[1].clip.content


def test_a_replaced_picture_in_a_folder_is_noticed(desk: Desk) -> None:
    folder = desk.folder / "stills"
    folder.mkdir()
    for t in range(3):
        Image.fromarray(np.full((16, 16), 10 * t, np.uint8)).save(folder / f"{t}.png")
    before = clips.ClipFinder([desk.folder]).clips([ClipSet(files=("stills",))])[0]
    Image.fromarray(np.full((16, 16), 11, np.uint8)).save(folder / "1.png")
    after = clips.ClipFinder([desk.folder]).clips([ClipSet(files=("stills",))])[0]
    assert before.name == after.name == "stills"
    assert before.clip.content != after.clip.content


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("fit = 'squeeze'", "at fit"),
        ("workers = -1", "at workers"),
        ("unknown = 1", "at unknown"),
        ("[render]\nformats = ['exe']", "at render.formats.0"),
        ("[render]\nformats = ['still']", "one frame"),
        ("[[transfer]]\ndrivers = ['a']\npanels = ['original']", "no original frames"),
        ("motions = false\nmeasure = []", "nothing is to be made"),
        ("[render", "not valid TOML"),
        ("evaluate = ['transport']", "needs two clips"),
    ],
)
def test_studies_that_do_not_fit_say_where(desk: Desk, extra: str, said: str) -> None:
    with pytest.raises(MotionStudioError, match=said):
        read_study(desk.write_study(extra))


def test_labels_beside_a_clip_are_taken_and_are_no_clip(desk: Desk) -> None:
    folder = desk.folder / "clips"
    frames = np.load(folder / "a.npz")["frames"]
    np.savez(folder / "a.npz", frames=frames)
    map_ = np.zeros(frames.shape[1:3], np.uint8)
    map_[4:9, 4:9] = 1
    Image.fromarray(map_).save(folder / "a_mask.png")
    desk.write_study(clips='files = ["clips/*"]')
    planned = desk.plan()
    assert [one.task.name for one in planned] == [f"fresh/{name}" for name in "abcd"]
    read = clips.read(planned[0].task.clip)
    assert read.masks is not None
    assert np.array_equal(read.masks[0], map_)
    map_[4:9, 9] = 1
    Image.fromarray(map_).save(folder / "a_mask.png")
    again = desk.plan()
    assert again[0].task.key != planned[0].task.key
    assert again[1].task.key == planned[1].task.key


@pytest.mark.parametrize(
    ("clip", "said"),
    [
        ('files = ["clips/z*.npz"]', "No file fits"),
        ('files = ["clips/a.npz"]\nslices = [4]', "has no slice 4"),
        ('pairs = [["clips/*.npz", "clips/a.npz"]]', "names 4 files"),
        ("reference = 1", "name files or pairs"),
    ],
)
def test_clips_that_are_not_there_are_said(desk: Desk, clip: str, said: str) -> None:
    desk.write_study(clips=clip)
    with pytest.raises(MotionStudioError, match=said):
        desk.plan()


def test_references_and_ranges_outside_a_clip(desk: Desk) -> None:
    path = str(desk.folder / "clips" / "a.npz")
    with pytest.raises(MotionStudioError, match="0 to 5"):
        clips.read(ClipRef(paths=(path,), reference=6))
    for text, said in (("9:12", "No frame"), ("x", "is no range"), ("4:2", "No frame")):
        with pytest.raises(MotionStudioError, match=said):
            clips.read(ClipRef(paths=(path,), range=text))


def test_labels_are_carried_by_the_field() -> None:
    frames = np.zeros((2, 24, 24, 1), np.uint8)
    masks = np.zeros((2, 24, 24), np.uint8)
    masks[0, 8:16, 8:16], masks[1, 8:16, 11:19] = 1, 1
    valid = np.array([True, True])
    clip = Clip(frames, uniform_times(2, 10.0), masks=masks, mask_valid=valid)
    u = np.zeros((2, 2, 24, 24), np.float32)
    u[1, 0] = -3  # out(p) = in(p + u): everything moves three to the right.
    found, note = figures.of_labels(clip, u, 0)
    assert found["dice"] == 1.0
    assert found["still dice"] == pytest.approx(5 / 8)
    assert note == ""
    assert figures.of_labels(clip, None, 0)[0] == {}
    made = Rendered(frames[..., :], clip.times, u)
    rows = figures.of_frames(clip, made, (0.0, 255.0), 0)
    assert figures.reconstruction(rows, valid, 0)["rmse"] == 0.0
    assert "psnr" not in figures.reconstruction(rows, valid, 0)


def test_the_command_plans_runs_and_tells(
    desk: Desk, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from motionstudio.batch import local
    from tests.batch.conftest import FAKE

    start, hear = local.command, local.LocalCrew.hear

    def chatter(crew: local.LocalCrew, timeout: float) -> object:
        print("a library says something")
        return hear(crew, timeout)

    monkeypatch.setattr(local.LocalCrew, "hear", chatter)
    monkeypatch.setattr(local, "command", lambda output: [start(output)[0], str(FAKE), str(output)])
    path = str(desk.folder / "study.toml")
    assert run(["batch", path, "--dry-run"]) == 0
    out, err = capfd.readouterr()
    assert out.count("to do") == 4
    assert "Nothing was done" in err
    assert not desk.output.exists()
    desk.fate({"fresh/b": ["refuse"]})
    assert run(["batch", path, "--json", "-w", "2"]) == 2
    out, err = capfd.readouterr()
    assert [json.loads(line)["event"] for line in out.splitlines()][-1] == "ended"
    assert "1 result was not made: fresh/b" in err
    desk.fate({})
    assert run(["batch", path]) == 0
    out, _ = capfd.readouterr()
    assert out.rstrip().endswith("index.json")
    assert Path(out.split()[-1]).is_file()
    assert run(["batch", path, "--dry-run", "--json"]) == 0
    assert {one["state"] for one in json.loads(capfd.readouterr().out)} == {"done"}
