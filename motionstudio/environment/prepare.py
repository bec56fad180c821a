"""One interpreter with every locked package: found, made or repaired."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from motionstudio.environment import gpu, install, interpreter, lock, stamp
from motionstudio.environment.errors import SetupError
from motionstudio.environment.interpreter import SETUP_LOCK, Facts

Tell = Callable[[str], None]
_HELD = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)


def _seize(file: IO[str], wait: bool) -> bool:
    """Take the lock that the system gives back even when its holder crashes."""
    try:
        if sys.platform == "win32":
            import msvcrt

            mode = msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK
            file.seek(0)
            msvcrt.locking(file.fileno(), mode, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # Any other reason: this file system has no locks, and waiting would never end.
        return error.errno not in _HELD
    return True


@contextmanager
def exclusive(root: str, tell: Tell) -> Iterator[None]:
    """Let one process at a time work on the environment; others wait and are told so.

    Raises:
        SetupError: the checkout cannot be written.
    """
    folder = Path(stamp.environment_folder(root))
    try:
        folder.mkdir(exist_ok=True)
        file = open(folder / SETUP_LOCK, "a+", encoding="utf-8")  # noqa: SIM115 - closed below
    except OSError as error:
        raise SetupError(
            f"The folder {folder} cannot be written: {error.strerror}.",
            "Make it writable, or move it away if something else lies there, and start again.",
        ) from error
    with file:
        if not _seize(file, wait=False):
            tell("Another start is setting up; waiting for it")
            while not _seize(file, wait=True):
                continue
        yield


def _lacking(pins: Sequence[lock.Pin], facts: Facts) -> list[lock.Pin]:
    wrong = [item.pin for item in lock.differences(pins, facts.versions)]
    return wrong + [pin for pin in pins if pin.name in facts.damaged and pin not in wrong]


def _sound_interpreter(root: str, tell: Tell) -> Facts:
    facts = interpreter.ask(root)
    if facts is None:
        tell("Making the environment in .venv")
        interpreter.create(root)
        facts = interpreter.ask(root)
    if facts is None:
        raise SetupError(
            f"The Python just made in {stamp.environment_folder(root)} does not run.",
            "Remove that folder and start again with another Python 3.11 or later.",
        )
    return facts


def _pip(root: str, facts: Facts, tell: Tell) -> install.Pip:
    command = interpreter.pip_command(root, facts.packages, tell)
    log = install.log_path(stamp.environment_folder(root))
    return install.Pip(command, os.path.join(root, stamp.LOCK), log)


def _complete(root: str, pins: Sequence[lock.Pin], facts: Facts, tell: Tell) -> Facts:
    if not _lacking(pins, facts):
        return facts
    tell(f"Installing {len(pins)} packages; this takes a few minutes, once")
    install.install(_pip(root, facts, tell), pins, facts.damaged, tell)
    after = interpreter.ask(root)
    left = _lacking(pins, after) if after else list(pins)
    if after is None or left:
        names = ", ".join(map(str, left))
        raise SetupError(
            f"These packages are still not as locked: {names}.",
            "Remove the folder .venv and start again.",
        )
    if said := gpu.advice(gpu.find_gpus(), gpu.torch_cuda(Path(after.packages))):
        tell(said)
    return after


def _stamp(root: str, tools: bool, facts: Facts) -> None:
    version = ".".join(map(str, facts.version))
    stamp.write_stamp(root, tools, version, facts.base, facts.packages)


def _runs_inside(root: str) -> bool:
    return os.path.realpath(sys.prefix) == os.path.realpath(stamp.environment_folder(root))


def ready_python(root: str, tools: bool, tell: Tell) -> str:
    """Return an interpreter that has every locked package.

    The stamped environment if nothing has changed; else this very interpreter if it has them
    all; else the environment, made or repaired first.

    Args:
        root: the checkout, which holds the lock file.
        tools: whether the tools for tests and checks are wanted too.
        tell: told one line of progress at a time.

    Raises:
        SetupError: the environment could not be made; says why and what helps.
    """
    if stamp.is_current(root, tools):
        return stamp.environment_python(root)
    pins = lock.read_lock(os.path.join(root, stamp.LOCK))
    if not _runs_inside(root) and lock.running_matches(lock.needed(pins, tools)):
        return sys.executable
    return repaired_python(root, tools, tell)


def repaired_python(root: str, tools: bool, tell: Tell) -> str:
    """Check the environment package by package, mend what is amiss, and return its Python."""
    with exclusive(root, tell):
        # The start that held the lock before us may have done everything.
        if not stamp.is_current(root, tools):
            tools = tools or stamp.stamped_tools(root)
            pins = lock.needed(lock.read_lock(os.path.join(root, stamp.LOCK)), tools)
            facts = _complete(root, pins, _sound_interpreter(root, tell), tell)
            _stamp(root, tools, facts)
    return stamp.environment_python(root)


def install_gpu_torch(root: str, index: str | None, tell: Tell) -> None:
    """Give the environment a torch that can use an NVIDIA GPU.

    Raises:
        SetupError: it could not be installed, or the build that came is for the CPU only.
    """
    with exclusive(root, tell):
        facts = _sound_interpreter(root, tell)
        pins = lock.read_lock(os.path.join(root, stamp.LOCK))
        torch = next(pin for pin in pins if pin.name == install.TORCH)
        install.install_gpu_torch(_pip(root, facts, tell), torch, index, tell)
        if gpu.torch_cuda(Path(facts.packages)) is None:
            raise SetupError(
                "The torch that this index offers for this machine is for the CPU only.",
                "Give the address of a CUDA index with --torch-index.",
            )
        _stamp(root, stamp.stamped_tools(root), interpreter.ask(root) or facts)
