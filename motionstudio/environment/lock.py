"""The lock file: which packages in which version, and whether they are installed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from motionstudio.environment.installed import find_package

CORE = "core"
_SECTION = re.compile(r"#\s*\[(\w+)\]")
_PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([A-Za-z0-9.!]+)")


class Pin(NamedTuple):
    """One line of the lock: a normalised package name, its public version and its section."""

    name: str
    version: str
    section: str

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"


class Difference(NamedTuple):
    """A package that is not as locked; ``installed`` is None where it is missing."""

    pin: Pin
    installed: str | None


def normalised(name: str) -> str:
    """Return a package name in the one spelling that all its spellings share."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parse_lock(text: str) -> list[Pin]:
    """Read the lines of a lock.

    Args:
        text: ``name==version`` lines below ``# [section]`` comments.

    Raises:
        ValueError: a line is neither, or carries a local version, a URL or a marker.
    """
    pins: list[Pin] = []
    section = CORE
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if heading := _SECTION.match(bare):
            section = heading[1]
        elif bare and not bare.startswith("#"):
            match = _PIN.fullmatch(bare)
            if match is None:
                raise ValueError(f"line {number}: expected name==version, received {bare!r}")
            pins.append(Pin(normalised(match[1]), match[2], section))
    return pins


def read_lock(path: str | Path) -> list[Pin]:
    """Read the pins of the lock file at ``path``."""
    return parse_lock(Path(path).read_text(encoding="utf-8"))


def needed(pins: Iterable[Pin], tools: bool) -> list[Pin]:
    """Return the pins of the program alone, or with ``tools`` those of tests and checks too."""
    return [pin for pin in pins if tools or pin.section == CORE]


def satisfies(installed: str, locked: str) -> bool:
    """Tell whether an installed version is the locked one; a local suffix (+cpu) is no other."""
    return installed == locked or installed.partition("+")[0] == locked


def differences(pins: Iterable[Pin], installed: Mapping[str, str]) -> list[Difference]:
    """Return every pin whose version is not among ``installed`` (normalised name to version)."""
    found = [Difference(pin, installed.get(pin.name)) for pin in pins]
    return [
        item
        for item in found
        if item.installed is None or not satisfies(item.installed, item.pin.version)
    ]


def running_versions(names: Iterable[str]) -> dict[str, str]:
    """Return the versions that this very interpreter has of the packages ``names``."""
    versions: dict[str, str] = {}
    for name in names:
        try:
            versions[normalised(name)] = find_package(name).version
        except metadata.PackageNotFoundError:
            continue
    return versions


def running_matches(pins: Iterable[Pin]) -> bool:
    """Tell whether this interpreter has every pin, stopping at the first that it lacks."""
    return all(not differences([pin], running_versions([pin.name])) for pin in pins)
