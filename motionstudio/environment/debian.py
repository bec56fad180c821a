"""Debian's and Ubuntu's packages: installed as root, otherwise the exact command."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence

Tell = Callable[[str], None]


def has_apt() -> bool:
    """Tell whether this machine installs its packages with apt-get."""
    return shutil.which("apt-get") is not None


def is_root() -> bool:
    """Tell whether this process may install packages without asking."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def install_command(packages: Sequence[str]) -> str:
    """Return the command that a person types to install ``packages``."""
    prefix = "" if is_root() else "sudo "
    return f"{prefix}apt-get install -y {' '.join(packages)}"


def _apt(arguments: Sequence[str]) -> bool:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        ["apt-get", *arguments],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


def install(packages: Sequence[str], tell: Tell) -> bool:
    """Install ``packages`` with apt-get as root and tell whether that worked.

    The lists are fetched only when the first try fails: a fresh container has none.
    """
    tell(f"Installing system packages: {' '.join(packages)}")
    wanted = ["install", "-y", "--no-install-recommends", *packages]
    if _apt(wanted):
        return True
    tell("Fetching the lists of system packages")
    return _apt(["update"]) and _apt(wanted)
