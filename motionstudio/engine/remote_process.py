"""A link through a process of its own, which can be ended when the other side hangs."""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from motionstudio.engine.remote_link import LinkLost

_SOURCE = Path(__file__).resolve().parents[2]
_SHORT, _LONG = 6.0, 180.0
_SLOW = frozenset({"hello", "take_model", "take_content"})
"""Calls that bring much, or have to wait until torch is loaded there."""
_MORE = 2.0
_PATIENCE = 5.0


def command(address: str) -> list[str]:
    """What starts the process for the cluster at ``address``, as Ray takes it."""
    return [sys.executable, "-P", "-m", "motionstudio.engine.remote_gateway", address]


class ProcessLink:
    """Calls through a process.

    Args:
        start: its command.
        short, long: seconds that answers may take: to most calls, and to those that bring much.
    """

    def __init__(self, start: Sequence[str], *, short: float = _SHORT, long: float = _LONG) -> None:
        self._short, self._long = short, long
        self._turn = threading.Lock()
        self._answers: queue.Queue[tuple[bool, Any] | None] = queue.Queue()
        self._lost = ""
        paths = [str(_SOURCE), os.environ.get("PYTHONPATH", "")]
        self._process = subprocess.Popen(
            start,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def call(self, method: str, *values: Any) -> Any:
        """See ``remote_link.Link``."""
        limit = self._long if method in _SLOW else self._short
        with self._turn:
            if self._lost:
                raise LinkLost(self._lost)
            try:
                stream = _open(self._process.stdin)
                pickle.dump((method, values, limit), stream, protocol=5)
                stream.flush()
                said = self._answers.get(timeout=limit + _MORE)
            except OSError:
                said = self._last_word()
            except queue.Empty:
                said = (False, "no answer came in time")
            if said is not None and said[0]:
                return said[1]
            self._lost = str(said[1]) if said is not None else "the connection ended"
            self._process.kill()
            raise LinkLost(self._lost)

    def close(self) -> None:
        """See ``remote_link.Link``."""
        self._lost = self._lost or "it was closed"
        if self._turn.acquire(blocking=False):
            self._turn.release()
        else:
            self._process.kill()  # Whoever waits for an answer need not any more.
        with contextlib.suppress(OSError):
            _open(self._process.stdin).close()
        try:
            # Time to tell the cluster that its actor is not needed any more.
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_PATIENCE)
        self._listener.join(_PATIENCE)
        _open(self._process.stdout).close()

    def _last_word(self) -> tuple[bool, Any] | None:
        try:
            return self._answers.get(timeout=_PATIENCE)
        except queue.Empty:
            return None

    def _listen(self) -> None:
        stream = _open(self._process.stdout)
        while True:
            try:
                self._answers.put(pickle.load(stream))
            except Exception:  # noqa: BLE001 - damaged bytes make pickle raise anything
                self._answers.put(None)
                return


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("ProcessLink: expected a pipe, got none")
    return stream
