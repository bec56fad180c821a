"""What a run would cost, asked of a process that makes a few of its steps."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, Signal

from motionstudio.gui.training.launch import python
from motionstudio.training.own_clips import write_recipe
from motionstudio.training.recipe import Recipe


class Costing(QObject):
    """One measurement at a time; a newer question ends an older one.

    Signals:
        measured: seconds of one step, of looking at the watched clip in the whole run, MiB of
            memory, weights of the network, device.
        failed: why it cannot be trained like this.
    """

    measured = Signal(float, float, float, int, str)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def running(self) -> bool:
        """Whether an answer is still to come."""
        return self._process is not None

    def ask(self, recipe: Recipe) -> None:
        """Measure ``recipe``."""
        self.stop()
        self._folder = tempfile.TemporaryDirectory(prefix="motionstudio-cost-")
        path = Path(self._folder.name) / "recipe.toml"
        write_recipe(recipe, path)
        words = ["train", str(path), "--work", self._folder.name, "--data", self._folder.name]
        process = python([*words, "--measure"])
        process.setParent(self)
        process.finished.connect(self._on_finished)
        self._process = process
        process.start()

    def stop(self) -> None:
        """Ask no more."""
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect(self._on_finished)
            process.kill()
            process.waitForFinished(2000)
            process.deleteLater()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _on_finished(self) -> None:
        process = self._process
        if process is None:
            return
        out = bytes(process.readAllStandardOutput().data()).decode("utf-8", "replace")
        words = bytes(process.readAllStandardError().data()).decode("utf-8", "replace").strip()
        self.stop()
        try:
            cost = json.loads(out.strip().splitlines()[-1])
            looking = cost["looks"] * cost["look_seconds"]
            found = (
                cost["step_seconds"], looking, cost["memory"], cost["parameters"], cost["device"]
            )  # fmt: skip
        except (IndexError, KeyError, ValueError):
            self.failed.emit(words.splitlines()[-1] if words else "The measurement failed.")
            return
        self.measured.emit(*found)
