"""The engine on another machine: the same loop and runner behind calls that carry plain values.

It runs inside whatever carries the calls (a Ray actor, see ``remote_actor``); every method
returns soon, so that a request under way can be watched and cancelled.
"""

from __future__ import annotations

import pickle
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from motionstudio.core.locations import user_cache_dir
from motionstudio.engine.cache import ByteCache
from motionstudio.engine.device import Load
from motionstudio.engine.mailbox import Mailbox
from motionstudio.engine.remote_models import ModelShelf
from motionstudio.engine.remote_packing import MissingContent, unpack
from motionstudio.engine.remote_source import source_key
from motionstudio.engine.requests import Request
from motionstudio.engine.responses import Cancelled, Response, Ticket
from motionstudio.engine.runner import Runner
from motionstudio.engine.worker import Handler, WorkerLoop
from motionstudio.models.device import DeviceChoice, choose_device, thread_count

CONTENT = 2 * 2**30
"""Bytes of media that are kept."""
Served = tuple[list[bytes], bool]


@dataclass(slots=True)
class _Box:
    """Answers to one request that nobody took yet."""

    answers: deque[Response] = field(default_factory=deque)
    ended: bool = False
    unwanted: bool = False


class RemoteServer:
    """Serves one studio.

    Args:
        folder: where checkpoints that were sent are kept; None: this user's cache.
        device: where to compute, or None for the best there is.
        load: loads checkpoints; None: those that are here or were sent.
    """

    def __init__(
        self,
        folder: Path | None = None,
        device: DeviceChoice | None = None,
        load: Load | None = None,
    ) -> None:
        shelf = folder if folder is not None else user_cache_dir() / "remote models"
        self._shelf = ModelShelf(shelf)
        self._load = load or self._shelf.load
        self._content: ByteCache[str, NDArray[Any]] = ByteCache(CONTENT)
        self._boxes: dict[int, _Box] = {}
        self._changed = threading.Condition()
        self._mailbox = Mailbox()
        self._device = device or choose_device()
        loop = WorkerLoop(
            self._mailbox, self._handler, self._put, on_device=_ignore, on_settled=_ignore
        )
        self._thread = threading.Thread(target=loop.run, name="remote engine", daemon=True)
        self._thread.start()

    def hello(self) -> dict[str, str]:
        """``source``: the program's text; ``device`` and ``reason``: where it computes."""
        return {"source": source_key(), "device": self._device.name, "reason": self._device.reason}

    def ping(self) -> bool:
        """True, at once."""
        return True

    def has_model(self, name: str, key: str) -> bool:
        """Whether the checkpoint ``key``, which requests call ``name``, is here."""
        return self._shelf.has(name, key)

    def take_model(self, key: str, files: dict[str, bytes]) -> None:
        """Keep a checkpoint."""
        self._shelf.take(key, files)

    def lacking(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        """Those of ``keys`` whose media are not here."""
        return tuple(key for key in keys if key not in self._content)

    def take_content(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Keep media by the key of their content."""
        for key, array in arrays.items():
            self._content.put(key, array, array.nbytes)

    def ask(self, blob: bytes, wait: float) -> tuple[tuple[str, ...], Served]:
        """Begin to serve a packed request, and answer what is ready within ``wait`` seconds.

        Returns:
            Keys of media that are missing (then nothing was begun), and as ``answers``.
        """
        try:
            request: Request = unpack(blob, self._content.get)
        except MissingContent as missing:
            return missing.keys, ([], False)
        with self._changed:
            self._boxes[request.id] = _Box()
        replaced = self._mailbox.post(request)
        if replaced is not None:
            self._put(Cancelled(ticket=Ticket.of(replaced)))
            self._end(replaced.id)
        return (), self.answers(request.id, wait)

    def answers(self, request_id: int, wait: float) -> Served:
        """Answers to a request since the last call, packed, and whether the last is among them.

        Args:
            request_id: of a request that was begun.
            wait: seconds to wait where there is none yet.
        """
        with self._changed:
            box = self._boxes.get(request_id)
            if box is None:
                return [], True
            self._changed.wait_for(lambda: box.answers or box.ended, wait)
            packed = [pickle.dumps(answer, protocol=5) for answer in box.answers]
            box.answers.clear()
            if box.ended:
                del self._boxes[request_id]
            return packed, box.ended

    def cancel(self, request_id: int) -> None:
        """Let a request stop at its next chunk."""
        with self._changed:
            box = self._boxes.get(request_id)
            if box is not None:
                box.unwanted = True

    def close(self) -> None:
        """Stop at the next chunk and serve nothing more."""
        self._mailbox.close()
        self._thread.join(30)

    def _handler(self) -> Handler:
        runner = Runner(load=self._load, device=self._device, threads=thread_count())
        return _Serving(runner, self._unwanted, self._end)

    def _put(self, response: Response) -> None:
        with self._changed:
            box = self._boxes.get(response.id)
            if box is not None:
                box.answers.append(response)
                self._changed.notify_all()

    def _unwanted(self, request_id: int) -> bool:
        with self._changed:
            box = self._boxes.get(request_id)
            return box is None or box.unwanted

    def _end(self, request_id: int) -> None:
        with self._changed:
            box = self._boxes.get(request_id)
            if box is not None:
                box.ended = True
                self._changed.notify_all()


@dataclass(frozen=True, slots=True)
class _Serving:
    """A runner that also stops what was cancelled, and tells when a request has ended."""

    runner: Handler
    unwanted: Callable[[int], bool]
    end: Callable[[int], None]

    @property
    def device(self) -> tuple[str, str]:
        """Of the runner."""
        return self.runner.device

    def handle(
        self,
        request: Request,
        emit: Callable[[Response], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """See ``worker.Handler``."""
        try:
            self.runner.handle(request, emit, lambda: cancelled() or self.unwanted(request.id))
        finally:
            self.end(request.id)


def _ignore(*_what: object) -> None:
    """Nobody here shows it."""
