"""The test of an engine elsewhere: a button, and what came of it in a sentence."""

from __future__ import annotations

import json

from PySide6.QtCore import QProcess, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from motionstudio.gui.settings import SettingsStore
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_S
from motionstudio.gui.training.launch import python

_MODULE = "motionstudio.engine.remote_test"
_TIP = "Connect to the engine once and tell what it computes on"
_IDLE = "Empty: models run on this machine."


class RemoteCheck(QWidget):
    """Tests the address that is set, in a process of its own.

    Args:
        settings: whose ``engine_address`` is tested.
        parent: Qt parent.
    """

    def __init__(self, settings: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._process: QProcess | None = None
        self._address = settings.value.engine_address
        self.button = QPushButton("Test")
        self.button.setAutoDefault(False)
        self.button.setAccessibleName("Test the engine elsewhere")
        self.button.clicked.connect(self._press)
        self.result = QLabel()
        self.result.setAccessibleName("Result of the test")
        self.result.setWordWrap(True)
        self.result.setFont(font("caption"))
        self.result.setProperty("muted", True)
        self.result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(self.button)
        row.addWidget(self.result, 1)
        self.refresh()

    @property
    def running(self) -> bool:
        """Whether a test is under way."""
        return self._process is not None

    def refresh(self) -> None:
        """Take in the address that is set now; a result for another one goes."""
        address = self._settings.value.engine_address
        if address != self._address:
            self._address = address
            self.stop()
            self.result.clear()
        if not address:
            self.result.setText(_IDLE)
        elif self.result.text() == _IDLE:
            self.result.clear()
        self.button.setEnabled(bool(address))
        self.button.setToolTip(_TIP if address else f"{_TIP}\nEnter an address first.")
        self.button.setText("Cancel" if self.running else "Test")

    def stop(self) -> None:
        """End a test that is under way."""
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect(self._finish)
            process.kill()
            process.waitForFinished(2000)
            process.deleteLater()

    def _press(self) -> None:
        if self.running:
            self.stop()
            self.result.setText("The test was cancelled.")
        else:
            self._start()
        self.refresh()

    def _start(self) -> None:
        process = self._process = python([])
        process.setParent(self)
        process.setArguments(["-P", "-m", _MODULE, self._settings.value.engine_address])
        process.finished.connect(self._finish)
        self.result.setText("Connecting; this takes up to a minute …")
        process.start()

    def _finish(self, *_how: object) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        self.result.setText(sentence(bytes(process.readAllStandardOutput().data()).decode()))
        process.deleteLater()
        self.refresh()


def sentence(printed: str) -> str:
    """What the test printed, for people."""
    try:
        found = json.loads(printed)
        if "problem" in found:
            return f"No engine answers: {found['problem']}."
        device, latency = str(found["device"]).upper(), float(found["latency"])
        return f"It computes on {device} ({found['reason']}); {latency:.0f} ms there and back."
    except (ValueError, KeyError, TypeError):
        return "The test ended without a result; try again."
