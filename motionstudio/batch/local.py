"""Workers on this machine: processes of one thread each that can be killed at any moment."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from motionstudio.batch.crew import Died, Word, of_plain
from motionstudio.batch.task import Task

_SOURCE = Path(__file__).resolve().parents[2]
_LAST_WORDS = 300
_PATIENCE = 5.0


def command(output: Path) -> list[str]:
    """What starts a worker."""
    return [sys.executable, "-P", "-m", "motionstudio.batch.worker", str(output)]


def sensible_count(cores: int | None = None) -> int:
    """How many workers suit this machine: a core each, at most eight."""
    return max(1, min(8, cores if cores is not None else os.cpu_count() or 1))


class LocalCrew:
    """Processes on this machine.

    Args:
        count: how many.
        start: the command of one.
    """

    def __init__(self, count: int, start: Sequence[str]) -> None:
        self._start = tuple(start)
        self._said: queue.Queue[tuple[_Process, Word]] = queue.Queue()
        self._processes: list[_Process | None] = [None] * count

    @property
    def slots(self) -> int:
        """How many tasks can be under way."""
        return len(self._processes)

    def pid(self, slot: int) -> int | None:
        """The process of a slot that has one."""
        process = self._processes[slot]
        return None if process is None else process.pid

    def give(self, slot: int, task: Task) -> None:
        """See ``crew.Crew``."""
        process = self._processes[slot]
        if process is None:
            process = _Process(slot, self._start, lambda p, word: self._said.put((p, word)))
            self._processes[slot] = process
        process.send(task.to_line())

    def hear(self, timeout: float) -> Word | None:
        """See ``crew.Crew``."""
        try:
            process, word = self._said.get(timeout=timeout)
        except queue.Empty:
            return None
        if process is not self._processes[word.slot]:
            return None  # The last words of one that was replaced.
        if isinstance(word, Died):
            process.end()
            self._processes[word.slot] = None
        return word

    def close(self) -> None:
        """See ``crew.Crew``."""
        for process in self._processes:
            if process is not None:
                process.end()
        self._processes = [None] * len(self._processes)


class _Process:
    """One process and the thread that listens to it."""

    def __init__(
        self, slot: int, start: Sequence[str], hear: Callable[[_Process, Word], None]
    ) -> None:
        self._slot, self._hear = slot, hear
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed in end
        self._process = subprocess.Popen(
            start,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            encoding="utf-8",
            env=_environment(),
            # Ctrl-C is for the scheduler, which lets what is under way be finished.
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def send(self, line: str) -> None:
        """Give a task; where nobody reads it any more, the listener says so."""
        stream = self._stdin
        try:
            stream.write(line + "\n")
            stream.flush()
        except OSError:
            return

    def end(self) -> None:
        """End the process, at once where it does not end by itself."""
        self._process.kill()
        self._process.wait(_PATIENCE)
        self._listener.join(_PATIENCE)
        for stream in (self._stdin, self._stdout, self._log):
            try:
                stream.close()
            except OSError:
                continue  # What was not sent has nobody to read it.

    @property
    def _stdin(self) -> IO[str]:
        if self._process.stdin is None:
            raise ValueError("_Process: expected a pipe to stdin, got none")
        return self._process.stdin

    @property
    def _stdout(self) -> IO[str]:
        if self._process.stdout is None:
            raise ValueError("_Process: expected a pipe from stdout, got none")
        return self._process.stdout

    def _listen(self) -> None:
        for line in self._stdout:
            try:
                word = of_plain(self._slot, json.loads(line))
            except (ValueError, KeyError, TypeError):
                continue  # Half a line of one that was killed.
            self._hear(self, word)
            if isinstance(word, Died):
                return
        code = self._process.wait()
        self._hear(self, Died(self._slot, self._why(code)))

    def _why(self, code: int) -> str:
        if code < 0:
            return f"its process was ended by signal {-code}"
        self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, self._log.tell() - _LAST_WORDS))
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        return f"its process ended with code {code}" + (f": {lines[-1]}" if lines else "")


def _environment() -> dict[str, str]:
    """One thread for each process, and this source importable."""
    paths = [str(_SOURCE), os.environ.get("PYTHONPATH", "")]
    one = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return {**os.environ, **one, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
