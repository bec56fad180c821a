"""Tasks with time left and Cancel; messages that stack; reports without paths."""

from __future__ import annotations

import logging
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from motionstudio.gui import toasts
from motionstudio.gui.items.task_row import time_left
from motionstudio.gui.notifications import Notice, Tone
from motionstudio.gui.presenters.tasks import TaskPresenter
from motionstudio.gui.reports import TAIL, report_text, without_paths
from motionstudio.gui.status_bar import StatusBar
from motionstudio.gui.toasts import MOST_SHOWN, Toast, ToastStack


class FakeEngine(QObject):
    responseReady = Signal(object)


class FakeSession:
    def __init__(self) -> None:
        self.engine = FakeEngine()


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tasks(qtbot: Any, clock: Clock) -> TaskPresenter:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.show()
    session: Any = FakeSession()
    made = TaskPresenter(session, bar, None, clock)
    made.bar = bar  # type: ignore[attr-defined]
    return made


def bar_of(tasks: TaskPresenter) -> StatusBar:
    bar: StatusBar = tasks.bar  # type: ignore[attr-defined]
    return bar


class TestTasks:
    def test_nothing_is_said_for_150_ms(self, tasks: TaskPresenter, clock: Clock) -> None:
        tasks.begin("a", "Reading")
        clock.seconds = 0.14
        tasks.show()
        assert not bar_of(tasks).row.isVisible()
        clock.seconds = 0.15
        tasks.show()
        assert bar_of(tasks).row.isVisible()
        assert bar_of(tasks).task.text() == "Reading"

    def test_the_time_left_follows_from_what_is_done(
        self, tasks: TaskPresenter, clock: Clock
    ) -> None:
        tasks.begin("a", "Writing")
        clock.seconds = 10
        tasks.progress("a", 0.25)
        assert tasks.shown[0].left == pytest.approx(30)
        assert bar_of(tasks).row.left.text() == "30 s left"

    def test_too_little_is_no_estimate(self, tasks: TaskPresenter, clock: Clock) -> None:
        tasks.begin("a", "Writing")
        clock.seconds = 0.5
        tasks.progress("a", 0.5)
        assert tasks.shown[0].left is None

    def test_each_has_its_own_cancel_which_answers_at_once(
        self, tasks: TaskPresenter, clock: Clock
    ) -> None:
        stopped: list[str] = []
        tasks.cancelled.connect(stopped.append)
        for key in ("a", "b", "c"):
            tasks.begin(key, f"Task {key}")
        clock.seconds = 1
        tasks.show()
        bar = bar_of(tasks)
        assert bar.more.text() == "3 tasks"
        bar.more.click()
        bar.tasks.rows[1].cancel.click()
        assert stopped == ["b"]
        assert bar.tasks.rows[1].cancel.text() == "Cancelling …"
        assert not bar.tasks.rows[1].cancel.isEnabled()
        assert bar.tasks.rows[0].cancel.isEnabled()
        bar.tasks.close()

    def test_escape_cancels_the_newest_and_never_twice(
        self, tasks: TaskPresenter, clock: Clock
    ) -> None:
        stopped: list[str] = []
        tasks.cancelled.connect(stopped.append)
        tasks.begin("a", "A")
        tasks.begin("b", "B")
        assert not tasks.cancel(), "nobody means what is not in sight"
        clock.seconds = 1
        assert [tasks.cancel(), tasks.cancel(), tasks.cancel()] == [True, True, False]
        assert stopped == ["b", "a"]

    @pytest.mark.parametrize(("seconds", "told"), [(9.9, []), (10.1, ["Encoding"])])
    def test_only_the_end_of_a_long_task_is_news(
        self, tasks: TaskPresenter, clock: Clock, seconds: float, told: list[str]
    ) -> None:
        said: list[str] = []
        tasks.longEnded.connect(said.append)
        tasks.begin("a", "Encoding")
        clock.seconds = seconds
        tasks.end("a")
        assert said == told
        assert not bar_of(tasks).row.isVisible()

    @pytest.mark.parametrize(
        ("seconds", "words"),
        [(None, ""), (0.2, "1 s left"), (59, "59 s left"), (61, "1 min 01 s left"),
         (7300, "2 h left")],
    )  # fmt: skip
    def test_time_is_told_in_words(self, seconds: float | None, words: str) -> None:
        assert time_left(seconds) == words


