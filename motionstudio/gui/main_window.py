"""The window: panes, presenters and actions put together; no logic of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLineEdit,
    QMainWindow,
    QToolBar,
    QWidget,
)

from motionstudio.gui.actions.table import ActionTable, Behaviours
from motionstudio.gui.engine_bridge import EngineBridge
from motionstudio.gui.menus import fill_menus, fill_tool_bar
from motionstudio.gui.notifications import NoticeCentre
from motionstudio.gui.presenters.bundle import Presenters
from motionstudio.gui.presenters.catalogue import Catalogue
from motionstudio.gui.presenters.media_store import MediaStore
from motionstudio.gui.presenters.opening import Chooser
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.settings import SettingsStore
from motionstudio.gui.status_bar import StatusBar
from motionstudio.gui.theme.apply import tokens_for
from motionstudio.gui.theme.scale import fix_icon
from motionstudio.gui.theme.tokens import ICON_SMALL
from motionstudio.gui.toasts import Toast
from motionstudio.gui.workbench import Workbench

SMALLEST = (1024, 640)
FIRST_SIZE = (1440, 900)
_REFRESH_MS = 30
_FIRST_STEPS = (
    "Space plays · a slider, or dragging a coloured cell that was clicked, changes the motion · "
    "Alt-click drops a frame"
)


class MainWindow(QMainWindow):
    """MotionStudio's window.

    Args:
        settings: what is remembered.
        engine: answers requests; None: the real one.
        catalogue: checkpoints; None: those that are installed.
        choose: asks about a file that offers a choice; None: the dialog.

    Signals:
        closed: the window was closed and everything behind it has stopped.
    """

    closed = Signal()

    def __init__(
        self,
        settings: SettingsStore | None = None,
        *,
        engine: EngineBridge | None = None,
        catalogue: Catalogue | None = None,
        choose: Chooser | None = None,
    ) -> None:
        super().__init__()
        self.engine = engine or EngineBridge(self)
        self.session = Session(
            engine=self.engine,
            media=MediaStore(self),
            settings=settings or SettingsStore(),
            notices=NoticeCentre(self),
            catalogue=catalogue or Catalogue(),
        )
        self.bench = Workbench(self)
        self.status = StatusBar(self)
        self.setStatusBar(self.status)
        self.presenters = Presenters(self.session, self.bench, self.status, choose, self)
        self.behaviours = Behaviours(self)
        self.actions_ = ActionTable(
            self.behaviours.table(), tokens_for(self.palette()), self, self.behaviours.panes.specs()
        )
        self.tools = QToolBar("Tools", self)
        self.toast = Toast(self, self.bench.viewports)
        self._closing = False
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(_REFRESH_MS)
        self._refresh.timeout.connect(self.refresh_actions)
        self._build()
        self._connect()

    def start(self) -> None:
        """Start the engine; called once the window is on screen."""
        self.engine.start()
        # The first job of the background thread: clips that are read next need a model.
        self.session.media.submit(self.session.catalogue.preload, self._after_preload)
        self.presenters.samples.load()
        self.refresh_actions()

    def open_paths(self, paths: Sequence[Path], *, ask: bool = True) -> None:
        """Open files or folders; see ``OpeningPresenter.open``."""
        self.presenters.opening.open(paths, ask=ask)

    def refresh_actions(self) -> None:
        """Enable what can be done, and say why not of the rest."""
        self.actions_.refresh()
        history = self.session.project.history
        for name, label in (
            ("edit.undo", f"Undo {_lower(history.undo_label)}"),
            ("edit.redo", f"Redo {_lower(history.redo_label)}"),
        ):
            self.actions_[name].setText(label.strip())
        for mode in ("dark", "light", "system"):
            chosen = self.session.settings.value.theme == mode
            self.actions_[f"view.theme_{mode}"].setChecked(chosen)
        self.behaviours.panes.show_state()
        changed = not history.clean
        self.status.set_saved(changed)
        self.setWindowModified(changed)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop everything behind the window, then remember how it looked."""
        if not self._closing:
            self._closing = True
            self.session.settings.update(
                geometry=bytes(self.saveGeometry().toBase64().data()).decode(),
                docks=self.bench.state(),
                parts=self.bench.parts(),
            )
            # A long task may take a moment to stop: nobody needs to watch that.
            self.hide()
            self.presenters.shutdown()
            self.engine.shutdown()
            self.session.media.shutdown()
            QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
            self.closed.emit()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The strip at the side has words where there is room."""
        super().resizeEvent(event)
        self.bench.strip.fit_to(self.width())

    def showEvent(self, event: QShowEvent) -> None:
        """Give the panes their sizes once the window has its own."""
        super().showEvent(event)
        if not event.spontaneous():
            QTimer.singleShot(0, self, self._settle)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Say what a drop will do before it happens."""
        urls = [url for url in event.mimeData().urls() if url.isLocalFile()]
        if urls:
            event.acceptProposedAction()
            what = Path(urls[0].toLocalFile()).name if len(urls) == 1 else f"{len(urls)} files"
            self.status.set_read_out(f"Drop to open {what} and find its motion")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Nothing will be dropped."""
        self.status.set_read_out("")
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        self.status.set_read_out("")
        if paths:
            event.acceptProposedAction()
            self.open_paths(paths)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let a focused button keep its Space although Space also plays."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
            and isinstance(watched, QAbstractButton)
        ):
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def _settle(self) -> None:
        saved = self.session.settings.value
        if not saved.docks or not self.bench.restore(saved.docks, saved.parts):
            self.bench.size_panes()

    def _build(self) -> None:
        self.setWindowTitle("MotionStudio[*]")
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST)
        geometry = self.session.settings.value.geometry
        saved = QByteArray.fromBase64(QByteArray(geometry.encode()))
        if not geometry or not self.restoreGeometry(saved):
            self.resize(*FIRST_SIZE)
        self.tools.setObjectName("tools")
        self.tools.setMovable(False)
        fix_icon(self.tools, ICON_SMALL)
        self.tools.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.addToolBar(self.tools)
        self.addActions(list(self.actions_.all.values()))
        recent = self.behaviours.files.commands.recent
        fill_menus(self.menuBar(), self.actions_, recent)
        fill_tool_bar(self.tools, self.actions_)
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def _connect(self) -> None:
        session = self.session
        session.notices.posted.connect(self.toast.show_notice)
        self.toast.detailsRequested.connect(self.behaviours.helps.show_details)
        session.project.changed.connect(self._on_document)
        session.project.history.changed.connect(self.refresh_actions)
        session.view.changed.connect(self._on_view)
        self.engine.deviceChanged.connect(self._show_device)
        self.presenters.latent_changed.connect(self._refresh_soon)
        bench = self.bench
        inside = (bench.timeline, bench.time.errors, bench.time.matrix, bench.time.curves)
        for pane in (bench.viewports, *inside, *bench.panes.values()):
            hovered = getattr(pane, "hovered", None)
            if hovered is not None:
                hovered.connect(self.status.set_read_out)
        self.presenters.opening.opened.connect(self._on_opened)
        bench.viewports.actionRequested.connect(self.behaviours.files.commands.open)
        for dock in bench.docks.values():
            dock.visibilityChanged.connect(self._refresh_soon)
        bench.library.openRequested.connect(self.behaviours.files.commands.open)
        bench.library.filesDropped.connect(self._open_dropped)
        bench.library.sampleActivated.connect(self.behaviours.files.commands.open_sample)
        if session.settings.problem:
            session.notices.say(session.settings.problem)

    def _on_opened(self, _subjects: object) -> None:
        """Keys for time work at once, unless somebody is typing; say what can be done."""
        subject = self.session.active
        if subject is not None and len(subject.clip) > 1:
            self.status.set_read_out(_FIRST_STEPS)
        if not isinstance(QApplication.focusWidget(), QLineEdit):
            self.bench.timeline.strip.setFocus()

    def _open_dropped(self, paths: Sequence[str]) -> None:
        self.open_paths([Path(path) for path in paths])

    def _on_document(self, _change: object) -> None:
        self._show_title()
        self._refresh_soon()

    def _on_view(self, new: object, old: object) -> None:
        if getattr(new, "active", None) != getattr(old, "active", None):
            self._show_title()
        self._refresh_soon()

    def _refresh_soon(self, _what: object = None) -> None:
        if not self._refresh.isActive():
            self._refresh.start()

    def _after_preload(self, problem: object) -> None:
        if isinstance(problem, Exception):
            self.session.notices.report(problem)

    def _show_title(self) -> None:
        subject = self.session.active
        self.setWindowTitle(f"{subject.name}[*] — MotionStudio" if subject else "MotionStudio[*]")

    def _show_device(self, name: str, reason: str) -> None:
        slow = name == "cpu"
        text = f"CPU: {reason}" if slow else name.upper()
        self.status.set_device(text, reason, amber=slow)


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def pane_widgets(window: MainWindow) -> tuple[QWidget, ...]:
    """The panes in the order in which F6 visits them."""
    bench = window.bench
    core = (
        bench.library.subjects,
        bench.viewports.shown[0].canvas,
        bench.sliders,
        bench.timeline.strip,
        bench.time.matrix.view,
        bench.time.curves.view,
    )
    known = {bench.library, bench.sliders, bench.time}
    return (*core, *(pane for pane in bench.panes.values() if pane not in known), bench.strip)
