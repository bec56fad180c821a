"""What main.py makes of a command line."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from motionstudio.environment import launch as main

SCREEN = {"DISPLAY": ":0"}


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"DISPLAY": ""}, "linux", False),
        ({"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":0"}, "linux", False),
        ({"QT_QPA_PLATFORM": "vnc:size=800x600"}, "linux", True),
        ({}, "win32", True),
        ({}, "darwin", True),
    ],
)
def test_display(environ: dict[str, str], platform: str, expected: bool) -> None:
    assert main.has_display(environ, platform) is expected


def test_no_command_means_studio_on_a_display() -> None:
    chosen = main.plan([], SCREEN, "linux")
    assert chosen.arguments == ("-m", "motionstudio", "studio")
    assert chosen.libraries == {"offscreen", "x11"}
    assert not chosen.notice


@pytest.mark.parametrize("words", [[], ["studio"]])
def test_no_display_means_tour_and_says_so(words: list[str]) -> None:
    chosen = main.plan(words, {}, "linux")
    assert chosen.arguments == ("-m", "motionstudio", "tour")
    assert ("QT_QPA_PLATFORM", "offscreen") in chosen.environ
    assert chosen.libraries == {"offscreen"}
    assert "no display" in chosen.notice


def test_a_file_alone_opens_in_the_studio(tmp_path: Path) -> None:
    clip = tmp_path / "beat.gif"
    clip.touch()
    chosen = main.plan([str(clip)], {"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert chosen.arguments == ("-m", "motionstudio", "studio", str(clip))
    assert chosen.libraries == {"offscreen", "wayland"}


def test_studio_help_needs_no_display() -> None:
    assert main.plan(["studio", "--help"], {}, "linux").arguments[-1] == "--help"
    assert not main.plan(["studio", "--help"], {}, "linux").notice


def test_tour_is_offscreen_even_on_a_display() -> None:
    chosen = main.plan(["tour", "clip.gif", "--out", "there"], SCREEN, "linux")
    assert chosen.arguments == ("-m", "motionstudio", "tour", "clip.gif", "--out", "there")
    assert chosen.environ == (("QT_QPA_PLATFORM", "offscreen"),)


@pytest.mark.parametrize("name", ["models", "encode", "render", "train", "evaluate", "inspect"])
def test_other_commands_pass_through_and_need_no_qt(name: str) -> None:
    chosen = main.plan([name, "--json", "x"], {}, "linux")
    assert chosen.arguments == ("-m", "motionstudio", name, "--json", "x")
    assert not chosen.libraries
    assert not chosen.tools


def test_doctor_does_not_depend_on_the_command_line_of_the_program() -> None:
    assert main.plan(["doctor", "--json"], {}, "linux").arguments == (
        "-m",
        "motionstudio.doctor",
        "--json",
    )


def test_tests_leave_slow_ones_out_unless_asked() -> None:
    quick = main.plan(["test", "tests/core", "-k", "warp"], {}, "linux")
    assert quick.tools
    assert quick.arguments[-5:] == ("-m", "not slow", "tests/core", "-k", "warp")
    complete = main.plan(["test", "--slow", "-x"], {}, "linux")
    assert "not slow" not in complete.arguments
    assert "--slow" not in complete.arguments
    assert complete.arguments[-1] == "-x"


def test_child_sees_this_checkout_and_the_caller_s_settings() -> None:
    chosen = main.plan(["tour"], {}, "linux")
    environ = main.child_environ(
        chosen, {"PYTHONPATH": "mine", "PYTHONHOME": "elsewhere", "QT_QPA_PLATFORM": "xcb"}
    )
    assert environ["PYTHONPATH"].startswith(main.ROOT)
    assert environ["PYTHONPATH"].endswith("mine")
    assert environ["QT_QPA_PLATFORM"] == "xcb"
    assert "PYTHONHOME" not in environ


@pytest.mark.parametrize(
    ("word", "name"), [("tset", "test"), ("Setup", "setup"), ("chek", "check")]
)
def test_a_slip_of_the_finger_installs_nothing(
    word: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main.main([word]) == 2
    assert capsys.readouterr().err.endswith(f"no file {word}. Did you mean {name}?\n")


def test_what_may_be_meant_as_it_is_written_is_no_slip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tests").touch()
    words = [*main.COMMANDS, *main.OWN, "--help", "tests", "render.png", "levitate", "./encod"]
    assert [word for word in words if main.meant(word)] == []


def test_an_older_python_can_read_main_far_enough_to_be_refused() -> None:
    source = Path(main.ROOT, "main.py").read_text(encoding="utf-8")
    body = ast.parse(source, feature_version=(3, 4)).body
    refusal = next(node for node in body if isinstance(node, ast.If))
    before = [node for node in body if node.lineno < refusal.lineno]
    names = [ast.unparse(node) for node in before if not isinstance(node, ast.Expr)]
    assert names == ["import sys"]  # A future import would stop Python 3.6 before the sentence.
