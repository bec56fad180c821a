"""What a run and its watchers leave for each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.core.errors import Cancelled, MotionStudioError
from motionstudio.training.events import (
    Event,
    Failed,
    Finished,
    Paused,
    Said,
    Saved,
    Stepped,
    Validated,
    Watched,
    from_line,
    to_line,
)
from motionstudio.training.orders import Orders
from motionstudio.training.run_folder import Order, RunFolder

EVENTS: tuple[Event, ...] = (
    Said("a sentence\nof two lines, with ü"),
    Stepped(50, 600, {"fit": 0.25}, 1e-3, 3.0, 180.0),
    Validated(100, {"1 - LCC": 0.1}),
    Saved(120, "state.pt"),
    Watched(200, "step-000200.png", 0.05, 0.1, True, "film.mp4"),
    Paused(210),
    Failed("It broke.", "Mend it."),
    Finished(600, "film"),
)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.event)
def test_an_event_comes_back_from_its_line(event: Event) -> None:
    line = to_line(event)
    assert "\n" not in line
    assert from_line(line) == event


@given(st.text())
def test_other_lines_are_refused(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        from_line(line)


def test_a_watcher_reads_each_event_once_and_leaves_half_a_line(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    assert folder.read() == ([], 0)
    with Orders(folder) as orders:
        orders.tell(EVENTS[0])
        found, place = folder.read()
        assert found == [EVENTS[0]]
        orders.tell(EVENTS[1])
        with folder.events.open("a") as stream:
            stream.write(to_line(EVENTS[2])[:20])
        found, after = folder.read(place)
        assert found == [EVENTS[1]]
        with folder.events.open("a") as stream:
            stream.write(to_line(EVENTS[2])[20:] + "\n")
        assert folder.read(after)[0] == [EVENTS[2]]


def test_a_line_that_was_cut_by_a_power_loss_is_passed_over(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.events.write_text(to_line(EVENTS[0])[:15] + "\n" + to_line(EVENTS[1]) + "\n")
    assert folder.read()[0] == [EVENTS[1]]


def test_only_one_process_trains_in_a_folder_and_others_see_it(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    assert not folder.alive()
    with Orders(folder):
        assert folder.alive()
        with pytest.raises(MotionStudioError, match="Another process"), Orders(folder):
            pass
    assert not folder.alive()


def test_a_run_obeys(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    now = iter(range(100))
    with Orders(folder, clock=lambda: float(next(now))) as orders:
        assert (orders.stop(), orders.paused()) == (False, False)
        folder.give(Order.PAUSE)
        assert (orders.stop(), orders.paused()) == (False, True)
        folder.give(Order.KEEP)
        assert (orders.stop(), orders.paused()) == (True, False)
        folder.give(Order.DISCARD)
        with pytest.raises(Cancelled):
            orders.stop()


def test_what_is_told_while_the_process_begins_is_obeyed(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.give(Order.DISCARD)
    with Orders(folder) as orders, pytest.raises(Cancelled):
        orders.stop()


def test_a_glance_of_the_window_does_not_keep_a_process_from_beginning(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    glance = folder.lock
    assert glance.take()
    with Orders(folder, wait=lambda _seconds: glance.release()):
        assert folder.alive()


def test_a_folder_that_is_gone_is_not_alive(tmp_path: Path) -> None:
    assert not RunFolder(tmp_path / "gone").alive()


def test_a_run_ends_when_its_folder_is_removed_or_replaced(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    now = iter(range(100))
    with Orders(folder, clock=lambda: float(next(now))) as orders:
        assert not orders.stop()
        folder.remove()
        assert not folder.path.exists()
        with pytest.raises(MotionStudioError, match="run was removed or moved"):
            orders.stop()
        folder.path.mkdir()
        with Orders(folder), pytest.raises(MotionStudioError, match="was removed or moved"):
            orders.stop()


def test_removing_a_run_leaves_what_is_not_its_own(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    with Orders(folder) as orders:
        orders.tell(EVENTS[0])
        folder.give(Order.DISCARD)
    (tmp_path / "looked").mkdir()
    (tmp_path / "step-000100.png").write_bytes(b"")
    (tmp_path / "thesis.txt").write_text("years of work")
    folder.remove()
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
