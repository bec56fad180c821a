"""Says where models run: in the status bar all the time, in a sentence when it changes."""

from __future__ import annotations

from PySide6.QtCore import QObject

from motionstudio.engine.remote_link import Reach, RemoteState
from motionstudio.gui.notifications import Tone
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.status_bar import StatusBar


class RemotePresenter(QObject):
    """Shows the device in use.

    Args:
        session: whose engine tells of the local device.
        status: where it is shown.
        parent: Qt parent.
    """

    def __init__(self, session: Session, status: StatusBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._status = session, status
        self._local: tuple[str, str] | None = None
        self._state = RemoteState()
        session.engine.deviceChanged.connect(self.show_local)

    def show_local(self, name: str, reason: str) -> None:
        """Take in which device computes here."""
        self._local = (name, reason)
        self._show()

    def show_remote(self, state: RemoteState) -> None:
        """Take in how it stands with the engine elsewhere."""
        before, self._state = self._state, state
        self._show()
        if (before.reach, before.address) != (state.reach, state.address):
            self._tell(before, state)

    def _show(self) -> None:
        state = self._state
        if state.reach is Reach.CONNECTED:
            delay = "" if state.latency is None else f" · {state.latency:.0f} ms"
            where = f"Models run on {state.host}: {state.reason}"
            reply = "" if not delay else "\nA call there and back takes" + delay[2:]
            text = f"{state.device.upper()} on {state.host}{delay}"
            self._status.set_device(text, where + reply, amber=False)
        elif self._local is not None:
            name, reason = self._local
            slow = name == "cpu"
            here = f"Models run on the CPU: {reason}" if slow else f"Models run on {reason}"
            self._status.set_device(
                self._words(name), here + self._why_here(), amber=slow or bool(self._why_here())
            )

    def _words(self, name: str) -> str:
        state = self._state
        if state.reach is Reach.CONNECTING:
            return f"{name.upper()}, connecting to {state.host} …"
        return f"{name.upper()}, not {state.host}" if state.reach is Reach.LOST else name.upper()

    def _why_here(self) -> str:
        state = self._state
        if state.reach is Reach.LOST:
            return f"\n{state.host} does not serve: {state.problem}. It is tried again and again."
        if state.reach is Reach.CONNECTING:
            return f"\nConnecting to {state.host}"
        return ""

    def _tell(self, before: RemoteState, state: RemoteState) -> None:
        say = self._session.notices.say
        if state.reach is Reach.CONNECTED:
            again = " again" if before.reach is Reach.LOST else ""
            say(f"{state.host} computes{again}: models run on its {state.device.upper()}.")
        elif state.reach is Reach.LOST:
            say(
                f"{state.host} does not compute: {state.problem}.",
                "Models run on this machine until it does.",
                Tone.WARN,
            )
