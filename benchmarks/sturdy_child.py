"""All attacks or faults, each in a fork of its own: what came of them, as lines of JSON."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

from tests.robustness.attack_list import ATTACKS, answer
from tests.robustness.attacks import mark_of
from tests.robustness.fault_list import FAULTS

_MEMORY, _SECONDS = 24 << 30, 300


def attack(name: str, folder: Path) -> dict[str, object]:
    """Read one hostile file."""
    inner = folder / "inside"
    inner.mkdir()
    chosen = ATTACKS[name]
    path = chosen.make(inner)
    _forget_peak()
    before, start = _status("VmRSS"), time.process_time()
    said = answer(chosen, path)
    seconds, grown = time.process_time() - start, _status("VmHWM") - before
    met = bool(re.search(chosen.words, said)) and bool(said) == bool(chosen.words)
    marked = os.path.exists(mark_of(inner)) or os.path.exists(mark_of(path))
    plain = said.replace(str(inner), "").replace(str(folder), "") or "(opens, without effect)"
    figures = {"seconds": seconds, "mebibytes": max(grown, 0.0)}
    return {"said": plain, "good": met and not marked, **figures}


def fault(name: str, folder: Path) -> dict[str, object]:
    """Let something fail."""
    start = time.process_time()
    said = FAULTS[name](folder)
    return {"said": said, "good": bool(said), "seconds": time.process_time() - start}


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _status(key: str) -> float:
    """MiB of a line in ``/proc/self/status``."""
    found = re.search(rf"{key}:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    return float(found[1]) / 1024 if found else 0.0


def _forked(kind: str, name: str) -> None:
    """Try one in a child, which may die; what it found, or how it ended, is a line."""
    sys.stdout.flush()
    if (child := os.fork()) == 0:
        code = 1
        try:
            signal.alarm(_SECONDS)
            with tempfile.TemporaryDirectory() as folder:
                found = (attack if kind == "attack" else fault)(name, Path(folder))
            print(json.dumps({"name": name, **found}), flush=True)
            code = 0
        finally:
            if code:
                traceback.print_exc()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if status:
        said = f"FAILED: the process ended with {os.waitstatus_to_exitcode(status)}"
        print(json.dumps({"name": name, "said": said, "good": False}), flush=True)


def main() -> None:
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    for name in ATTACKS if sys.argv[1] == "attack" else FAULTS:
        if sys.argv[2:] in ([], [name]):
            _forked(sys.argv[1], name)


if __name__ == "__main__":
    main()
