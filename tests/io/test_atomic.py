"""Files that appear whole or not at all, and what a crash in between leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from motionstudio.io.atomic import whole_file, whole_folder

_KILLED = """
import os, signal, sys
from pathlib import Path
from motionstudio.io.atomic import whole_file
with whole_file(Path(sys.argv[1])) as temporary:
    temporary.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def left(folder: Path) -> list[Path]:
    return sorted(folder.glob(".writing-*"))


def aged(folder: Path) -> None:
    """Let a folder look an hour old."""
    then = folder.stat().st_mtime - 3600
    os.utime(folder, (then, then))


def test_nothing_is_left_beside_a_file_or_a_folder(tmp_path: Path) -> None:
    with whole_file(tmp_path / "a.txt") as temporary:
        temporary.write_text("whole")
    with whole_folder(tmp_path / "b") as inside:
        (inside / "c.txt").write_text("whole")
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a.txt", "b", "c.txt"]


def test_an_exception_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail() -> None:
        with whole_file(path) as temporary:
            temporary.write_text("new")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert path.read_text() == "old"
    assert not left(tmp_path)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_the_next_writing_removes_what_a_killed_process_left(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    subprocess.run([sys.executable, "-c", _KILLED, str(path)], check=False)
    assert path.read_text() == "old"
    (ruin,) = left(tmp_path)
    with whole_file(tmp_path / "b.txt") as temporary:
        temporary.write_text("too early to tell")
    assert left(tmp_path) == [ruin]
    aged(ruin)
    with whole_file(path) as temporary:
        temporary.write_text("new")
    assert path.read_text() == "new"
    assert not left(tmp_path)


def test_folders_in_use_and_those_of_others_stay(tmp_path: Path) -> None:
    foreign = tmp_path / ".writing-by-hand"
    foreign.mkdir()
    (foreign / "diary.txt").write_text("mine")
    aged(foreign)
    with whole_file(tmp_path / "a.txt") as first:
        first.write_text("slow")
        aged(first.parent)
        with whole_file(tmp_path / "b.txt") as second:
            second.write_text("quick")
        assert first.exists()
    assert (tmp_path / "a.txt").read_text() == "slow"
    assert left(tmp_path) == [foreign]
