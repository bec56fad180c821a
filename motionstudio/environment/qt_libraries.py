"""The system libraries that Qt loads on Linux, whether they are there, and how to get them."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from motionstudio.environment import debian

OFFSCREEN, X11, WAYLAND = "offscreen", "x11", "wayland"

# Library name to Debian package, for each way that Qt can show its windows.
LIBRARIES: dict[str, dict[str, str]] = {
    OFFSCREEN: {
        "libEGL.so.1": "libegl1",
        "libGL.so.1": "libgl1",
        "libxkbcommon.so.0": "libxkbcommon0",
        "libfontconfig.so.1": "libfontconfig1",
        "libfreetype.so.6": "libfreetype6",
        "libdbus-1.so.3": "libdbus-1-3",
        "libglib-2.0.so.0": "libglib2.0-0",
        "libgthread-2.0.so.0": "libglib2.0-0",
        "libX11.so.6": "libx11-6",
        "libz.so.1": "zlib1g",
        "libzstd.so.1": "libzstd1",
    },
    X11: {
        "libX11-xcb.so.1": "libx11-xcb1",
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-randr.so.0": "libxcb-randr0",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-render.so.0": "libxcb-render0",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-shm.so.0": "libxcb-shm0",
        "libxcb-sync.so.1": "libxcb-sync1",
        "libxcb-util.so.1": "libxcb-util1",
        "libxcb-xfixes.so.0": "libxcb-xfixes0",
        "libxcb-xkb.so.1": "libxcb-xkb1",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    },
    WAYLAND: {
        "libwayland-client.so.0": "libwayland-client0",
        "libwayland-cursor.so.0": "libwayland-cursor0",
    },
}
FONTS = "a font"
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


class Missing(NamedTuple):
    """A system library that could not be loaded, and the Debian package that has it."""

    library: str
    package: str


def display_groups(environ: Mapping[str, str]) -> set[str]:
    """Return the groups of libraries that a window needs on the display ``environ`` names."""
    if environ.get("DISPLAY"):
        return {OFFSCREEN, X11}
    return {OFFSCREEN, WAYLAND} if environ.get("WAYLAND_DISPLAY") else {OFFSCREEN}


def can_load(library: str) -> bool:
    """Tell whether the dynamic linker finds ``library`` and everything that it needs."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font(folders: Iterable[str] = _FONT_FOLDERS) -> bool:
    """Tell whether ``folders`` hold a font: Qt brings none, and without one no text shows."""
    for folder in folders:
        for _, _, names in os.walk(Path(folder).expanduser()):
            if any(name.lower().endswith((".ttf", ".otf", ".ttc", ".pfb")) for name in names):
                return True
    return False


def find_missing(
    groups: Iterable[str],
    loads: Callable[[str], bool] = can_load,
    font: Callable[[], bool] = has_font,
    platform: str = sys.platform,
) -> list[Missing]:
    """Return what Qt would miss.

    Args:
        groups: names of groups in ``LIBRARIES``.
        loads: tells whether a library can be loaded.
        font: tells whether there is any font.
        platform: as ``sys.platform``; only Linux leaves these libraries to the system.
    """
    if not platform.startswith("linux"):
        return []
    wanted = [pair for group in sorted(groups) for pair in LIBRARIES[group].items()]
    missing = [Missing(library, package) for library, package in wanted if not loads(library)]
    return missing if font() else [*missing, Missing(FONTS, "fonts-dejavu-core")]


def advice(missing: Iterable[Missing], which: Callable[[str], str | None] = shutil.which) -> str:
    """Return the exact command that installs ``missing`` here, or the names where none is known."""
    found = list(missing)
    packages = list(dict.fromkeys(item.package for item in found))
    libraries = [item.library for item in found if item.library != FONTS]
    fonts = ["dejavu-sans-fonts"] if len(libraries) < len(found) else []
    if which("apt-get"):
        return debian.install_command(packages)
    for installer in ("dnf", "zypper"):
        if which(installer):
            # Both take the name of a library as that of the package that provides it.
            provided = [f"'{name}()(64bit)'" for name in libraries] + fonts
            return f"sudo {installer} install -y {' '.join(provided)}"
    return "install what provides: " + ", ".join(item.library for item in found)


def ensure(groups: Iterable[str], tell: debian.Tell) -> list[Missing]:
    """Install what Qt misses where we may (Debian as root); return what is missing after that."""
    wanted = set(groups)
    missing = find_missing(wanted)
    if missing and debian.has_apt() and debian.is_root():
        debian.install(list(dict.fromkeys(item.package for item in missing)), tell)
        missing = find_missing(wanted)
    return missing
