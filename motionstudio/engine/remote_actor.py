"""A remote engine as a Ray actor. Ray comes with the extra ``cluster``; only this imports it."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
from pathlib import Path
from typing import Any

from motionstudio.engine.remote_link import LinkLost

NEEDED = "it needs the package ray here as well (extra cluster)"
PORT = 10001
"""Where a cluster answers studios, unless it was told otherwise."""
_SHARE = 0.25
"""Of a GPU for each studio: four may share one."""
_CALLS = 4


def installed() -> bool:
    """Whether Ray is at hand; imports nothing."""
    return importlib.util.find_spec("ray") is not None


def use_token() -> None:
    """Let Ray show the token that it finds here: else it keeps it to itself, and is refused."""
    named = (os.environ.get("RAY_AUTH_TOKEN"), os.environ.get("RAY_AUTH_TOKEN_PATH"))
    if any(named) or (Path.home() / ".ray" / "auth_token").is_file():
        os.environ.setdefault("RAY_AUTH_MODE", "token")


def full_address(typed: str) -> str:
    """What a person typed as Ray takes it: ``gpu-box`` is ``ray://gpu-box:10001``."""
    text = typed.strip()
    if "://" in text or text in ("auto", "local", ""):
        return text
    host, colon, port = text.rpartition(":")
    return f"ray://{text}" if colon and port.isdigit() and host else f"ray://{text}:{PORT}"


class ServerActor:
    """``remote_server.RemoteServer`` as an actor; named, not sent, so it must be installed there.

    What it needs is imported there: torch never loads in the process that only calls.
    """

    def __init__(self) -> None:
        from motionstudio.engine.remote_server import RemoteServer

        self._server = RemoteServer()

    def serve(self, method: str, values: tuple[Any, ...]) -> Any:
        """What ``RemoteServer.method(*values)`` returns."""
        return getattr(self._server, method)(*values)


class Cluster:
    """A connection to a cluster with one actor on it.

    Args:
        address: as Ray takes it.

    Raises:
        LinkLost: Ray is missing, or nothing answers there.
    """

    def __init__(self, address: str) -> None:
        if not installed():
            raise LinkLost(NEEDED)
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        use_token()
        self._ray: Any = importlib.import_module("ray")
        try:
            self._ray.init(address, log_to_driver=False, logging_level=logging.ERROR)
            gpus = self._ray.cluster_resources().get("GPU", 0)
            share = {"num_gpus": _SHARE} if gpus else {}
            kind = self._ray.remote(num_cpus=0, max_concurrency=_CALLS, **share)(ServerActor)
            self._actor = kind.remote()
        except (
            self._ray.exceptions.RayError,
            ConnectionError,
            RuntimeError,
            ValueError,
            OSError,
        ) as error:
            raise LinkLost(_reason(error)) from error

    def call(self, method: str, values: tuple[Any, ...], timeout: float) -> Any:
        """What the actor answers.

        Raises:
            LinkLost: nothing within ``timeout`` seconds, or never again.
        """
        try:
            return self._ray.get(self._actor.serve.remote(method, values), timeout=timeout)
        except (self._ray.exceptions.RayError, ConnectionError, RuntimeError, OSError) as error:
            raise LinkLost(_reason(error)) from error

    def close(self) -> None:
        """End the actor and the connection."""
        self._ray.shutdown()


def _reason(error: BaseException) -> str:
    name = type(error).__name__
    if name == "GetTimeoutError":
        return "no answer came in time"
    if "Actor" in name:
        return "its process ended"
    if "connection timeout" in str(error):
        return "it cannot be reached, or its token is another"
    lines = str(error).strip().splitlines() or [name]
    # Some errors only announce what went wrong there, and end with it.
    said = lines[-1] if lines[0].endswith(":") else lines[0]
    return said.strip()[:160].rstrip(".:")
