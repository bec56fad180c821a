"""Keeps Python's garbage collections short: what lives until the end is not looked at again."""

from __future__ import annotations

import gc
import sys


class ShortCollections:
    """Takes what was imported out of the garbage collections; a slot for any signal.

    With torch loaded, a full collection stops the window for 140 ms. Nothing that is frozen is
    ever given back if it becomes part of a cycle, documents and pictures included, so this happens
    only after further modules were imported, and not whenever a clip is opened.
    """

    def __init__(self) -> None:
        self._imported = 0

    def __call__(self, *_what: object) -> None:
        """Freeze everything that is there, if modules were imported since the last time."""
        if len(sys.modules) > self._imported:
            self._imported = len(sys.modules)
            gc.freeze()
