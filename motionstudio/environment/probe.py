"""Asked of another interpreter: what it is and which packages it has whole.

Run as ``python -I probe.py``; prints one JSON object.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sys
import sysconfig
from importlib import metadata


def lost_files(distribution: metadata.Distribution) -> list[str] | None:
    """Return the recorded modules and data of a package that are gone; None without a record.

    Scripts and manuals, which lie outside of the package folder, are not needed.
    """
    record = distribution.read_text("RECORD")
    if not record:
        return None
    base = str(distribution.locate_file(""))
    names = (row[0] for row in csv.reader(record.splitlines()) if row)
    needed = (name for name in names if not name.endswith(".pyc") and not name.startswith(".."))
    return [name for name in needed if not os.path.exists(os.path.join(base, name))]


def is_whole(distribution: metadata.Distribution) -> bool:
    """Tell whether an installer has finished a package and all its files are there.

    One that was stopped midway leaves no record, or no word that it has finished.
    """
    return lost_files(distribution) == [] and bool(distribution.read_text("INSTALLER"))


def installed_packages(folder: str) -> tuple[dict[str, str], list[str]]:
    """Return the versions by normalised name in ``folder``, and the names that are not whole."""
    versions: dict[str, str] = {}
    damaged: list[str] = []
    for distribution in metadata.distributions(path=[folder]):
        name = re.sub(r"[-_.]+", "-", distribution.metadata["Name"] or "").lower()
        versions[name] = distribution.version
        if not is_whole(distribution):
            damaged.append(name)
    return versions, damaged


def main() -> None:
    """Write what this interpreter is and has to standard output."""
    folder = sysconfig.get_paths()["purelib"]
    versions, damaged = installed_packages(folder)
    facts = {
        "version": list(sys.version_info[:3]),
        "prefix": os.path.realpath(sys.prefix),
        "base": sys.base_prefix,
        "packages": folder,
        "versions": versions,
        "damaged": damaged,
    }
    json.dump(facts, sys.stdout)


if __name__ == "__main__":
    main()