class TestToasts:
    @pytest.fixture
    def stack(self, qtbot: Any) -> ToastStack:
        window = QWidget()
        qtbot.addWidget(window)
        window.resize(900, 600)
        window.show()
        self.done: list[str] = []
        action = QAction("Take a tour", window)
        action.setObjectName("help.tour")
        action.triggered.connect(lambda: self.done.append("tour"))
        return ToastStack(window, None, lambda name: action if name == "help.tour" else None)

    def toasts(self, stack: ToastStack) -> list[Toast]:
        window: Any = stack.parent()
        shown = [toast for toast in window.findChildren(Toast) if toast.isVisible()]
        return sorted(shown, key=lambda toast: toast.y())

    def test_several_lie_over_each_other_without_touching(self, stack: ToastStack) -> None:
        for number in range(3):
            stack.show_notice(Notice(f"Sentence {number}.", tone=Tone.ERROR))
        shown = self.toasts(stack)
        assert [toast.notice.text for toast in shown if toast.notice] == [
            "Sentence 0.", "Sentence 1.", "Sentence 2.",
        ]  # fmt: skip
        for above, below in pairwise(shown):
            assert not above.geometry().intersects(below.geometry())

    def test_errors_that_wait_are_closed_as_those_that_are_shown(self, stack: ToastStack) -> None:
        for number in range(MOST_SHOWN + 2):
            stack.show_notice(Notice(f"Sentence {number}.", tone=Tone.ERROR))
        stack.show_notice(Notice("It goes by itself."))
        stack.close_errors()
        assert [notice.text for notice in stack.notices] == ["It goes by itself."]

    def test_they_stay_over_what_they_lie_over(self, qtbot: Any) -> None:
        window = QWidget()
        qtbot.addWidget(window)
        window.resize(900, 600)
        pictures = QWidget(window)
        pictures.setGeometry(100, 0, 700, 500)
        window.show()
        stack = ToastStack(window, pictures)
        stack.show_notice(Notice("Sentence.", tone=Tone.ERROR))
        pictures.setGeometry(200, 0, 600, 300)
        (toast,) = self.toasts(stack)
        assert pictures.geometry().contains(toast.geometry())

    def test_errors_do_not_wait_behind_what_is_no_error(self, stack: ToastStack) -> None:
        for number in range(MOST_SHOWN + 1):
            stack.show_notice(Notice(str(number)))
        stack.show_notice(Notice("It failed.", tone=Tone.ERROR))
        assert [one.text for one in stack.notices] == ["1", "2", "It failed."]
        stack.hide()
        assert [one.text for one in stack.notices] == ["1", "2", "3"]

    def test_what_does_not_fit_waits_its_turn(self, stack: ToastStack) -> None:
        for number in range(MOST_SHOWN + 2):
            stack.show_notice(Notice(f"{number}", tone=Tone.ERROR))
        assert len(stack.notices) == MOST_SHOWN
        stack.hide()
        assert stack.notices[-1].text == str(MOST_SHOWN)
        for _ in range(MOST_SHOWN + 1):
            stack.hide()
        assert not stack.isVisible()

    def test_the_same_words_are_not_said_twice_at_a_time(self, stack: ToastStack) -> None:
        for _ in range(3):
            stack.show_notice(Notice("Again."))
        assert len(self.toasts(stack)) == 1

    def test_an_action_is_offered_and_done(self, stack: ToastStack) -> None:
        stack.show_notice(Notice("New here?", actions=("help.tour", "unknown")))
        buttons = [b for b in self.toasts(stack)[0].findChildren(QPushButton) if b.isVisible()]
        assert [b.text() for b in buttons] == ["Take a tour"]
        buttons[0].click()
        assert self.done == ["tour"]
        assert not stack.isVisible()


class TestReports:
    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ('File "/home/me/secret/clip.py", line 3', 'File "clip.py", line 3'),
            (r"C:\Users\me\films\a.mp4 is damaged", "a.mp4 is damaged"),
            ("~/films/x/a.gif", "a.gif"),
            ("see https://example.org/a/b", "see https://example.org/a/b"),
            ("3/4 of 12/13", "3/4 of 12/13"),
        ],
    )
    def test_paths_are_cut_down_to_names(self, text: str, told: str) -> None:
        assert without_paths(text) == told

    def test_a_report_has_versions_device_and_the_last_log_lines(self) -> None:
        TAIL.handle(logging.LogRecord("motionstudio", logging.WARNING, "", 1, "slow", (), None))
        text = report_text(Notice("It failed.", details="Traceback"), "CPU: no GPU")
        for part in ("It failed.", "Traceback", "Python", "Qt", "CPU: no GPU", "slow"):
            assert part in text


def test_a_message_waits_while_nobody_can_read_it(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 500)
    window.show()
    looked_at = False
    monkeypatch.setattr(toasts, "is_looked_at", lambda _window: looked_at)
    toast = Toast(window)
    toast.show_notice(Notice("Saved."))
    toast._timer.timeout.emit()
    assert toast.isVisible()
    assert toast._timer.isActive()
    looked_at = True
    toast._timer.timeout.emit()
    assert not toast.isVisible()


def test_a_question_before_the_window_keeps_people_from_reading(qtbot: Any) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: toasts.is_looked_at(window))
    question = QDialog(window)
    qtbot.addWidget(question)
    question.open()
    qtbot.waitUntil(lambda: not toasts.is_looked_at(window))
    question.reject()
    qtbot.waitUntil(lambda: toasts.is_looked_at(window))
