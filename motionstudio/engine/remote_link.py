"""What carries calls to a remote engine, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol


class LinkLost(Exception):
    """The other side does not answer; ``str`` says why in a few words."""


class Link(Protocol):
    """Carries calls, one at a time; any thread may make them."""

    def call(self, method: str, *values: Any) -> Any:
        """What ``RemoteServer.method(*values)`` returns.

        Raises:
            LinkLost: no answer comes, now or ever again.
        """

    def close(self) -> None:
        """Let go of the other side."""


class Reach(Enum):
    """How it stands with the other side."""

    OFF = "off"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class RemoteState:
    """What is known of the remote engine.

    Attributes:
        reach: how it stands.
        address: as it was chosen; empty: none.
        device, reason: where it computes, when connected.
        latency: milliseconds of a call that does nothing, there and back, or None.
        problem: why it is not connected, a few words.
    """

    reach: Reach = Reach.OFF
    address: str = ""
    device: str = ""
    reason: str = ""
    latency: float | None = None
    problem: str = ""

    @property
    def host(self) -> str:
        """The machine's name for people."""
        rest = self.address.partition("://")[2] or self.address
        return rest.rpartition(":")[0] or rest
