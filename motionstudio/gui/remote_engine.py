"""The engine elsewhere, as the settings choose it: made once for a window, followed at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from motionstudio.engine.gallery import Gallery
from motionstudio.engine.remote_link import Link, RemoteState
from motionstudio.engine.worker import Handler
from motionstudio.gui.settings import SettingsStore

if TYPE_CHECKING:
    from motionstudio.engine.remote_choice import RemoteKeeper

MakeHandler = Callable[[Gallery], Handler]
Dial = Callable[[str], Link]


def dial_cluster(address: str) -> Link:
    """A link to the cluster that a person named, through a process of its own."""
    from motionstudio.engine.remote_actor import full_address
    from motionstudio.engine.remote_process import ProcessLink, command

    return ProcessLink(command(full_address(address)))


class RemoteEngine(QObject):
    """Serves with the engine that the settings name while it answers, else here.

    Signals:
        stateChanged: a ``RemoteState``, in the window's thread.

    Args:
        settings: whose ``engine_address`` counts.
        local: makes what serves here, in the engine's thread.
        dial: makes links.
        parent: Qt parent.
    """

    stateChanged = Signal(object)

    def __init__(
        self,
        settings: SettingsStore,
        local: MakeHandler,
        dial: Dial = dial_cluster,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.state = RemoteState()
        self._settings, self._local, self._dial = settings, local, dial
        self._lock = threading.Lock()
        self._keeper: RemoteKeeper | None = None
        self._address = settings.value.engine_address
        self._stopped = False
        settings.changed.connect(self._on_settings)

    def make_handler(self, gallery: Gallery) -> Handler:
        """What serves a bridge; called in its thread.

        The first bridge, the window's own, can be served elsewhere; further ones serve the
        camera, which cannot wait for a network.
        """
        from motionstudio.engine.remote_choice import RemoteKeeper, SwitchingHandler

        local = self._local(gallery)
        with self._lock:
            if self._keeper is not None or self._stopped:
                return local
            keeper = self._keeper = RemoteKeeper(gallery, self._dial, self._take)
            keeper.choose(self._address)
        return SwitchingHandler(local, keeper)

    def stop(self) -> None:
        """Let go of the other side; nothing is told any more."""
        self._settings.changed.disconnect(self._on_settings)
        with self._lock:
            self._stopped = True
            keeper = self._keeper
        if keeper is not None:
            keeper.close()

    def _on_settings(self, names: frozenset[str]) -> None:
        if "engine_address" not in names:
            return
        with self._lock:
            self._address = self._settings.value.engine_address
            if self._keeper is not None:
                self._keeper.choose(self._address)

    def _take(self, state: RemoteState) -> None:
        """Called in the keeper's or the engine's thread."""
        self.state = state
        self.stateChanged.emit(state)
