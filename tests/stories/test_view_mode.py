"""Models that see motion and draw no pictures, through the whole window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import RowKind
from motionstudio.core.transfer import TransferMode
from motionstudio.document.commands import EditLatent
from motionstudio.document.subject import Subject
from motionstudio.document.transfer_plan import Offer
from motionstudio.engine.checks import check_draws
from motionstudio.export import ExportKind, ExportOptions
from motionstudio.gui.actions.view_mode import EDIT_GROUPS, EDITS, PICTURES
from motionstudio.gui.dialogs.export_options import ExportContext, ExportDialog
from motionstudio.gui.items.layers import Content
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.notifications import Notice
from motionstudio.gui.presenters.view_mode import why_no_pictures
from motionstudio.models.base import Capability
from tests.gui.conftest import MakeWindow
from tests.gui.gestures import click, double_click, drag, hover
from tests.gui.small_model import SmallModel, small_card
from tests.gui.viewing_models import ViewingModel, viewing_card
from tests.stories.steps import active, click_frame, is_encoded, key

FRAMES = 16
ROWS = {RowKind.FRAME: FRAMES, RowKind.PREFIX: FRAMES - 1}
SENTENCE = "This model sees motion but draws no pictures."


both_kinds = pytest.mark.parametrize(
    "kind", [RowKind.FRAME, RowKind.PREFIX], ids=["frames", "prefixes"], indirect=True
)


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> RowKind:
    return RowKind(getattr(request, "param", RowKind.PREFIX))


@pytest.fixture
def window(
    qtbot: Any,
    make_window: MakeWindow,
    clip_path: Path,
    small_models: dict[str, SmallModel],
    kind: RowKind,
) -> MainWindow:
    looking, drawing = viewing_card(kind), small_card("drawing", 1)
    small_models["heart"] = ViewingModel(looking)
    small_models["drawing"] = SmallModel(drawing)
    window = make_window(cards=(looking, drawing))
    read_clip(qtbot, window, clip_path)
    window.bench.show_curves(True)
    QApplication.processEvents()
    return window


def read_clip(qtbot: Any, window: MainWindow, path: Path) -> Subject:
    """Open a file and wait until its motion is known; there will be no picture to wait for."""
    count = len(window.session.project.subjects)
    window.open_paths([path], ask=False)
    qtbot.waitUntil(lambda: len(window.session.project.subjects) > count, timeout=20_000)
    qtbot.waitUntil(lambda: is_encoded(window) and window.actions_up_to_date, timeout=20_000)
    return active(window)


def notices(window: MainWindow) -> list[str]:
    found: list[str] = []

    def note(notice: Notice) -> None:
        found.append(notice.text)

    window.session.notices.posted.connect(note)
    return found


def cell(window: MainWindow, row: int, dim: int) -> tuple[float, float]:
    area: QRect = window.bench.time.matrix.view.cell_rect(row, dim)
    return area.center().x(), area.center().y()


@both_kinds
def test_the_matrix_is_filled_and_the_source_stands_in_for_the_picture(
    window: MainWindow, kind: RowKind
) -> None:
    assert active(window).track.values.shape[0] == ROWS[kind]
    assert window.bench.time.matrix.view.data.values.any()
    assert "for reading only" in window.bench.time.matrix.header._detail.text()
    for frame in (3, 9):
        click_frame(window, frame)
        viewport = window.bench.viewports.viewports[0]
        shown = viewport.layers_of(Content.GENERATED)
        assert SENTENCE in shown.legend.words
        assert np.array_equal(shown.picture, viewport.layers_of(Content.SOURCE).picture)
    assert window.presenters.pictures.shown is None
    assert SENTENCE in window.bench.time.errors.message
    reason = window.bench.viewports.viewports[0].menu._contents[Content.DIFFERENCE]
    assert not reason.isEnabled()
    assert SENTENCE in reason.toolTip()


def test_every_edit_and_picture_action_says_why_it_cannot(window: MainWindow) -> None:
    click_frame(window, 4)
    click(window.bench.time.matrix.view, cell(window, 4, 1))
    window.refresh_actions()
    named = [name for name in window.actions_.all if name.startswith(EDIT_GROUPS)]
    for name in (*EDITS, *named):
        action = window.actions_[name]
        assert not action.isEnabled(), name
        assert "for reading" in action.toolTip(), name
    for name in PICTURES:
        assert not window.actions_[name].isEnabled(), name
        assert SENTENCE in window.actions_[name].toolTip(), name
    for name in ("motion.play", "edit.copy", "drop.every_2nd", "file.export", "view.wipe"):
        assert window.actions_[name].isEnabled(), name


@both_kinds
def test_gestures_on_numbers_change_nothing_and_say_why(window: MainWindow) -> None:
    said, matrix = notices(window), window.bench.time.matrix.view
    before, place = active(window).track.values.copy(), cell(window, 5, 2)
    click(matrix, place)
    hover(matrix, place)
    assert matrix.cursor().shape() is Qt.CursorShape.ForbiddenCursor
    drag(matrix, [place, (place[0], place[1] - 20), (place[0], place[1] - 40)])
    QApplication.processEvents()
    assert len(said) == 1
    assert "for reading" in said[0]
    double_click(matrix, place)
    for row in window.bench.sliders.rows:
        assert not row.slider.isEnabled()
        assert "for reading" in row.slider.toolTip()
    curve = window.bench.time.curves.view
    drag(curve, [(place[0], 30), (place[0], 10)])
    key(window, "N")
    assert not window.session.project.in_transaction
    assert np.array_equal(active(window).track.values, before)
    assert not window.session.project.history.undo_label.startswith("Edit")


def test_no_command_gets_past_the_reason(window: MainWindow) -> None:
    said, subject = notices(window), active(window)
    window.session.push(EditLatent(subject.id, (2,), (0,), np.ones((1, 1), np.float32)))
    QApplication.processEvents()
    assert not active(window).track.is_edited
    assert "for reading" in said[-1]


def test_playback_and_scrubbing_work_at_every_pace(qtbot: Any, window: MainWindow) -> None:
    window.actions_["motion.every_frame"].trigger()
    window.actions_["motion.play"].trigger()
    qtbot.waitUntil(lambda: window.session.playhead >= 3, timeout=20_000)
    window.actions_["motion.play"].trigger()
    click_frame(window, 12)
    assert window.bench.time.matrix.view.current == 12
    assert window.presenters.pictures.up_to_date


def test_dropped_frames_are_encoded_anew(qtbot: Any, window: MainWindow) -> None:
    key(window, "Shift+D")
    qtbot.waitUntil(lambda: is_encoded(window), timeout=20_000)
    assert not active(window).kept.all()


def test_components_and_projection_are_for_reading(qtbot: Any, window: MainWindow) -> None:
    said = notices(window)
    window.bench.show_pane("components")
    pane = window.presenters.explore.components
    qtbot.waitUntil(lambda: len(pane._pane.rows) > 0, timeout=20_000)
    for row in pane._pane.rows:
        assert "for reading" in row.slider.toolTip()
    window.bench.show_pane("projection")
    shown = window.presenters.explore.projection
    qtbot.waitUntil(lambda: bool(shown._pane_trajectories), timeout=20_000)
    assert shown._state(shown._pane_trajectories).fixed
    shown._refuse(active(window).id, 3)
    QApplication.processEvents()
    assert "for reading" in said[-1]


def test_motion_cannot_be_carried_onto_it(qtbot: Any, window: MainWindow, clip_path: Path) -> None:
    first = active(window).id
    other = read_clip(qtbot, window, clip_path)
    for mode in TransferMode:
        why = window.presenters.transfer.why_not(Offer(other.id, first, mode))
        assert "cannot be moved" in why
        assert "for reading" in why


@both_kinds
def test_exports_offer_numbers_and_refuse_pictures(
    qtbot: Any, window: MainWindow, tmp_path: Path, kind: RowKind
) -> None:
    subject, card = active(window), window.session.card(active(window))
    dialog = ExportDialog(subject, None, str(tmp_path), context=ExportContext(card))
    qtbot.addWidget(dialog)
    box = dialog.form.kind
    able = {k for k in ExportKind if box.model().item(box.findData(k.value)).isEnabled()}
    assert able == {ExportKind.CSV, ExportKind.LATENTS, ExportKind.SAFETENSORS}
    assert dialog.options().kind is ExportKind.LATENTS
    path = tmp_path / "out.npz"
    with qtbot.waitSignal(window.presenters.exporting.finished, timeout=20_000) as ended:
        window.presenters.exporting.start(subject, ExportOptions(ExportKind.LATENTS, path))
    assert ended.args == [path]
    assert len(np.load(path)["mean"]) == ROWS[kind]
    with pytest.raises(MotionStudioError, match="draws no pictures"):
        window.presenters.exporting._make(
            subject, ExportOptions(ExportKind.GIF, tmp_path / "a.gif")
        )


def test_another_model_brings_pictures_and_edits_back(qtbot: Any, window: MainWindow) -> None:
    from motionstudio.gui.presenters.model_choice import model_command

    subject, card = active(window), window.session.catalogue.card("drawing")
    looking = window.session.card(subject)
    window.session.push(model_command(subject, looking, card))
    pictures = window.presenters.pictures
    qtbot.waitUntil(lambda: is_encoded(window) and pictures.shown is not None, timeout=20_000)
    assert window.bench.time.matrix.view.data.read_only == ""
    assert not window.bench.time.matrix.view.data.locked.all()
    window.refresh_actions()
    assert window.actions_["latent.neutral"].isEnabled()
    window.session.push(model_command(active(window), card, looking))
    qtbot.waitUntil(lambda: is_encoded(window) and pictures.shown is None, timeout=20_000)
    assert window.bench.time.matrix.view.data.read_only


def test_a_model_that_draws_only_futures_is_not_said_to_draw_nothing() -> None:
    looking = viewing_card(RowKind.FRAME)
    able = looking.capabilities | Capability.PREDICT
    predicting = looking.model_copy(update={"capabilities": able})
    assert why_no_pictures(looking) == SENTENCE
    assert "futures only" in why_no_pictures(predicting)
    with pytest.raises(MotionStudioError, match="draws futures only"):
        check_draws(predicting)
