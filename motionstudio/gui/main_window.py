"""The window: panes, presenters and actions put together; no logic of its own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QChildEvent, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QMainWindow,
    QTabBar,
    QToolBar,
    QWidget,
)

from motionstudio.document.project_zip import is_project
from motionstudio.gui.actions.table import ActionTable, Behaviours
from motionstudio.gui.desktop_notice import DesktopNotice
from motionstudio.gui.dialogs.unsaved import Questions
from motionstudio.gui.engine_bridge import EngineBridge, default_handler
from motionstudio.gui.folders import Folders
from motionstudio.gui.key_manners import KeyManners
from motionstudio.gui.menus import fill_menus, fill_tool_bar
from motionstudio.gui.notifications import NoticeCentre
from motionstudio.gui.onboarding import Onboarding
from motionstudio.gui.preference_effects import PreferenceEffects
from motionstudio.gui.presenters.bundle import Presenters
from motionstudio.gui.presenters.catalogue import Catalogue
from motionstudio.gui.presenters.media_store import MediaStore
from motionstudio.gui.presenters.opening import Chooser
from motionstudio.gui.presenters.remote import RemotePresenter
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.project_commands import ProjectCommands
from motionstudio.gui.recovery import Recovery
from motionstudio.gui.recovery_bar import RecoveryBar
from motionstudio.gui.refused_keys import RefusedKeys
from motionstudio.gui.remote_engine import RemoteEngine
from motionstudio.gui.settings import SettingsStore
from motionstudio.gui.status_bar import StatusBar
from motionstudio.gui.theme.apply import tokens_for
from motionstudio.gui.theme.scale import fix_icon
from motionstudio.gui.theme.tokens import ICON_SMALL
from motionstudio.gui.tips import Tips
from motionstudio.gui.toasts import ToastStack
from motionstudio.gui.tour_popup import TourPopup
from motionstudio.gui.workbench import Workbench
from motionstudio.io.template_file import is_template

SMALLEST = (1024, 640)
FIRST_SIZE = (1440, 900)
_REFRESH_MS = 30


class MainWindow(QMainWindow):
    """MotionStudio's window.

    Args:
        settings: what is remembered.
        engine: answers requests; None: the real one.
        catalogue: checkpoints; None: those that are installed.
        choose: asks about a file that offers a choice; None: the dialog.
        questions: asks about unsaved changes and where to save; None: dialogs.
        folders: where it keeps versions and copies of media; None: this user's own.

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
        questions: Questions | None = None,
        folders: Folders | None = None,
    ) -> None:
        super().__init__()
        settings = settings or SettingsStore()
        self.remote = RemoteEngine(settings, default_handler, parent=self)
        self.engine = engine or EngineBridge(self, self.remote.make_handler)
        self.session = Session(
            engine=self.engine,
            media=MediaStore(self),
            settings=settings,
            notices=NoticeCentre(self),
            catalogue=catalogue or Catalogue(),
        )
        self.bench = Workbench(self)
        self.status = StatusBar(self)
        self.setStatusBar(self.status)
        self.presenters = Presenters(self.session, self.bench, self.status, choose, self, folders)
        self.where = RemotePresenter(self.session, self.status, self)
        self.projects = ProjectCommands(self, questions)
        self.tips = Tips(self)
        self.tour = TourPopup(self)
        self.behaviours = Behaviours(self)
        self.actions_ = ActionTable(
            self.behaviours.table(), tokens_for(self.palette()), self, self.behaviours.panes.specs()
        )
        self.key_manners = KeyManners(self, self.actions_.keymap)
        RefusedKeys(self, self.actions_, self.session.notices.say)
        self.tools = QToolBar("Tools", self)
        self.toast = ToastStack(self, self.bench.centre, self.actions_.find)
        self.effects = PreferenceEffects(self)
        self.recovery = Recovery(
            self.presenters.saving, self.presenters.loading,
            RecoveryBar(self, self.bench.centre), self.projects.when_ready, self,
        )  # fmt: skip
        self.onboarding = Onboarding(self)
        self.desktop = DesktopNotice(self)
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
        self.presenters.carry.templates.load()
        self.refresh_actions()

    def open_paths(self, paths: Sequence[Path], *, ask: bool = True) -> None:
        """Open a project, or files and folders; see ``OpeningPresenter.open``."""
        motions = [path for path in paths if is_template(path)]
        if motions:
            self.presenters.carry.templates.take(motions)
            paths = [path for path in paths if path not in motions]
        projects = [path for path in paths if is_project(path)]
        if projects:
            self.projects.open_all(projects, [path for path in paths if path not in projects])
            return
        self.presenters.opening.open(paths, ask=ask)

    def press(self, name: str) -> None:
        """Do an action for a button elsewhere, or say why it cannot be done."""
        if reason := self.actions_.why_not(name):
            self.session.notices.say(reason)
        else:
            self.actions_[name].trigger()

    @property
    def actions_up_to_date(self) -> bool:
        """Whether no change still waits to be taken into what can be done."""
        return not self._refresh.isActive()

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
        changed = self.presenters.saving.unsaved
        self.status.set_saved(changed, self.presenters.saving.saved_at)
        self._show_title()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop everything behind the window, then remember how it looked."""
        if not self._closing and not self._may_close():
            event.ignore()
            return
        if not self._closing:
            self._closing = True
            self.bench.let_go()
            self.session.settings.update(
                geometry=bytes(self.saveGeometry().toBase64().data()).decode(),
                docks=self.bench.state(),
                parts=self.bench.parts(),
            )
            # A long task may take a moment to stop: nobody needs to watch that.
            self.hide()
            self.effects.stop()
            self.onboarding.stop()
            self.presenters.shutdown()
            self.recovery.shutdown()
            self.engine.shutdown()
            self.remote.stop()
            self.session.media.shutdown()
            self.key_manners.stop()
            for timer in self.findChildren(QTimer):
                timer.stop()
            self.closed.emit()
        super().closeEvent(event)

    def _may_close(self) -> bool:
        runs = self.presenters.training
        self.presenters.live.keep()
        return self.projects.may_leave(self.close) and runs.may_close(self.projects.questions.runs)

    def childEvent(self, event: QChildEvent) -> None:
        """Qt makes tab bars of its own for panes that share a place."""
        polished = event.type() == QEvent.Type.ChildPolished
        if polished and isinstance(bar := event.child(), QTabBar):
            _settle_tabs(bar)
        super().childEvent(event)

    def focusNextPrevChild(self, on: bool) -> bool:
        """Qt keeps tab bars that it does not need outside the window, where Tab would stop."""
        moved = super().focusNextPrevChild(on)
        for _ in self.findChildren(QTabBar):
            bar = self.focusWidget()
            if not moved or not isinstance(bar, QTabBar) or not bar.visibleRegion().isEmpty():
                break
            moved = super().focusNextPrevChild(on)
        return moved

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The strip at the side has words where there is room."""
        super().resizeEvent(event)
        self.bench.strip.fit_to(self.width())
        self.bench.fit_width()

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
            project = is_project(Path(urls[0].toLocalFile())) and len(urls) == 1
            end = "in place of this project" if project else "and find its motion"
            words = f"Drop to open {what} {end}"
            if len(urls) == 1 and is_template(Path(urls[0].toLocalFile())):
                words = f"Drop to move the subject that is shown by {what}"
            self.status.set_read_out(words)

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

    def _settle(self) -> None:
        saved = self.session.settings.value
        if not saved.docks or not self.bench.restore(saved.docks, saved.parts):
            self.bench.size_panes()

    def _build(self) -> None:
        self.setWindowTitle("MotionStudio")
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
        fill_menus(self.menuBar(), self.actions_, recent, self.behaviours.shell.layouts)
        fill_tool_bar(self.tools, self.actions_)
        self.presenters.shaping.tools.bind(self.actions_.all)
        self.presenters.carry.pane.bind(self.actions_.all)

    def _connect(self) -> None:
        session = self.session
        session.notices.posted.connect(self.toast.show_notice)
        self.toast.detailsRequested.connect(self.behaviours.helps.show_details)
        session.project.changed.connect(self._on_document)
        session.project.history.changed.connect(self.refresh_actions)
        session.view.changed.connect(self._on_view)
        self.remote.stateChanged.connect(self.where.show_remote)
        self.presenters.latent_changed.connect(self._refresh_soon)
        session.notices.posted.connect(self._refresh_soon)  # They offer actions.
        bench = self.bench
        time = bench.time
        strips = (time.errors, time.matches, time.costs)
        inside = (bench.timeline, *strips, time.matrix, time.curves)
        for pane in (bench.viewports, *inside, *bench.panes.values()):
            hovered = getattr(pane, "hovered", None)
            if hovered is not None:
                hovered.connect(self.status.set_read_out)
        self.presenters.opening.opened.connect(self._on_opened)
        self.presenters.tasks.longEnded.connect(self._on_long_end)
        bench.viewports.actionRequested.connect(self._open_or_find)
        for dock in bench.docks.values():
            dock.visibilityChanged.connect(self._refresh_soon)
        overlays, transfer = self.presenters.overlays, self.presenters.transfer_views
        overlays.measurements.loadRequested.connect(partial(self.press, "view.load_labels"))
        transfer.grip.clicked.connect(partial(self.press, "transfer.motion"))
        bench.library.openRequested.connect(self.behaviours.files.commands.open)
        bench.library.filesDropped.connect(self._open_dropped)
        bench.library.sampleActivated.connect(self.behaviours.files.commands.open_sample)
        self.presenters.search.sampleWanted.connect(self.behaviours.files.commands.open_sample)
        if session.settings.problem:
            session.notices.say(session.settings.problem)

    def _on_opened(self, _subjects: object) -> None:
        """Keys for time work at once, unless somebody is typing; say what can be done."""
        subject = self.session.active
        if subject is not None and len(subject.clip) > 1:
            self.status.set_read_out(self.tips.first())
        if not isinstance(QApplication.focusWidget(), QLineEdit):
            self.bench.timeline.strip.setFocus()

    def _on_long_end(self, text: str) -> None:
        if self.session.settings.value.notify:
            self.desktop.tell(text)

    def _open_or_find(self) -> None:
        """The button in place of pictures: open a clip, or find the one that is missing."""
        subject = self.session.active
        gone = subject is not None and bool(subject.media_problem)
        (self.projects.relink if gone else self.behaviours.files.commands.open)()

    def _open_dropped(self, paths: Sequence[str]) -> None:
        self.open_paths([Path(path) for path in paths])

    def _on_document(self, _change: object) -> None:
        self._show_title()
        self._refresh_soon()

    def _on_view(self, new: object, old: object) -> None:
        if getattr(new, "active", None) != getattr(old, "active", None):
            self._show_title()
            # Longer clips have longer numbers; known once everybody has heard of the clip.
            QTimer.singleShot(0, self, self.bench.fit_width)
        self._refresh_soon()

    def _refresh_soon(self, _what: object = None) -> None:
        if not self._refresh.isActive():
            self._refresh.start()

    def _after_preload(self, problem: object) -> None:
        if isinstance(problem, Exception):
            self.session.notices.report(problem)

    def _show_title(self) -> None:
        """The project and its dot."""
        project, changed = self.session.project, self.presenters.saving.unsaved
        empty = project.path is None and not project.subjects and not changed
        title = "MotionStudio" if empty else f"{self.presenters.saving.name} — MotionStudio"
        self.setWindowTitle(f"● {title}" if changed else title)


def _settle_tabs(bar: QTabBar) -> None:
    bar.setAccessibleName("Panes in this place")
    # Qt 6.11 crashes on a tab that is moved after restoreState: the old bar still listens.
    bar.setMovable(False)


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
