"""The Python inside ``.venv``: asked what it has, made, and repaired."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from motionstudio.environment import debian
from motionstudio.environment.errors import SetupError
from motionstudio.environment.stamp import environment_folder, environment_python

OLDEST = (3, 11)
SETUP_LOCK = ".setup-lock"
_PROBE = str(Path(__file__).with_name("probe.py"))
# Settings of pip and Python that would send packages elsewhere than into the environment.
_MISLEADING = ("PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_PYTHON")


class Facts(NamedTuple):
    """What the environment's Python said of itself.

    ``versions`` maps normalised package names to versions; ``damaged`` names the packages of
    which files are missing; ``packages`` is the folder they lie in.
    """

    version: tuple[int, ...]
    base: str
    packages: str
    versions: dict[str, str]
    damaged: frozenset[str]


def clean_environ() -> dict[str, str]:
    """Return this process's environment without what would lead an installer astray."""
    kept = {key: value for key, value in os.environ.items() if key not in _MISLEADING}
    return {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}


def ask(root: str) -> Facts | None:
    """Ask the environment's Python; None if there is none that works and is new enough."""
    command = [environment_python(root), "-I", _PROBE]
    try:
        done = subprocess.run(
            command, env=clean_environ(), capture_output=True, text=True, timeout=120, check=False
        )
        facts = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    inside = facts["prefix"] == os.path.realpath(environment_folder(root))
    if not inside or tuple(facts["version"]) < OLDEST:
        return None
    version, damaged = tuple(facts["version"]), frozenset(facts["damaged"])
    return Facts(version, facts["base"], facts["packages"], facts["versions"], damaged)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def clear(folder: Path, version: tuple[int, ...]) -> None:
    """Remove what is broken of an environment.

    Of one for the same Python ``version`` only the interpreter goes, so that its packages stay and
    a repair needs no network; of any other everything but the lock that this process holds.
    """
    short = f"python{version[0]}.{version[1]}"
    # Windows has one Lib for all versions: only pyvenv.cfg could tell, and that may be gone.
    if os.name != "nt" and (folder / "lib" / short / "site-packages").is_dir():
        doomed = [*folder.glob("bin/python*"), *folder.glob("pyvenv.cfg")]
    else:
        doomed = [path for path in folder.iterdir() if path.name != SETUP_LOCK]
    for path in doomed:
        _remove(path)


def create(root: str) -> None:
    """Make the environment's Python anew, without pip, from the Python that runs this.

    Raises:
        SetupError: this Python has no venv module, or the folder cannot be written.
    """
    folder = Path(environment_folder(root))
    try:
        import venv

        clear(folder, sys.version_info[:2])
        venv.EnvBuilder(with_pip=False, symlinks=os.name != "nt").create(folder)
    except ImportError:
        raise SetupError("This Python has no venv module.", _venv_hint()) from None
    except (OSError, subprocess.SubprocessError) as error:
        raise SetupError(
            f"The environment in {folder} could not be made: {error}.",
            "Close other windows of MotionStudio, or remove that folder, and start again.",
        ) from error


def _venv_package() -> str:
    return f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"


def _venv_hint() -> str:
    if debian.has_apt():
        return f"Run: {debian.install_command([_venv_package()])}"
    return "Install your system's package for Python's venv and ensurepip modules."


def _works(command: list[str]) -> str | None:
    done = subprocess.run(command, env=clean_environ(), capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None


def _ensure_pip(python: str, packages: str) -> bool:
    for path in Path(packages).glob("pip*"):
        if path.name == "pip" or path.name.endswith(".dist-info"):
            _remove(path)
    return _works([python, "-m", "ensurepip", "--upgrade", "--default-pip"]) is not None


def _outer_pip() -> bool:
    said = _works([sys.executable, "-m", "pip", "--version"])
    words = (said or "").split()
    if len(words) < 2:
        return False
    numbers = [int(part) for part in words[1].split(".")[:2] if part.isdigit()]
    return tuple(numbers) >= (22, 3)


def pip_command(root: str, packages: str, tell: debian.Tell) -> list[str]:
    """Return a command that runs pip on the environment.

    Tried in turn: the environment's own pip, ensurepip, the pip of the Python that runs this
    (22.3 and later work on another interpreter), and as root on Debian its venv package.

    Raises:
        SetupError: none of them is to be had; the hint is the exact command that helps.
    """
    python = environment_python(root)
    own = [python, "-m", "pip"]
    if _works([*own, "--version"]) is not None or _ensure_pip(python, packages):
        return own
    if _outer_pip():
        return [sys.executable, "-m", "pip", "--python", python]
    may_install = debian.has_apt() and debian.is_root()
    if may_install and debian.install([_venv_package()], tell) and _ensure_pip(python, packages):
        return own
    raise SetupError("This Python has neither pip nor ensurepip.", _venv_hint())
