"""Under which licences the program and everything installed with it stand.

What packages say of themselves is read from their metadata, what wheels carry inside from their
files, and what checkpoints were trained on from their cards.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from motionstudio.environment.carried import GPL, carried, licence_of_library
from motionstudio.environment.installed import find_package
from motionstudio.environment.lock import CORE, Pin, normalised

UNKNOWN = "not stated"
EXTRA = "extra"
"""The section of what extras bring that no lock names."""
_CLASSIFIER = "License :: OSI Approved :: "
_EXTRAS = ("umap-learn", "antspyx")
_REQUIRED = re.compile(r"[A-Za-z0-9._-]+")
_TEXT = re.compile(r"licen[cs]e|copying|notice", re.IGNORECASE)


class Licensed(NamedTuple):
    """What one installed package says.

    Attributes:
        name, version: of the package; the version without a local suffix.
        licence: SPDX expression, or the words of its metadata.
        carried: names of the libraries inside its wheel.
        section: of the lock.
        texts: how many files of licences it brings.
    """

    name: str
    version: str
    licence: str
    carried: tuple[str, ...]
    section: str = CORE
    texts: int = 1


class Library(NamedTuple):
    """A library inside wheels, its licence, and the packages that carry it."""

    name: str
    licence: str
    carriers: tuple[str, ...]


def licensed(pins: Iterable[Pin], section: str | None = None) -> list[Licensed]:
    """The installed packages of the lock by name, or of one section; missing ones are left out."""
    wanted = [pin for pin in sorted(pins) if section in (None, pin.section)]
    found = [_facts(pin.name, pin.section) for pin in wanted]
    return [each for each in found if each is not None]


def beyond_lock(pins: Iterable[Pin]) -> list[Licensed]:
    """What extras brought that are installed though the lock does not name them."""
    known = {pin.name for pin in pins}
    open_names, found = list(_EXTRAS), dict[str, Licensed]()
    while open_names:
        name = normalised(open_names.pop())
        if name in known or name in found or (facts := _facts(name, EXTRA)) is None:
            continue
        found[name] = facts
        lines = find_package(name).requires or ()
        matches = [_REQUIRED.match(line) for line in lines if "extra ==" not in line]
        open_names += [match[0] for match in matches if match]
    return sorted(found.values())


def _facts(name: str, section: str) -> Licensed | None:
    try:
        package = find_package(name)
    except metadata.PackageNotFoundError:
        return None
    version = package.version.partition("+")[0]
    return Licensed(
        name, version, licence_of(package), carried(package), section, count_texts(package)
    )


def licence_of(package: metadata.Distribution) -> str:
    """The licence that a package states: its expression, its field, or its classifiers."""
    facts = package.metadata
    if "License-Expression" in facts:
        return str(facts["License-Expression"])
    words = str(facts["License"]).strip() if "License" in facts else ""
    if words and "\n" not in words and len(words) < 80:
        return words
    classifiers = [str(each) for each in facts.get_all("Classifier") or []]
    names = [each.removeprefix(_CLASSIFIER) for each in classifiers if _CLASSIFIER in each]
    return ", ".join(names) or UNKNOWN


def count_texts(package: metadata.Distribution) -> int:
    """How many files of licences lie in a package."""
    files = package.files or ()
    return sum(
        bool(_TEXT.search(file.name)) and not file.name.endswith((".py", ".pyc")) for file in files
    )


def libraries(rows: Iterable[Licensed]) -> list[Library]:
    """Every library inside a wheel once, by name and licence."""
    carriers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        for name in row.carried:
            carriers[_family(name), licence_of_library(row.name, name)].append(row.name)
    return [
        Library(name, licence, tuple(sorted(set(names))))
        for (name, licence), names in sorted(carriers.items())
    ]


def under_gpl(found: Iterable[Library]) -> tuple[str, ...]:
    """Libraries under nothing but the GPL that bundles get: not those of Qt that nothing uses."""
    return tuple(each.name for each in found if each.licence == GPL)


def of_checkpoints(folder: Path | None) -> dict[str, list[str]]:
    """Names of the shipped checkpoints by what their training material asks for."""
    found: dict[str, list[str]] = defaultdict(list)
    for card in sorted(folder.glob("*/card.toml")) if folder else ():
        facts = tomllib.loads(card.read_text(encoding="utf-8"))
        found[_stated(facts)].append(card.parent.name)
    return dict(sorted(found.items()))


def _stated(facts: dict[str, object]) -> str:
    for part in (facts, *facts.values()):
        if isinstance(part, dict) and isinstance(part.get("licence"), str):
            return str(part["licence"])
    return UNKNOWN


def ffmpeg_licence() -> str:
    """What the FFmpeg inside PyAV says of itself; empty where PyAV does not tell."""
    try:
        from av._core import library_meta
    except ImportError:
        return ""
    return ", ".join(sorted({str(facts["license"]) for facts in library_meta.values()}))


def _family(name: str) -> str:
    """Qt's many libraries count as one, but for those under another licence."""
    strict = licence_of_library("", name) == "GPL-3.0-only"
    return name if strict or not name.startswith("libQt6") else "libQt6*"
