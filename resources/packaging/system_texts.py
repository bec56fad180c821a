"""Licence texts of the libraries that a bundle takes from the system it is built on (Debian's)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

Entry = tuple[str, str, str]


def texts(binaries: list[Entry], packages: str) -> list[Entry]:
    """What goes into ``licences/system``: a copyright file for each package of the system.

    Args:
        binaries: PyInstaller's: where they go, where they come from, of which kind.
        packages: folder of the installed Python packages, which bring texts of their own.

    Returns:
        Entries for PyInstaller's data; none where the system has no dpkg.
    """
    if shutil.which("dpkg-query") is None:
        return []
    outside = {
        str(place)
        for _, source, kind in binaries
        if kind == "BINARY" and not source.startswith(packages)
        for place in (Path(source), Path(source).resolve())
    }
    found = {}
    for place in sorted(outside):
        # Where /lib is a link to /usr/lib, dpkg knows either name.
        for name in (place, place.removeprefix("/usr"), "/usr" + place):
            owner = _owner(name)
            text = Path("/usr/share/doc", owner, "copyright")
            if owner and text.is_file():
                found[f"licences/system/{owner}.txt"] = str(text)
                break
    return [(target, source, "DATA") for target, source in sorted(found.items())]


def _owner(place: str) -> str:
    said = subprocess.run(
        ["dpkg-query", "--search", place], check=False, capture_output=True, text=True
    )
    return said.stdout.partition(":")[0].partition(",")[0] if said.returncode == 0 else ""
