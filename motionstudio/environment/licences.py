"""Under which licences the program and everything installed with it stand, as Markdown.

What packages say of themselves is read from their metadata; libraries that wheels carry inside
are listed by file. PyAV tells the licence of the FFmpeg that it carries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from motionstudio.environment.lock import CORE, Pin

UNKNOWN = "not stated"
_CLASSIFIER = "License :: OSI Approved :: "
_GPL_ONLY = {"libx264", "libx265"}
"""Libraries under the GPL that wheels of PyAV carry, whatever FFmpeg says of itself."""
_HASHED = re.compile(r"(-[0-9a-f]{8})+(?=\.)|(-[0-9a-f]{8,})+(?=\.so)")


class Licensed(NamedTuple):
    """What one installed package says.

    Attributes:
        name, version: of the package.
        licence: SPDX expression, or the words of its metadata.
        carried: names of the libraries inside its wheel.
    """

    name: str
    version: str
    licence: str
    carried: tuple[str, ...]


def licensed(pins: Iterable[Pin], section: str = CORE) -> list[Licensed]:
    """The installed packages of a section of the lock, by name; missing ones are left out."""
    found = []
    for pin in sorted(pins):
        if pin.section != section:
            continue
        try:
            package = metadata.distribution(pin.name)
        except metadata.PackageNotFoundError:
            continue
        found.append(Licensed(pin.name, package.version, licence_of(package), carried(package)))
    return found


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


def carried(package: metadata.Distribution) -> tuple[str, ...]:
    """Names of the shared libraries that lie in the wheel's own folder of libraries."""
    names = set()
    for file in package.files or ():
        inside = file.parts[0].endswith((".libs", ".dylibs"))
        if inside and (".so" in file.name or file.suffix in (".dll", ".dylib")):
            names.add(_HASHED.sub("", file.name).split(".")[0])
    return tuple(sorted(names))


def under_gpl(rows: Iterable[Licensed]) -> tuple[str, ...]:
    """Libraries under the GPL that wheels carry: what a bundle of everything is bound by."""
    return tuple(sorted(_GPL_ONLY & {name for row in rows for name in row.carried}))


def ffmpeg_licence() -> str:
    """What the FFmpeg inside PyAV says of itself; empty where PyAV does not tell."""
    try:
        from av._core import library_meta
    except ImportError:
        return ""
    return ", ".join(sorted({str(facts["license"]) for facts in library_meta.values()}))


def report(rows: Iterable[Licensed], own: Path | None = None) -> str:
    """The list as Markdown.

    Args:
        rows: what ``licensed`` found.
        own: the program's own licence file; its first line is named.
    """
    rows = list(rows)
    first = own.read_text(encoding="utf-8").splitlines()[0] if own and own.exists() else ""
    head = f"MotionStudio itself: {first or 'MIT License'}.\n\n"
    lines = ["| package | version | licence | libraries inside |", "|---|---|---|---|"]
    for row in rows:
        inside = ", ".join(row.carried)
        lines.append(f"| {row.name} | {row.version} | {row.licence} | {inside} |")
    notes = []
    if words := ffmpeg_licence():
        notes.append(f"The FFmpeg inside PyAV says of itself: {words}.")
    if strict := under_gpl(rows):
        notes.append(
            f"Wheels carry {' and '.join(strict)}, which are under the GPL: whoever passes on a "
            "bundle that contains them passes it on under the GPL. A PyAV built without them, or "
            "a system's own FFmpeg, avoids that."
        )
    notes.append(
        "Qt for Python is used under the LGPL: it is linked dynamically and can be replaced."
    )
    return head + "\n".join(lines) + "\n\n" + "\n".join(notes) + "\n"
