"""The one place where sentences for people arrive, whoever says them."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import Any

from PySide6.QtCore import QObject, Qt, QtMsgType, Signal, qInstallMessageHandler

from motionstudio.core.errors import MotionStudioError

log = logging.getLogger("motionstudio")

_KEPT = 50
# Said by Qt on screens without fonts or input methods; nothing a person could act on.
_QUIET = ("propagateSizeHints", "This plugin does not support", "QFont::", "libpng warning")


class Tone(Enum):
    """How serious a notice is."""

    INFO = "info"
    WARN = "warn"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth telling.

    Attributes:
        text: one plain sentence. ``hint``: what to do about it, or empty.
        tone: how serious it is.
        details: the whole text for a report, or empty.
        actions: names of at most two actions to offer.
    """

    text: str
    hint: str = ""
    tone: Tone = Tone.INFO
    details: str = ""
    actions: tuple[str, ...] = ()


class NoticeCentre(QObject):
    """Collects notices from every thread and hands them to the window in its own.

    Signals:
        posted: a ``Notice``.
    """

    posted = Signal(object)
    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._recent: deque[Notice] = deque(maxlen=_KEPT)
        self._arrived.connect(self._take, Qt.ConnectionType.QueuedConnection)

    @property
    def recent(self) -> tuple[Notice, ...]:
        """The last notices, oldest first."""
        return tuple(self._recent)

    def post(self, notice: Notice) -> None:
        """Tell people; may be called in any thread."""
        self._arrived.emit(notice)

    def say(self, text: str, hint: str = "", tone: Tone = Tone.INFO) -> None:
        """Tell people a sentence."""
        self.post(Notice(text, hint, tone))

    def report(self, error: BaseException) -> None:
        """Tell people about an error in plain words; the traceback goes into the details."""
        details = "".join(traceback.format_exception(error))
        if isinstance(error, MotionStudioError):
            self.post(Notice(error.message, error.hint, Tone.ERROR, "", error.actions))
        else:
            log.error("unexpected error\n%s", details)
            text = f"Something went wrong: {type(error).__name__}: {error}."
            self.post(Notice(text, "Your work is kept; go on or save.", Tone.ERROR, details))

    def _take(self, notice: Notice) -> None:
        if not self._recent or self._recent[-1] != notice:
            self._recent.append(notice)
        self.posted.emit(notice)


def install_hooks(centre: NoticeCentre) -> Callable[[], None]:
    """Send uncaught exceptions to ``centre``, warnings and Qt's messages to the log.

    Returns:
        What undoes it.
    """
    old = sys.excepthook, threading.excepthook

    def on_exception(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            old[0](kind, error, trace)
        else:
            centre.report(error.with_traceback(trace))

    def on_thread_exception(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            centre.report(args.exc_value)

    sys.excepthook = on_exception
    threading.excepthook = on_thread_exception
    qInstallMessageHandler(_on_qt_message)
    logging.captureWarnings(True)

    def restore() -> None:
        logging.captureWarnings(False)
        sys.excepthook, threading.excepthook = old
        qInstallMessageHandler(None)

    return restore


def _on_qt_message(kind: QtMsgType, _context: Any, message: str) -> None:
    if any(part in message for part in _QUIET):
        return
    serious = kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)
    log.log(logging.ERROR if serious else logging.WARNING, "Qt: %s", message)
