"""Words to exit codes: help, usage, errors in one sentence, a closed reader, light imports."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from motionstudio.cli import COMMANDS, entry
from motionstudio.cli.app import app
from motionstudio.cli.examples import EXAMPLES
from motionstudio.environment import launch as launcher
from tests.cli.conftest import Cli
from tests.training import small

ROOT = Path(__file__).resolve().parents[2]


def _python(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, check=False, capture_output=True, text=True, timeout=90
    )


def test_help_names_every_command() -> None:
    done = CliRunner().invoke(app, ["--help"])
    assert done.exit_code == 0
    assert all(name in done.output for name in COMMANDS)
    assert set(launcher.COMMANDS) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_of_a_command_is_one_that_it_takes(name: str) -> None:
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    program, word, *rest = shlex.split(EXAMPLES[name])
    assert (program, word) == ("motionstudio", name)
    assert command.epilog is not None
    assert EXAMPLES[name] in command.epilog
    command.make_context(name, rest, resilient_parsing=False)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, cli: Cli) -> None:
    done = cli(name, "--help")
    assert (done.code, done.err) == (0, "")
    assert "usage" in done.out.lower()
    assert name in done.out


def test_version_is_that_of_the_project(cli: Cli) -> None:
    done = cli("--version")
    assert done.code == 0
    assert f'version = "{done.out.split()[1]}"' in (ROOT / "pyproject.toml").read_text()


def test_wrong_options_are_usage_errors(cli: Cli) -> None:
    assert cli("models", "--bogus").code == 2
    assert cli("render", "motion.npz").code == 2
    assert cli("evaluate", "--task", "levitation").code == 2
    assert cli("evaluate", "--subjects", "0").code == 2


def test_a_word_that_is_neither_command_nor_file(cli: Cli) -> None:
    done = cli("levitate")
    assert done.code == 2
    assert done.err == (
        "There is no command and no file levitate. motionstudio --help lists commands.\n"
    )


@pytest.mark.parametrize(("word", "name"), [("encod", "encode"), ("Model", "models")])
def test_a_slip_of_the_finger_is_answered_with_the_command(cli: Cli, word: str, name: str) -> None:
    done = cli(word)
    assert done.code == 2
    assert f"no file {word}. Did you mean {name}? " in done.err
    assert "mean" not in cli(f"{word}.npz").err


def test_a_file_alone_opens_the_studio(
    clip: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[list[str]] = []
    monkeypatch.setattr("motionstudio.gui.app.main", lambda paths: opened.append(paths) or 0)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert cli(clip).code == 0
    assert cli("studio", clip).code == 0
    assert cli().code == 0
    assert opened == [[str(clip)], [str(clip)], []]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux may lack a display")
def test_without_a_display_the_tour_runs(
    clip: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    toured: list[tuple[Path | None, Path]] = []

    def drive(clip: Path | None, out: Path, _tell: object) -> list[Path]:
        toured.append((clip, out))
        return [out / "01.png"]

    monkeypatch.setattr("motionstudio.gui.tour.run_tour", drive)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    done = cli(clip)
    assert done.code == 0
    assert "no display" in done.err
    assert cli("tour", "--out", tmp_path).out == f"{tmp_path / '01.png'}\n"
    assert toured == [(clip, Path("tour")), (None, tmp_path)]


def test_a_fault_of_the_program_is_a_sentence_and_a_traceback_on_request(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_words: list[str]) -> int:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(entry, "_serve", broken)
    done = cli("models")
    assert done.code == 1
    assert "ZeroDivisionError: division by zero" in done.err
    assert "Traceback" not in done.err
    monkeypatch.setenv(entry.TRACEBACK, "1")
    with pytest.raises(ZeroDivisionError):
        cli("models")


def test_a_folder_that_the_system_refuses_is_a_sentence(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = cli("train", small.write(tmp_path), "--work", tmp_path / "file" / "run")
    assert done.code == 1
    assert str(tmp_path / "file") in done.err.splitlines()[-1]
    assert "fault of the program" not in done.err


def test_a_name_that_the_terminal_cannot_show(clip: Path, tmp_path: Path) -> None:
    copy = tmp_path / "herz-\u2665.npz"
    copy.write_bytes(clip.read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "motionstudio", "inspect", str(copy)],
        cwd=ROOT, env={**os.environ, "PYTHONIOENCODING": "latin-1"}, capture_output=True,
        check=False, timeout=90,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert rb"herz-\u2665" in done.stdout


def test_ctrl_c_is_130(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_words: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(entry, "_serve", interrupted)
    done = cli("models")
    assert (done.code, done.err) == (130, "Stopped.\n")


@pytest.mark.parametrize(
    "words", ["--help", "evaluate --help", "models --json", "doctor", "inspect {clip} --json"]
)
def test_a_reader_that_has_enough_is_no_error(words: str, clip: Path) -> None:
    command = [sys.executable, "-m", "motionstudio", *words.format(clip=clip).split()]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        said = process.stderr.read()
        code = process.wait(90)
    assert "Traceback" not in said
    assert "BrokenPipe" not in said
    assert code == 0


def test_commands_are_found_without_torch_and_qt() -> None:
    code = (
        "import sys, motionstudio.cli, motionstudio.cli.app;"
        "found = {'torch', 'PySide6', 'numpy'} & set(sys.modules);"
        "print(found); sys.exit(bool(found))"
    )
    done = _python("-c", code)
    assert done.returncode == 0, done.stdout


def test_the_way_to_the_window_needs_no_typer() -> None:
    code = (
        "import sys; from motionstudio.cli import run; code = run(['nosuch.gif']);"
        "sys.exit(code if not {'typer', 'rich', 'torch', 'PySide6'} & set(sys.modules) else 99)"
    )
    assert _python("-c", code).returncode == 2


def test_the_module_and_its_exit_code() -> None:
    done = _python("-m", "motionstudio", "inspect", "nosuch.gif")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("nosuch.gif could not be opened: there is no such file.")
    assert done.stderr.count("\n") == 1
