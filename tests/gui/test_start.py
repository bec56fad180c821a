"""How the program starts: the window first, torch afterwards, and never two Qt orders."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from PySide6.QtWidgets import QApplication
app = QApplication([])
from pathlib import Path
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.settings import SettingsStore
window = MainWindow(SettingsStore(Path(sys.argv[1])))
window.show()
app.processEvents()
assert window.isVisible()
heavy = {"torch", "nibabel", "pydicom", "av", "tifffile", "urllib.request"} & set(sys.modules)
assert not heavy, heavy
window.close()
"""


def test_the_window_is_up_before_torch_and_codecs(tmp_path: Path) -> None:
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "settings.json")],
        env=environ, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
