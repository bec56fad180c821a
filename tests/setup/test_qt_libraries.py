"""Which system libraries Qt needs, and what is advised where they are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from motionstudio.environment import qt_libraries as qt


def absent(*names: str) -> list[qt.Missing]:
    every = {"offscreen", "x11", "wayland"}
    return qt.find_missing(every, lambda name: name not in names, lambda: True, "linux")


def test_a_missing_window_library_does_not_concern_the_offscreen_path() -> None:
    def loads(name: str) -> bool:
        return "xcb" not in name

    assert qt.find_missing({"offscreen"}, loads, lambda: True, "linux") == []
    assert qt.Missing("libxcb-cursor.so.0", "libxcb-cursor0") in qt.find_missing(
        {"offscreen", "x11"}, loads, lambda: True, "linux"
    )


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_only_linux_leaves_them_to_the_system(platform: str) -> None:
    assert qt.find_missing({"offscreen"}, lambda _: False, lambda: False, platform) == []


def test_without_any_font_one_is_asked_for() -> None:
    missing = qt.find_missing({"offscreen"}, lambda _: True, lambda: False, "linux")
    assert missing == [qt.Missing(qt.FONTS, "fonts-dejavu-core")]


def test_fonts_are_found_below_a_folder(tmp_path: Path) -> None:
    assert not qt.has_font([str(tmp_path)])
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "Serif.TTF").touch()
    assert qt.has_font([str(tmp_path)])


@pytest.mark.parametrize(
    ("environ", "groups"),
    [
        ({}, {"offscreen"}),
        ({"DISPLAY": ":1"}, {"offscreen", "x11"}),
        ({"WAYLAND_DISPLAY": "w"}, {"offscreen", "wayland"}),
    ],
)
def test_groups_of_a_display(environ: dict[str, str], groups: set[str]) -> None:
    assert qt.display_groups(environ) == groups


def only(*tools: str) -> qt.Callable[[str], str | None]:
    return lambda name: name if name in tools else None


def test_advice_is_the_exact_command_of_this_system() -> None:
    missing = absent("libEGL.so.1", "libglib-2.0.so.0", "libgthread-2.0.so.0")
    command = qt.advice(missing, only("apt-get"))
    assert command.endswith("apt-get install -y libegl1 libglib2.0-0")
    dnf = qt.advice([*missing[:1], qt.Missing(qt.FONTS, "f")], only("dnf"))
    assert dnf == "sudo dnf install -y 'libEGL.so.1()(64bit)' dejavu-sans-fonts"
    assert "libEGL.so.1" in qt.advice(missing, only())


def test_a_library_that_does_not_exist_cannot_be_loaded() -> None:
    assert not qt.can_load("libmotionstudio-no-such-library.so.9")
