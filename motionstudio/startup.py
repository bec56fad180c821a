"""What must happen before the first import of Qt."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType


def prepare(platform: str, importer: Callable[[str], ModuleType] = importlib.import_module) -> None:
    """Import torch before Qt on Windows, and nothing elsewhere.

    On Windows Qt's libraries, once loaded, keep torch from finding its own. Everywhere else the
    window comes first and torch is imported in the worker.

    Args:
        platform: as ``sys.platform``.
        importer: imports a module by name.
    """
    if platform == "win32":
        importer("torch")
