"""Long tasks: opening, encoding, refining, sampling, exporting; shown with Cancel."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from motionstudio.engine.requests import Lane
from motionstudio.engine.responses import Failed, Notice, Progress, Response
from motionstudio.gui.items.task_row import TaskView
from motionstudio.gui.notifications import Notice as Message
from motionstudio.gui.notifications import Tone
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.status_bar import StatusBar

QUIET_S = 0.15
"""What ends sooner is not worth a bar."""
LONG_S = 10.0
"""The end of what takes longer is worth telling people who look elsewhere."""
_MEASURED_S = 1.0
_LEAST_DONE = 0.02
_LONG = (Lane.ENCODE, Lane.FIT, Lane.EXPORT)


@dataclass(frozen=True, slots=True)
class _Task:
    text: str
    began: float
    fraction: float | None = None
    cancellable: bool = True
    cancelling: bool = False


class TaskPresenter(QObject):
    """What is under way -> status bar and list; engine failures and notices -> messages.

    Signals:
        cancelled: the task of this key is to be stopped.
        longEnded: words of a task that took more than 10 s.

    Args:
        session: shared parts.
        bar: where tasks are shown.
        parent: Qt parent.
        now: seconds of a monotonic clock.
    """

    cancelled = Signal(str)
    longEnded = Signal(str)

    def __init__(
        self,
        session: Session,
        bar: StatusBar,
        parent: QObject | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._session, self._bar, self._now = session, bar, now
        self._tasks: dict[str, _Task] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.show)
        session.engine.responseReady.connect(self._on_response)
        bar.cancelRequested.connect(self.cancel)

    @property
    def running(self) -> tuple[str, ...]:
        """Keys of what is under way, the newest last."""
        return tuple(self._tasks)

    @property
    def shown(self) -> tuple[TaskView, ...]:
        """What is under way for long enough to be worth a bar, the oldest first."""
        now = self._now()
        return tuple(
            TaskView(key, task.text, task.fraction, _left(task, now), task.cancellable,
                     task.cancelling)
            for key, task in self._tasks.items()
            if now - task.began >= QUIET_S
        )  # fmt: skip

    def begin(self, key: str, text: str, *, cancellable: bool = True) -> None:
        """Something long begins."""
        self._tasks.pop(key, None)
        self._tasks[key] = _Task(text, self._now(), None, cancellable)
        self._show_later()

    def progress(self, key: str, fraction: float, text: str = "") -> None:
        """It is further along."""
        task = self._tasks.get(key)
        if task is not None:
            self._tasks[key] = replace(task, text=text or task.text, fraction=fraction)
            self.show()

    def end(self, key: str) -> None:
        """It is over, whatever the outcome."""
        task = self._tasks.pop(key, None)
        if task is not None and self._now() - task.began >= LONG_S and not task.cancelling:
            self.longEnded.emit(task.text)
        self.show()

    def cancel(self, key: str = "") -> bool:
        """Cancel a task, or the newest in sight that can be; tells whether there was one."""
        in_sight = (view.key for view in reversed(self.shown))
        for name in (key,) if key else tuple(in_sight):
            task = self._tasks.get(name)
            if task is not None and task.cancellable and not task.cancelling:
                self._tasks[name] = replace(task, cancelling=True)
                self.show()
                self.cancelled.emit(name)
                return True
        return False

    def show(self) -> None:
        """Show what is under way now."""
        self._bar.show_tasks(self.shown)
        if len(self.shown) < len(self._tasks):
            self._show_later()

    def _show_later(self) -> None:
        if not self._timer.isActive():
            # One millisecond more: clocks and timers round differently.
            self._timer.start(round(1000 * QUIET_S) + 1)

    def _on_response(self, response: Response) -> None:
        if isinstance(response, Progress) and response.lane in _LONG:
            self.progress(_key(response), response.fraction)
        elif isinstance(response, Notice):
            self._session.notices.say(response.text, tone=Tone.WARN)
        elif isinstance(response, Failed):
            self._session.notices.post(
                Message(
                    response.message,
                    response.hint,
                    Tone.ERROR,
                    response.details,
                    response.actions,
                )
            )


def _left(task: _Task, now: float) -> float | None:
    """Seconds to go, from how long the part that is done took."""
    passed = now - task.began
    if task.fraction is None or task.fraction < _LEAST_DONE or passed < _MEASURED_S:
        return None
    return passed * (1 - task.fraction) / task.fraction


def _key(response: Response) -> str:
    """The key of the task that a response belongs to."""
    name = response.lane.name.lower()
    return f"{name} {response.subject}" if response.lane is Lane.ENCODE else name
