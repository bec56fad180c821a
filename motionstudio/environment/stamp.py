"""The stamp in ``.venv``: says, for the price of three file look-ups, that nothing has changed.

It holds the lock file word for word, what the environment's Python is, and when its package
folder last gained or lost an entry. Only ``os`` is imported here: every start reads the stamp.
"""

from __future__ import annotations

import os

LOCK = "requirements.lock"
_NAME = "motionstudio-stamp"
_LIBRARIES = "motionstudio-libraries"
_RULE = "\n--- requirements.lock\n"


def environment_folder(root: str) -> str:
    """Return the folder of the virtual environment of the checkout at ``root``."""
    return os.path.join(root, ".venv")


def environment_python(root: str, platform: str = os.name) -> str:
    """Return the path of the environment's Python, whether it is there or not."""
    place = ("Scripts", "python.exe") if platform == "nt" else ("bin", "python")
    return os.path.join(environment_folder(root), *place)


def _identity(path: str) -> str:
    real = os.path.realpath(path)
    status = os.stat(real)
    size = 0 if os.path.isdir(real) else status.st_size
    return f"{status.st_mtime_ns} {size} {path}"


def _header(root: str, level: str, version: str, base: str, packages: str) -> str:
    python = _identity(environment_python(root))
    return "\n".join([level, version, base, packages, python, _identity(packages)])


def _lock_text(root: str) -> str:
    with open(os.path.join(root, LOCK), encoding="utf-8") as file:
        return file.read()


def write_stamp(root: str, tools: bool, version: str, base: str, packages: str) -> None:
    """Record that the environment is complete.

    Args:
        root: the checkout.
        tools: whether the tools for tests and checks are installed too.
        version: of the environment's Python.
        base: the installation that the environment was made from.
        packages: the environment's package folder.
    """
    header = _header(root, "tools" if tools else "core", version, base, packages)
    path = os.path.join(environment_folder(root), _NAME)
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(header + _RULE + _lock_text(root))
    os.replace(path + ".new", path)
    _remove(os.path.join(environment_folder(root), _LIBRARIES))


def is_current(root: str, tools: bool) -> bool:
    """Tell whether the environment is the one that was stamped, for the present lock file."""
    try:
        path = os.path.join(environment_folder(root), _NAME)
        with open(path, encoding="utf-8") as file:
            header, rule, lock = file.read().partition(_RULE)
        level, version, base, packages = header.split("\n")[:4]
        same = header == _header(root, level, version, base, packages)
        return (
            same
            and bool(rule)
            and lock == _lock_text(root)
            and (level == "tools" or not tools)
            and os.path.isdir(base)
        )
    except (OSError, ValueError):
        return False


def stamped_tools(root: str) -> bool:
    """Tell whether the environment was last stamped with the tools for tests and checks."""
    try:
        path = os.path.join(environment_folder(root), _NAME)
        with open(path, encoding="utf-8") as file:
            return file.readline().strip() == "tools"
    except OSError:
        return False


def discard(root: str) -> None:
    """Remove the stamp, so that the next start looks at every package."""
    _remove(os.path.join(environment_folder(root), _NAME))


def libraries_checked(root: str, groups: set[str]) -> bool:
    """Tell whether the system libraries of all ``groups`` were found since the last stamp."""
    try:
        path = os.path.join(environment_folder(root), _LIBRARIES)
        with open(path, encoding="utf-8") as file:
            return groups <= set(file.read().split())
    except OSError:
        return False


def mark_libraries(root: str, groups: set[str]) -> None:
    """Remember that the system libraries of ``groups`` are there; without a .venv, do nothing."""
    if os.path.exists(os.path.join(environment_folder(root), _NAME)):
        path = os.path.join(environment_folder(root), _LIBRARIES)
        with open(path, "w", encoding="utf-8") as file:
            file.write(" ".join(sorted(groups)))


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
