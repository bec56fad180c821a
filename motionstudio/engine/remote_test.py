"""Whether an engine answers: ``python -m motionstudio.engine.remote_test ADDRESS`` prints JSON."""

from __future__ import annotations

import json
import sys

from motionstudio.engine.gallery import Gallery
from motionstudio.engine.remote_actor import full_address
from motionstudio.engine.remote_client import RemoteEngine
from motionstudio.engine.remote_link import Link, LinkLost
from motionstudio.engine.remote_process import ProcessLink, command

_TIMES = 5


def look(link: Link) -> dict[str, object]:
    """``device``, ``reason`` and ``latency`` (ms, the least of five), or ``problem``."""
    try:
        engine = RemoteEngine(link, Gallery(0))
        device, reason = engine.device
        latency = min(engine.latency() for _ in range(_TIMES))
    except LinkLost as lost:
        return {"problem": str(lost)}
    finally:
        link.close()
    return {"device": device, "reason": reason, "latency": latency}


def main(words: list[str]) -> int:
    """Look whether an engine answers at ``words[0]``.

    Returns:
        0 where one does, else 1.
    """
    found = look(ProcessLink(command(full_address(words[0]))))
    sys.stdout.write(json.dumps(found) + "\n")
    return int("problem" in found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
