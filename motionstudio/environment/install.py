"""pip, with its progress in one line per package."""

from __future__ import annotations

import os
import re
import subprocess
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from motionstudio.environment.errors import SetupError
from motionstudio.environment.interpreter import clean_environ
from motionstudio.environment.lock import Pin

Tell = Callable[[str], None]
_COLLECTING = re.compile(r"Collecting ([A-Za-z0-9._-]+)")
_DOWNLOADING = re.compile(r"\s*Downloading (\S+) \((.+)\)")
_INSTALLING = re.compile(r"Installing collected packages: (.*)")
_CAUSES = (
    (
        re.compile(r"No space left on device|not enough space on the disk", re.IGNORECASE),
        "The disk is full: the packages need about 2 GB, with CUDA 10 GB.",
        "Make room and start again: what was installed is kept.",
    ),
    (
        re.compile(
            "Failed to establish a new connection|Temporary failure in name resolution"
            "|getaddrinfo failed|Network is unreachable|ProxyError|ConnectTimeoutError"
            "|ReadTimeoutError|Connection refused"
        ),
        "The package index cannot be reached, so the packages cannot be downloaded.",
        "Connect to the network and start again, or install from a folder of wheels: "
        "PIP_NO_INDEX=1 PIP_FIND_LINKS=FOLDER python3 main.py.",
    ),
)
"""What pip's output says of why it failed, as a sentence and what helps."""
TORCH = "torch"
TORCH_INDEX = "MOTIONSTUDIO_TORCH_INDEX"


class Pip(NamedTuple):
    """How to run pip on the environment, the lock that constrains it, and where its log goes."""

    command: list[str]
    lock: str
    log: str


def short_line(line: str) -> str | None:
    """Return what a person wants to see of a line of pip's output, None for nothing."""
    if found := _COLLECTING.match(line):
        return f"  {found[1]}"
    if found := _DOWNLOADING.match(line):
        # Files of metadata are announced the same way and say nothing to a person.
        return None if ".metadata" in found[1] else f"    downloading {found[1]}, {found[2]}"
    if found := _INSTALLING.match(line):
        return f"  installing {found[1].count(',') + 1} packages"
    return None


def _stream(command: Sequence[str], environ: dict[str, str], log: str, tell: Tell) -> list[str]:
    last: deque[str] = deque(maxlen=15)
    with (
        open(log, "a", encoding="utf-8") as file,
        subprocess.Popen(
            command,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        for line in process.stdout or ():
            file.write(line)
            last.append(line.rstrip())
            if short := short_line(line):
                tell(short)
    return [] if process.returncode == 0 else [*last] or ["pip said nothing"]


def known_cause(output: str) -> tuple[str, str] | None:
    """Return why pip failed and what helps, where its output says so in words that are known."""
    return next(((why, help_) for sign, why, help_ in _CAUSES if sign.search(output)), None)


def run_pip(
    pip: Pip, arguments: Sequence[str], tell: Tell, environ: dict[str, str] | None = None
) -> None:
    """Run ``pip install`` with ``arguments``, telling its progress.

    Raises:
        SetupError: pip failed; the message is a sentence, or holds its last lines.
    """
    options = ["--progress-bar", "off", "--constraint", pip.lock]
    command = [*pip.command, "install", *options, *arguments]
    log = Path(pip.log)
    begun = log.stat().st_size if log.exists() else 0
    failed = _stream(command, environ or clean_environ(), pip.log, tell)
    if failed:
        if known := known_cause(log.read_bytes()[begun:].decode(errors="replace")):
            raise SetupError(known[0], f"{known[1]} All of pip's output: {pip.log}")
        said = "\n".join(f"    {line}" for line in failed if line)
        raise SetupError(
            f"The packages could not be installed; pip's last words:\n{said}",
            f"Check the network and the free disk space and start again: finished downloads are "
            f"kept. All of pip's output: {pip.log}",
        )


def _torch_arguments(index: str | None) -> list[str]:
    # Beside the registry, not in its place: only torch has a newer (local) version there.
    return ["--extra-index-url", index] if index else []


def install(pip: Pip, pins: Sequence[Pin], damaged: frozenset[str], tell: Tell) -> None:
    """Bring the environment to ``pins``.

    Torch goes first and alone: where the machine offers a build of its own it is found for
    exactly this version, and what comes after takes it as given.

    Args:
        pip: how to run pip.
        pins: every package wanted; those already there cost nothing.
        damaged: packages whose files are incomplete and must be written again.
        tell: told one line of progress at a time.
    """
    index = os.environ.get(TORCH_INDEX)
    torch = [str(pin) for pin in pins if pin.name == TORCH]
    if torch:
        tell("Step 1 of 2: torch (with CUDA this is several gigabytes)")
        run_pip(pip, [*torch, *_torch_arguments(index)], tell)
    tell("Step 2 of 2: the other packages")
    run_pip(pip, [str(pin) for pin in pins if pin.name != TORCH], tell)
    again = [str(pin) for pin in pins if pin.name in damaged]
    if again:
        tell("Writing damaged packages again")
        run_pip(pip, ["--force-reinstall", "--no-deps", *again], tell)


def install_gpu_torch(pip: Pip, pin: Pin, index: str | None, tell: Tell) -> None:
    """Replace torch by the build that can use an NVIDIA GPU.

    Without ``index`` this is the registry's plain build, which on Linux is built for CUDA; local
    files and extra indexes that offer a CPU build of the same version are left out.
    """
    environ = clean_environ()
    if not index:
        environ = {
            key: value
            for key, value in environ.items()
            if key not in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL")
        }
        environ["PIP_CONFIG_FILE"] = os.devnull
    tell("Installing the CUDA build of torch (several gigabytes)")
    run_pip(
        pip, ["--force-reinstall", "--no-deps", str(pin), *_torch_arguments(index)], tell, environ
    )
    run_pip(pip, [str(pin), *_torch_arguments(index)], tell, environ)


def log_path(folder: str) -> str:
    """Return where pip's output goes, a fresh file for every set-up."""
    path = Path(folder) / "setup.log"
    path.unlink(missing_ok=True)
    return str(path)
