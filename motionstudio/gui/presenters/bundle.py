"""All presenters of one window, wired to each other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from motionstudio.core.playback import Loop, Pace
from motionstudio.document.autosave import Autosave
from motionstudio.document.project_file import OpenedProject
from motionstudio.gui.background import Background
from motionstudio.gui.compare.presenter import ComparePresenter
from motionstudio.gui.folders import Folders
from motionstudio.gui.live.presenter import LivePresenter
from motionstudio.gui.panes.correlation import Correlation
from motionstudio.gui.presenters.aligning import AligningPresenter
from motionstudio.gui.presenters.carry_bundle import CarryPresenters
from motionstudio.gui.presenters.correlating import PANE as CORRELATION
from motionstudio.gui.presenters.correlating import CorrelatingPresenter
from motionstudio.gui.presenters.dropping import DropPresenter
from motionstudio.gui.presenters.edit_gate import EditGate
from motionstudio.gui.presenters.encoding import EncodingPresenter
from motionstudio.gui.presenters.errors import ErrorPresenter
from motionstudio.gui.presenters.explore_bundle import ExplorePresenters
from motionstudio.gui.presenters.exporting import ExportPresenter
from motionstudio.gui.presenters.fitting import FittingPresenter
from motionstudio.gui.presenters.grouping import GroupPresenter
from motionstudio.gui.presenters.history import HistoryPresenter
from motionstudio.gui.presenters.joining import JoiningPresenter
from motionstudio.gui.presenters.keying import KeyPresenter
from motionstudio.gui.presenters.latent import LatentPresenter
from motionstudio.gui.presenters.library import LibraryPresenter
from motionstudio.gui.presenters.loading import LoadingPresenter
from motionstudio.gui.presenters.motion_search import MotionSearchPresenter
from motionstudio.gui.presenters.muting import MutePresenter
from motionstudio.gui.presenters.opening import (
    Choice,
    Chooser,
    OpeningPresenter,
    Probed,
    first_of_slice,
)
from motionstudio.gui.presenters.operations import OperationPresenter
from motionstudio.gui.presenters.overlay_bundle import OverlayPresenters
from motionstudio.gui.presenters.picture_bundle import PicturePresenters
from motionstudio.gui.presenters.pictures import PicturesPresenter
from motionstudio.gui.presenters.plain_copy import PlainCopyPresenter
from motionstudio.gui.presenters.playback import PlaybackPresenter
from motionstudio.gui.presenters.predicting import PredictingPresenter
from motionstudio.gui.presenters.prefetch import PrefetchPresenter
from motionstudio.gui.presenters.relinking import RelinkPresenter
from motionstudio.gui.presenters.samples import SamplesPresenter
from motionstudio.gui.presenters.saving import SavingPresenter
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.shaping_bundle import ShapingPresenters
from motionstudio.gui.presenters.tasks import TaskPresenter
from motionstudio.gui.presenters.training import training_of
from motionstudio.gui.presenters.transfer import TransferPresenter
from motionstudio.gui.presenters.transfer_views import TransferViews
from motionstudio.gui.presenters.viewports import ViewportPresenter
from motionstudio.gui.status_bar import StatusBar
from motionstudio.gui.workbench import Workbench
from motionstudio.models.base import ModelCard


class Presenters(QObject):
    """Made once for each window; the window itself only lays out and closes.

    Args:
        session: shared parts.
        bench: the panes.
        status: the status bar.
        choose: asks about a file that offers a choice; None: the dialog.
        window: parent of dialogs.

    Signals:
        latent_changed: what can be done may be different now.
    """

    latent_changed = Signal()

    def __init__(
        self,
        session: Session,
        bench: Workbench,
        status: StatusBar,
        choose: Chooser | None,
        window: QWidget,
        folders: Folders | None = None,
    ) -> None:
        super().__init__(window)
        self._session, self._bench, self._window = session, bench, window
        remembered = session.settings.value
        session.view.update(
            loop=Loop(remembered.at_the_end),
            pace=Pace.REAL_TIME if remembered.real_time else Pace.EVERY_FRAME,
        )
        self.tasks = TaskPresenter(session, status, self)
        kept = folders or Folders.of_user()
        self.background = Background("projects", self)
        self.saving = SavingPresenter(session, self.background, Autosave(kept.autosave), self)
        self.loading = LoadingPresenter(session, self.background, kept.shelf, self)
        self.relinking = RelinkPresenter(session, self.background, self)
        self.history = HistoryPresenter(session, bench.history, self)
        self.opening = OpeningPresenter(session, choose or self._ask, self)
        self.encoding = EncodingPresenter(session, self)
        self.pictures = PicturesPresenter(session, self)
        self.playback = PlaybackPresenter(session, bench.timeline, self._is_drawn, parent=self)
        self.gate = EditGate(self._is_busy, self)
        self.viewports = ViewportPresenter(session, bench.viewports, self.pictures, self)
        self.latent = LatentPresenter(
            session, bench.time.matrix, bench.time.curves, bench.sliders, bench.time.rows,
            self.gate, self,
        )  # fmt: skip
        self.grouping = GroupPresenter(
            session, bench.time.matrix, bench.time.curves, bench.sliders, self
        )
        self.prefetch = PrefetchPresenter(session, bench.timeline, self)
        matrix, curves = bench.time.matrix, bench.time.curves
        self.keys = KeyPresenter(session, curves, self.latent, self)
        self.mute = MutePresenter(session, matrix, self)
        self.operations = OperationPresenter(session, self.latent, matrix, window, self)
        self.drop = DropPresenter(session, bench.timeline, self)
        self.errors = ErrorPresenter(session, bench.time.errors, self)
        self.library = LibraryPresenter(session, bench.library, bench.inspector, self)
        self.samples = SamplesPresenter(session, bench.library, self)
        self.fitting = FittingPresenter(session, self.pictures, self)
        self.shaping = ShapingPresenters(
            session, bench, self.pictures, self.fitting, self.tasks, self.gate, window
        )
        self.shaping.changed.connect(self.latent_changed)
        self.exporting = ExportPresenter(session, self)
        self.transfer = TransferPresenter(session, self)
        self.transfer_views = TransferViews(session, self.transfer, bench, status, window)
        self.carry = CarryPresenters(session, bench, self.transfer, self.background, window)
        self.carry.changed.connect(self.latent_changed)
        self.aligning = AligningPresenter(session, self.transfer, self)
        self.plain_copy = PlainCopyPresenter(session, bench.viewports, self.transfer, self)
        self.joining = JoiningPresenter(session, self)
        self.opening.opened.connect(self.joining.consider)
        for offers in (self.aligning, self.joining):
            offers.changed.connect(self.latent_changed)
        self.overlays = OverlayPresenters(session, bench, self.pictures, self.playback, self)
        self.picture = PicturePresenters(session, bench, self.pictures, self)
        self.picture.changed.connect(self.latent_changed)
        self.overlays.glimpses.changed.connect(self.latent_changed)
        self.explore = ExplorePresenters(session, bench, self.gate, self)
        self.explore.likelihood.measured.connect(self.errors.show_nats)
        self.explore.likelihood.measured.connect(self.latent_changed)
        self.predicting = PredictingPresenter(session, bench, self)
        self.predicting.changed.connect(self.latent_changed)
        shapes = Correlation()
        bench.add_pane(CORRELATION, "Correlation", shapes, icon="correlation")
        self.correlating = CorrelatingPresenter(session, self.overlays.labels, shapes, self)
        self.search = MotionSearchPresenter(session, bench, self)
        self.search.changed.connect(self.latent_changed)
        self.training = training_of(session, bench, kept, window)
        self.training.changed.connect(self.latent_changed)
        self.live = LivePresenter(session, window, self)
        self.compare = ComparePresenter(session, window)
        self._connect(status)
        self.refresh()

    def refresh(self) -> None:
        """Show everything anew."""
        self.drop.refresh()
        self.latent.refresh()
        self.viewports.refresh()
        self.library.refresh()

    def shutdown(self) -> None:
        """Stop what runs in threads of its own."""
        self.live.shutdown()
        self.compare.close()
        self.transfer.stop()
        self.playback.stop()
        self.pictures.stop()
        self.overlays.shutdown()
        self.operations.close()
        self.explore.shutdown()
        self.predicting.shutdown()
        self.training.shutdown()
        self.gate.discard()
        self.exporting.shutdown()
        self.saving.shutdown()
        self.background.shutdown()
        self.saving.autosave.clear()

    def cancel_gesture(self) -> bool:
        """Take back what a drag or an open choice has begun; tells whether there was one."""
        if self.transfer.adjusting:
            self.transfer.take_back()
            return True
        if self.operations.close():
            return True
        gestures = (self.picture, self.carry, self.shaping, self.latent, self.explore)
        return any(each.cancel() for each in gestures)

    def cancel_task(self, key: str) -> None:
        """Stop a long task by its key."""
        if key.startswith("encode "):
            self.encoding.cancel(key.removeprefix("encode "))
        elif key == "export":
            self.exporting.cancel()
        elif key == "fit":
            self.fitting.cancel()
        elif key == "map":
            self.explore.maps.cancel()
        elif key == "predict":
            self.predicting.stop()
        elif key == "search":
            self.search.stop()
        elif key == "correlate":
            self.correlating.stop()

    def _connect(self, status: StatusBar) -> None:
        tasks, bench = self.tasks, self._bench
        self.pictures.previewAnswered.connect(self.gate.flush)
        self.pictures.cachedChanged.connect(self._show_cached)
        self.pictures.rested.connect(self.errors.measure)
        self.playback.rateChanged.connect(status.set_rate)
        self.opening.busyChanged.connect(self._show_opening)
        self.loading.busyChanged.connect(self._show_opening)
        self.loading.leaving.connect(self._leave)
        self.loading.loaded.connect(self._on_loaded)
        self.saving.changed.connect(self._show_saving)
        self.encoding.started.connect(self._show_encoding)
        self.encoding.ended.connect(self._end_encoding)
        self.fitting.started.connect(self._show_fitting)
        self.fitting.ended.connect(self._end_fitting)
        self.exporting.progressed.connect(self._show_export)
        self.exporting.finished.connect(self._end_export)
        self.predicting.started.connect(partial(tasks.begin, "predict"))
        self.predicting.progressed.connect(partial(tasks.progress, "predict"))
        self.predicting.ended.connect(partial(tasks.end, "predict"))
        self.correlating.started.connect(partial(tasks.begin, "correlate"))
        self.correlating.ended.connect(partial(tasks.end, "correlate"))
        self.search.started.connect(partial(tasks.begin, "search"))
        self.search.progressed.connect(partial(tasks.progress, "search"))
        self.search.ended.connect(partial(tasks.end, "search"))
        tasks.cancelled.connect(self.cancel_task)
        self.explore.maps.busyChanged.connect(self._show_map)
        time = bench.time
        for pane in (time.errors, time.matches, time.costs, time.matrix, time.curves):
            pane.scrubbed.connect(self.playback.go)
            pane.stepRequested.connect(self.playback.step)
        self._session.view.changed.connect(self._show_playhead)

    def _ask(self, probed: Probed) -> Choice | None:
        from motionstudio.gui.dialogs.open_options import ask_open_options

        cards: tuple[ModelCard, ...] = ()
        with self._session.reported():
            cards = tuple(self._session.catalogue.cards.values())
        names = [card.name for card in cards]
        catalogue, clip = self._session.catalogue, probed.clip
        if not names:
            default = ""
        elif clip is not None:
            default = catalogue.suited(clip)
        else:
            default = catalogue.default_for(probed.info.channels)
        return ask_open_options(probed, cards, default, self._load_slice, self._window)

    def _load_slice(
        self, path: Path, index: int, show: Callable[[NDArray[np.uint8]], None]
    ) -> None:
        def deliver(picture: NDArray[np.uint8] | Exception) -> None:
            if isinstance(picture, np.ndarray):
                show(picture)

        self._session.media.submit(partial(first_of_slice, path, index), deliver)

    def _is_drawn(self) -> bool:
        return self.pictures.up_to_date or self._session.active is None

    def _is_busy(self) -> bool:
        return self.pictures.under_way

    def _show_playhead(self, _new: object, _old: object) -> None:
        time, view = self._bench.time, self._session.view.state
        time.errors.set_current(self._session.playhead)
        for strip in (time.errors, time.matrix.view, time.curves.view):
            strip.set_part(view.part / view.upsampling)

    def _show_cached(self, cached: object) -> None:
        mask = cached
        if getattr(mask, "shape", None) == self._bench.timeline.strip.states.kept.shape:
            self._bench.timeline.set_cached(mask)  # type: ignore[arg-type]

    def _leave(self) -> None:
        """End what belongs to the document that is left."""
        self.gate.discard()
        self.cancel_gesture()
        self.playback.toggle(False)
        self.fitting.cancel()
        self.search.forget()

    def _on_loaded(self, opened: OpenedProject) -> None:
        self.library.take_thumbnails(opened.thumbnails)
        self.saving.begin_document(opened.thumbnails)

    def _show_saving(self) -> None:
        if self.saving.busy:
            self.tasks.begin("save", f"Saving {self.saving.name}", cancellable=False)
        else:
            self.tasks.end("save")
        self.latent_changed.emit()

    def _show_map(self, text: str) -> None:
        if text:
            self.tasks.begin("map", text)
        else:
            self.tasks.end("map")

    def _show_opening(self, text: str) -> None:
        if text:
            self.tasks.begin("open", text, cancellable=False)
        else:
            self.tasks.end("open")

    def _show_encoding(self, subject_id: str) -> None:
        subject = self._session.find(subject_id)
        name = "" if subject is None else subject.name
        self.tasks.begin(f"encode {subject_id}", f"Finding the motion of {name}")

    def _end_encoding(self, subject_id: str, problem: str) -> None:
        self.tasks.end(f"encode {subject_id}")
        subject = self._session.find(subject_id)
        # A motion that is known stays in sight, whatever keeps a new one from being found.
        unknown = subject is not None and subject.track is None
        if problem and unknown and subject_id == self._session.view.state.active:
            self._bench.time.matrix.set_message("No motion", problem)
            self._bench.sliders.set_message("No motion", problem)
        self.latent_changed.emit()

    def _show_fitting(self, text: str) -> None:
        self.tasks.begin("fit", text)
        self.latent_changed.emit()

    def _end_fitting(self) -> None:
        self.tasks.end("fit")
        self.latent_changed.emit()

    def _show_export(self, fraction: float, text: str) -> None:
        if "export" not in self.tasks.running:
            self.tasks.begin("export", text)
            self.latent_changed.emit()
        self.tasks.progress("export", fraction, text)

    def _end_export(self, _path: object) -> None:
        self.tasks.end("export")
        self.latent_changed.emit()
