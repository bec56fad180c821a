"""The packages that this interpreter has, without the copies that packages carry inside."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

_HOMES = frozenset({"site-packages", "dist-packages"})


def package_folders() -> list[str]:
    """Return where packages are installed: ``sys.path`` without folders inside of a package.

    Ray, once imported, puts such a folder in front of all others; its copies are not whole.
    """
    return [entry for entry in sys.path if not _HOMES.intersection(Path(entry).parent.parts)]


def find_package(name: str) -> metadata.Distribution:
    """Return the installed package ``name``.

    Raises:
        PackageNotFoundError: there is none.
    """
    for distribution in metadata.distributions(name=name, path=package_folders()):
        return distribution
    raise metadata.PackageNotFoundError(name)
