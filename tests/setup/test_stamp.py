"""The stamp in .venv notices every change that matters, and nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from motionstudio.environment import stamp


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with an environment of empty files, stamped for the program alone."""
    python = Path(stamp.environment_python(str(tmp_path)))
    python.parent.mkdir(parents=True)
    python.write_text("python")
    (tmp_path / ".venv" / "packages" / "numpy").mkdir(parents=True)
    (tmp_path / "base").mkdir()
    (tmp_path / "requirements.lock").write_text("numpy==2.4.6\n")
    write(tmp_path, tools=False)
    return tmp_path


def write(checkout: Path, tools: bool) -> None:
    packages = str(checkout / ".venv" / "packages")
    stamp.write_stamp(str(checkout), tools, "3.11.7", str(checkout / "base"), packages)


def test_current_after_writing(checkout: Path) -> None:
    assert stamp.is_current(str(checkout), tools=False)
    assert not stamp.is_current(str(checkout), tools=True)
    assert not stamp.stamped_tools(str(checkout))


def test_tools_serve_the_program_too(checkout: Path) -> None:
    write(checkout, tools=True)
    assert stamp.is_current(str(checkout), tools=False)
    assert stamp.is_current(str(checkout), tools=True)
    assert stamp.stamped_tools(str(checkout))


def _set_time(path: Path) -> None:
    os.utime(path, ns=(1, 1))


def _replace_python(root: Path) -> None:
    Path(stamp.environment_python(str(root))).write_text("another python")


CHANGES: dict[str, Callable[[Path], object]] = {
    "lock": lambda root: (root / "requirements.lock").write_text("numpy==2.4.7\n"),
    "lock gone": lambda root: (root / "requirements.lock").unlink(),
    "python replaced": _replace_python,
    "python gone": lambda root: Path(stamp.environment_python(str(root))).unlink(),
    "package folder changed": lambda root: _set_time(root / ".venv" / "packages"),
    "package folder gone": lambda root: shutil.rmtree(root / ".venv" / "packages"),
    "base gone": lambda root: (root / "base").rmdir(),
    "stamp cut short": lambda root: (root / ".venv" / "motionstudio-stamp").write_text("core\n3"),
    "stamp gone": lambda root: stamp.discard(str(root)),
    "everything gone": lambda root: shutil.rmtree(root / ".venv"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_outdated_after(checkout: Path, change: str) -> None:
    CHANGES[change](checkout)
    assert not stamp.is_current(str(checkout), tools=False)


def test_libraries_are_remembered_until_the_next_stamp(checkout: Path) -> None:
    root = str(checkout)
    assert not stamp.libraries_checked(root, {"offscreen"})
    stamp.mark_libraries(root, {"offscreen"})
    assert stamp.libraries_checked(root, {"offscreen"})
    assert not stamp.libraries_checked(root, {"offscreen", "x11"})
    write(checkout, tools=False)
    assert not stamp.libraries_checked(root, {"offscreen"})


def test_libraries_are_not_remembered_without_an_environment(tmp_path: Path) -> None:
    stamp.mark_libraries(str(tmp_path), {"offscreen"})
    assert list(tmp_path.iterdir()) == []


def test_where_the_python_lies() -> None:
    assert stamp.environment_python("r", "posix").endswith(os.path.join(".venv", "bin", "python"))
    assert stamp.environment_python("r", "nt").endswith(os.path.join("Scripts", "python.exe"))
