"""Long tasks: encoding, refining, sampling and exporting, in the status bar with Cancel."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from motionstudio.engine.requests import Lane
from motionstudio.engine.responses import Failed, Notice, Progress, Response
from motionstudio.gui.notifications import Notice as Message
from motionstudio.gui.notifications import Tone
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.status_bar import StatusBar

_QUIET_MS = 150
"""What ends sooner is not worth a bar."""

_LONG = (Lane.ENCODE, Lane.FIT, Lane.EXPORT)


@dataclass(frozen=True, slots=True)
class Task:
    """A long task: words, fraction done or None, and whether Cancel makes sense."""

    text: str
    fraction: float | None = None
    cancellable: bool = True


class TaskPresenter(QObject):
    """What is under way -> status bar; engine failures and notices -> messages.

    Signals:
        cancelled: the task of this key is to be stopped.
    """

    cancelled = Signal(str)

    def __init__(self, session: Session, bar: StatusBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._bar = session, bar
        self._tasks: dict[str, Task] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_QUIET_MS)
        self._timer.timeout.connect(self._show)
        session.engine.responseReady.connect(self._on_response)
        bar.cancelRequested.connect(self.cancel)

    @property
    def running(self) -> tuple[str, ...]:
        """Keys of what is under way, the newest last."""
        return tuple(self._tasks)

    def begin(self, key: str, text: str, *, cancellable: bool = True) -> None:
        """Something long begins."""
        self._tasks.pop(key, None)
        self._tasks[key] = Task(text, None, cancellable)
        self._timer.start()

    def progress(self, key: str, fraction: float, text: str = "") -> None:
        """It is further along."""
        task = self._tasks.get(key)
        if task is not None:
            self._tasks[key] = Task(text or task.text, fraction, task.cancellable)
            if not self._timer.isActive():
                self._show()

    def end(self, key: str) -> None:
        """It is over, whatever the outcome."""
        self._tasks.pop(key, None)
        if not self._timer.isActive():
            self._show()

    def cancel(self) -> bool:
        """Cancel the newest task that can be; tells whether there was one."""
        for key in reversed(self.running):
            if self._tasks[key].cancellable:
                self.cancelled.emit(key)
                return True
        return False

    def _show(self) -> None:
        if not self._tasks:
            self._bar.end_task()
            return
        key = self.running[-1]
        task = self._tasks[key]
        self._bar.show_task(task.text, task.fraction, cancellable=task.cancellable)

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


def _key(response: Response) -> str:
    """The key of the task that a response belongs to."""
    name = response.lane.name.lower()
    return f"{name} {response.subject}" if response.lane is Lane.ENCODE else name
