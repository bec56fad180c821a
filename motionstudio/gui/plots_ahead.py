"""Loads the library of plots before somebody looks at one: importing it takes longer than a frame.

It happens once, in a thread of its own, when the engine has told its device: torch has been
imported then, and the window has nothing to paint yet.
"""

from __future__ import annotations

import importlib
import sys
import threading

MODULES = ("motionstudio.gui.items.projection_plot", "motionstudio.gui.training.loss_plot")


def load_plots() -> threading.Thread | None:
    """Begin to import what plots need; None where it is there already."""
    if all(name in sys.modules for name in MODULES):
        return None
    thread = threading.Thread(target=_load, name="plots")
    thread.start()
    return thread


def _load() -> None:
    for name in MODULES:
        importlib.import_module(name)
