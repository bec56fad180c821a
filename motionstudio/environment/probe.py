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


def is_whole(distribution: metadata.Distribution) -> bool:
    """Tell whether every module and datum is there that the installer recorded for a package.

    An installer that was stopped midway leaves no record, or a record without its files. Scripts
    and manuals, which lie outside of the package folder, are not needed.
    """
    record = distribution.read_text("RECORD")
    if not record or not distribution.read_text("INSTALLER"):
        return False
    base = str(distribution.locate_file(""))
    names = (row[0] for row in csv.reader(record.splitlines()) if row)
    needed = (name for name in names if not name.endswith(".pyc") and not name.startswith(".."))
    return all(os.path.exists(os.path.join(base, name)) for name in needed)


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
