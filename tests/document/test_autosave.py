"""Versions against crashes: three deep, whole at every moment, one window never eats another's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.folder_lock import FolderLock
from motionstudio.document.autosave import Autosave
from tests.document.builders import HandClock

Make = Callable[[], Autosave]


def text(content: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(content)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(1000.0)


@pytest.fixture
def make(tmp_path: Path, clock: HandClock) -> Iterator[Make]:
    """Makes the autosaves of as many windows as are wanted."""
    made: list[Autosave] = []

    def one() -> Autosave:
        made.append(Autosave(tmp_path, clock))
        return made[-1]

    yield one
    for autosave in made:
        autosave.clear()


def test_three_versions_are_kept_the_newest_first(make: Make, clock: HandClock) -> None:
    autosave = make()
    for number in range(5):
        clock.time += 60
        autosave.write(text(f"v{number}"), None, "Untitled")
    found = autosave.versions()
    assert [version.path.read_text() for version in found] == ["v4", "v3", "v2"]
    assert [version.saved for version in found] == [1300, 1240, 1180]
    assert found[0].document is None


def test_versions_name_their_document(make: Make) -> None:
    autosave = make()
    autosave.write(text("v"), Path("/somewhere/heart.motion"), "heart")
    assert autosave.versions()[0].document == Path("/somewhere/heart.motion")
    assert autosave.versions()[0].name == "heart"


def test_nothing_is_made_before_something_is_written(tmp_path: Path) -> None:
    Autosave(tmp_path / "autosave").clear()
    assert not (tmp_path / "autosave").exists()


def test_a_failing_write_keeps_the_versions(make: Make) -> None:
    autosave = make()
    autosave.write(text("good"), None, "Untitled")

    def fail(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(MotionStudioError, match="No space left"):
        autosave.write(fail, None, "Untitled")
    assert [version.path.read_text() for version in autosave.versions()] == ["good"]


def test_windows_that_run_are_not_offered(make: Make) -> None:
    one, two = make(), make()
    one.write(text("one"), None, "one")
    two.write(text("two"), None, "two")
    assert list(one.abandoned()) == []
    assert list(two.abandoned()) == []
    one.clear()
    assert [version.path.read_text() for version in two.versions()] == ["two"]


def test_what_was_left_is_offered_once(make: Make) -> None:
    left = make()
    left.write(text("left"), None, "left")
    left._lock.release()  # As when the process ends.
    one, two = make(), make()
    offered = list(one.abandoned())
    assert [found.versions[0].name for found in offered] == ["left"]
    assert list(two.abandoned()) == []
    offered[0].leave()
    again = list(two.abandoned())
    assert len(again) == 1
    again[0].discard()
    assert list(one.abandoned()) == []


def test_damaged_facts_do_not_hide_versions(make: Make) -> None:
    autosave = make()
    path = autosave.write(text("v"), Path("x.motion"), "x")
    (path.parent / "document.json").write_text("{")
    assert autosave.versions()[0].name == "Untitled"


def test_a_lock_belongs_to_one(tmp_path: Path) -> None:
    one, two = FolderLock(tmp_path / "lock"), FolderLock(tmp_path / "lock")
    assert one.take()
    assert one.take()
    assert not two.take()
    one.release()
    assert two.take()
    two.release()


_LEAVE = """
import sys, time
from pathlib import Path
from motionstudio.document.autosave import Autosave
autosave = Autosave(Path(sys.argv[1]))
autosave.write(lambda path: path.write_text("kept"), None, "crashed")
print("written", flush=True)
time.sleep(60)
"""


def test_a_killed_process_leaves_its_versions(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _LEAVE, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "written\n"
    mine = Autosave(tmp_path)
    assert list(mine.abandoned()) == []
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    (found,) = mine.abandoned()
    assert found.versions[0].path.read_text() == "kept"
    found.discard()
