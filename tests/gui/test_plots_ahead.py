"""Plots are there before somebody looks at one."""

from __future__ import annotations

import subprocess
import sys

_CODE = """
import sys
from motionstudio.gui.plots_ahead import MODULES, load_plots
thread = load_plots()
thread.join()
print(all(name in sys.modules for name in MODULES), load_plots())
"""


def test_plots_are_imported_once_in_a_thread_of_their_own() -> None:
    command = [sys.executable, "-c", _CODE]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    assert done.stdout.split() == ["True", "None"]
