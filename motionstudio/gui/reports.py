"""Reports to copy: what happened, the versions, the last lines of the log; no paths."""

from __future__ import annotations

import logging
import platform
import re
from collections import deque
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import qVersion

from motionstudio.gui.notifications import Notice

_LINES = 20
# A path of at least two parts, as systems write them: its last part says enough.
_PART = r"[^\s\"'<>|:,;()\\/]"
_ROOT = r"(?<![\w.:/])[A-Za-z]:[\\/]|(?<![\w.:/])~?/|\\\\"
_PATH = re.compile(rf"(?:{_ROOT})(?:{_PART}+[\\/])+({_PART}*)")


class LogTail(logging.Handler):
    """Remembers the last lines of the log."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: deque[str] = deque(maxlen=_LINES)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append(self.format(record).splitlines()[0])


TAIL = LogTail()
"""The last lines of this process's log."""


def own_version() -> str:
    """The version of this program."""
    try:
        return version("motionstudio")
    except PackageNotFoundError:
        return "from a checkout"


def without_paths(text: str) -> str:
    """``text`` with every path cut down to its last part."""
    return _PATH.sub(lambda found: found[1] or "folder", text)


def report_text(notice: Notice, device: str = "") -> str:
    """A report to copy: what happened, versions, device, the last lines of the log; no paths."""
    versions = [
        f"MotionStudio {own_version()}",
        f"Python {platform.python_version()}",
        f"Qt {qVersion()}",
        platform.platform(terse=True),
        device,
    ]
    lines = [
        notice.text,
        notice.hint,
        notice.details,
        " · ".join(part for part in versions if part),
        *TAIL.lines,
    ]
    return without_paths("\n".join(line for line in lines if line))
