"""A remote engine where one is chosen and answers, the local one otherwise; it comes back."""

from __future__ import annotations

import threading
from collections.abc import Callable

from motionstudio.engine.gallery import Gallery
from motionstudio.engine.remote_client import RemoteEngine
from motionstudio.engine.remote_link import Link, LinkLost, Reach, RemoteState
from motionstudio.engine.remote_packing import TooLarge
from motionstudio.engine.requests import Request
from motionstudio.engine.responses import Notice, Response, Ticket
from motionstudio.engine.worker import Handler

Tell = Callable[[RemoteState], None]
Dial = Callable[[str], Link]
_AGAIN, _PING = 10.0, 3.0
_LAST_WAIT = 10.0


class RemoteKeeper:
    """Keeps one remote engine connected, in a thread of its own.

    Args:
        gallery: where final pictures go.
        dial: makes a link to an address.
        tell: called, in that thread or in the engine's, whenever the state changes.
        again: seconds after which a lost engine is tried again.
        ping: seconds between two measurements of the latency.
    """

    def __init__(
        self,
        gallery: Gallery,
        dial: Dial,
        tell: Tell,
        *,
        again: float = _AGAIN,
        ping: float = _PING,
    ) -> None:
        self._gallery, self._dial, self._tell = gallery, dial, tell
        self._again, self._ping = again, ping
        self._changed = threading.Condition()
        self._address, self._closed = "", False
        self._engine: RemoteEngine | None = None
        self._dialled: Link | None = None
        self._state = RemoteState()
        self._thread = threading.Thread(target=self._keep, name="remote", daemon=True)
        self._thread.start()

    @property
    def engine(self) -> RemoteEngine | None:
        """The engine, while it is connected."""
        with self._changed:
            return self._engine

    @property
    def state(self) -> RemoteState:
        """How it stands."""
        with self._changed:
            return self._state

    def choose(self, address: str) -> None:
        """Connect to another address, at once; empty: to none."""
        with self._changed:
            self._address = address
            self._changed.notify_all()
        self._hang_up()

    def lose(self, engine: RemoteEngine, problem: str) -> None:
        """Say that ``engine`` does not answer."""
        with self._changed:
            if engine is not self._engine:
                return
            self._engine = None
            address = self._state.address
            self._changed.notify_all()
        self._publish(RemoteState(Reach.LOST, address, problem=problem))
        engine.close()

    def close(self) -> None:
        """Let go; nothing is told any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._hang_up()
        self._thread.join(_LAST_WAIT)

    def _keep(self) -> None:
        while not self._ended():
            address, engine = self._wanted()
            if engine is not None and address != self.state.address:
                with self._changed:
                    self._engine = None
                engine.close()
            elif engine is not None:
                if not engine.serving:
                    self._measure(engine)
                self._rest(address, self._ping)
            elif address:
                self._connect(address)
                if self.engine is None:
                    self._rest(address, self._again)
            else:
                self._publish(RemoteState())
                self._rest(address, None)
        engine = self.engine
        if engine is not None:
            engine.close()

    def _connect(self, address: str) -> None:
        if self.state.reach is not Reach.LOST or self.state.address != address:
            self._publish(RemoteState(Reach.CONNECTING, address))
        try:
            link = self._dial(address)
        except LinkLost as lost:
            self._publish(RemoteState(Reach.LOST, address, problem=str(lost)))
            return
        with self._changed:
            self._dialled = link
        try:
            engine = RemoteEngine(link, self._gallery)
            latency = engine.latency()
        except LinkLost as lost:
            self._hang_up()
            if self._wanted()[0] == address:
                self._publish(RemoteState(Reach.LOST, address, problem=str(lost)))
            return
        with self._changed:
            self._engine, self._dialled = engine, None
        name, reason = engine.device
        self._publish(RemoteState(Reach.CONNECTED, address, name, reason, latency))

    def _hang_up(self) -> None:
        """Do not wait any longer for an engine that has not answered yet."""
        with self._changed:
            link, self._dialled = self._dialled, None
        if link is not None:
            link.close()

    def _measure(self, engine: RemoteEngine) -> None:
        try:
            latency = engine.latency()
        except LinkLost as lost:
            self.lose(engine, str(lost))
            return
        name, reason = engine.device
        state = RemoteState(Reach.CONNECTED, self.state.address, name, reason, latency)
        if self.engine is engine:
            self._publish(state)

    def _wanted(self) -> tuple[str, RemoteEngine | None]:
        with self._changed:
            return self._address, self._engine

    def _ended(self) -> bool:
        with self._changed:
            return self._closed

    def _rest(self, address: str, seconds: float | None) -> None:
        """Wait, unless another address is chosen or everything ends."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._address != address, seconds)

    def _publish(self, state: RemoteState) -> None:
        with self._changed:
            if self._closed or state == self._state:
                return
            self._state = state
        self._tell(state)


class SwitchingHandler:
    """Serves with the remote engine while there is one, else here.

    Args:
        local: serves here.
        keeper: knows the remote engine.
    """

    def __init__(self, local: Handler, keeper: RemoteKeeper) -> None:
        self._local, self._keeper = local, keeper

    @property
    def device(self) -> tuple[str, str]:
        """Where it is computed here: what is remote is told by the keeper."""
        return self._local.device

    def handle(
        self,
        request: Request,
        emit: Callable[[Response], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """Answer ``request``; see ``worker.Handler``."""
        engine = self._keeper.engine
        if engine is not None:
            try:
                engine.handle(request, emit, cancelled)
                return
            except LinkLost as lost:
                self._keeper.lose(engine, str(lost))
            except TooLarge:
                text = "The clip is too large to be sent to the remote engine: computing here."
                emit(Notice(ticket=Ticket.of(request), text=text))
        self._local.handle(request, emit, cancelled)
