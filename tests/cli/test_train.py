"""Training from a shell: events, what is absent, --set, Ctrl-C and going on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from motionstudio import doctor
from motionstudio.cli.data_folder import find_data
from motionstudio.cli.stopping import Stopper
from motionstudio.cli.training_events import sentence
from motionstudio.core.durations import clock
from motionstudio.core.errors import MotionStudioError
from motionstudio.models.checkpoint import read_card
from motionstudio.training.events import (
    Failed,
    Finished,
    Paused,
    Said,
    Saved,
    Stepped,
    Validated,
    Watched,
)
from tests.cli.conftest import Cli
from tests.training import small

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(doctor.DATA, raising=False)
    return small.write(tmp_path)


def test_a_run_in_json_lines(cli: Cli, recipe: Path, tmp_path: Path) -> None:
    work = tmp_path / "run"
    done = cli("train", recipe, "--work", work, "--set", "seed=9", "--json")
    assert done.code == 0, done.err
    events = [json.loads(line) for line in done.out.splitlines()]
    assert events[-1] == {"event": "finished", "step": 5, "path": "small"}
    assert {event["event"] for event in events} <= {"said", "stepped", "saved", "finished"}
    assert read_card(work / "small").seed == 9
    again = cli("train", recipe, "--work", work, "--set", "seed=9")
    assert again.code == 0
    assert "continued from step 5" in again.err
    assert again.out == ""


def test_a_folder_with_a_recipe_and_another_place_for_the_checkpoint(
    cli: Cli, recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = cli("train", recipe.parent, "--out", tmp_path / "made", "--set", "stages.0.steps=1")
    assert done.code == 0, done.err
    assert (tmp_path / "runs" / "small" / "state.pt").exists()
    assert read_card(tmp_path / "made").steps == 3


def test_the_state_of_another_recipe_is_said(cli: Cli, recipe: Path, tmp_path: Path) -> None:
    assert cli("train", recipe, "--work", tmp_path / "run").code == 0
    done = cli("train", recipe, "--work", tmp_path / "run", "--set", "seed=3")
    assert done.code == 2
    assert "belongs to another recipe" in done.err.splitlines()[-1]


def test_absent_clips_are_said_and_left_out(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = small.write(tmp_path, small.TEXT + small.CLIPS)
    monkeypatch.setattr("motionstudio.cli.train.find_data", lambda _named: None)
    done = cli("train", recipe, "--work", tmp_path / "run", "--set", "stages.0.steps=1")
    assert done.code == 0
    assert "Training on the generated part alone." in done.err
    assert "absent when this was trained" in read_card(tmp_path / "run" / "small").data


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "seed"], "--set seed is not KEY=VALUE"),
        (["--set", "stages.9.steps=1"], "stages.9.steps"),
        (["--set", "stages.0.steps=none"], "does not fit at stages.0.steps"),
        (["--set", "model.wings=2"], "model.wings"),
        (["--data", "nowhere"], "--data names nowhere"),
        (["--device", "abacus"], "no device abacus"),
    ],
)
def test_what_the_user_can_mend(
    cli: Cli, recipe: Path, tmp_path: Path, words: list[str], said: str
) -> None:
    done = cli("train", recipe, "--work", tmp_path / "run", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err.splitlines()[-1]


def test_no_recipe(cli: Cli, tmp_path: Path) -> None:
    done = cli("train", tmp_path / "none.toml")
    assert done.code == 2
    assert "cannot be read" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise on Windows")
def test_ctrl_c_saves_and_the_same_command_goes_on(tmp_path: Path) -> None:
    recipe, work = small.write(tmp_path), tmp_path / "run"
    command = [
        sys.executable, "-m", "motionstudio", "train", str(recipe), "--work", str(work), "--json",
        "--set", "stages.0.steps=100000", "--device", "cpu",
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        while json.loads(process.stdout.readline())["event"] != "stepped":
            pass
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=90)
    assert process.returncode == 130
    assert "the same command goes on from there" in err
    assert "Traceback" not in err
    finished = json.loads(out.splitlines()[-1])
    assert finished["event"] == "finished"
    assert finished["step"] >= 50
    assert read_card(work / "small").steps == finished["step"]


def _interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_a_signal_before_the_first_step_stops_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), Stopper():
        _interrupt()
    assert "nothing was trained yet" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is before


def test_the_first_signal_asks_and_the_second_stops_at_once() -> None:
    with Stopper() as stopper:
        assert not stopper()
        _interrupt()
        assert stopper()
        assert stopper.asked
        with pytest.raises(KeyboardInterrupt):
            _interrupt()


def test_events_are_sentences() -> None:
    stepped = Stepped(50, 200, {"fit": 0.25, "kl": 12.34}, 1e-3, 2.5, 3725.4)
    assert sentence(stepped) == ("step 50 of 200: fit 0.25, kl 12.34, 2.5 steps/s, 1:02:05 left")
    assert sentence(Said("plain")) == "plain"
    watched = Watched(7, "step-000007.png", 0.05, 0.1, True, "film.mp4")
    assert sentence(watched).startswith("step 7, film.mp4: RMSE 0.05, its first frame held 0.1")
    assert sentence(Paused(8)) == "step 8: paused, state saved"
    assert sentence(Failed("It broke.", "Mend it.")) == "It broke. Mend it."
    assert sentence(Validated(9, {"1 - LCC": 0.5})) == "step 9, held-out subjects: 1 - LCC 0.5"
    assert sentence(Saved(9, "state.pt")) == "step 9: state saved"
    assert sentence(Finished(9, "small")) == "step 9: checkpoint small written"
    assert clock(59.7) == "0:01:00"


def test_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(doctor.DATA, str(tmp_path))
    assert find_data(None) == tmp_path
    (tmp_path / "other").mkdir()
    assert find_data(tmp_path / "other") == tmp_path / "other"
    monkeypatch.setenv(doctor.DATA, str(tmp_path / "gone"))
    with pytest.raises(MotionStudioError, match=r"MOTIONSTUDIO_DATA names .*gone, which is no"):
        find_data(None)
    with pytest.raises(MotionStudioError, match="--data names"):
        find_data(tmp_path / "gone")
