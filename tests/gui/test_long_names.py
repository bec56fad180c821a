"""Names without blanks are shortened in the middle, never cut off; the whole is in the tooltip."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.gui.items.elided import ElidedLabel, broken_words
from motionstudio.gui.items.pane_header import MutedLabel, PaneHeader
from motionstudio.gui.items.task_row import TaskRow, TaskView
from motionstudio.gui.notifications import Notice
from motionstudio.gui.panes.inspector import Fact, Inspector, SubjectFacts
from motionstudio.gui.toasts import ToastStack
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.gui.overlapping import overlaps
from tests.stories.conftest import blob_frames
from tests.stories.steps import open_clip
from tests.stories.walking import cut_texts, settle_events

NAME = "sax_2024" + "ABCDEFGHIJ" * 20 + "_end.mp4"


@pytest.fixture
def window(qtbot: Any) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    return made


def test_only_words_that_do_not_fit_lose_their_middle(qapp: QApplication) -> None:
    metrics = QFontMetrics(qapp.font())
    text = f"Could not open {NAME}\nnor  this."
    shown = broken_words(text, metrics, 200)
    assert shown.startswith("Could not open sax_2024")
    assert shown.endswith("_end.mp4\nnor  this.")
    assert all(metrics.horizontalAdvance(word) <= 200 for word in shown.split())
    assert broken_words("Nothing is long here.", metrics, 200) == "Nothing is long here."


def test_a_label_shortens_what_it_paints_and_keeps_its_text(window: QWidget) -> None:
    label = ElidedLabel(NAME, window)
    label.setGeometry(0, 0, 150, 20)
    label.show()
    settle_events()
    assert label.text() == NAME == label.toolTip()
    assert label.shown.startswith("sax")
    assert label.shown.endswith(".mp4")
    assert label.minimumSizeHint().width() < 100
    before = label.grab().toImage()
    label.setText("short")
    assert label.toolTip() == ""
    assert label.grab().toImage() != before
    label.setToolTip("Somebody else's")
    label.setText(NAME)
    assert label.toolTip() == "Somebody else's"


@pytest.mark.parametrize("kind", [MutedLabel, ElidedLabel])
def test_what_fits_is_painted_as_ever(window: QWidget, kind: type[ElidedLabel]) -> None:
    label, plain = kind("Frame 3", window), QLabel("Frame 3", window)
    for one in (label, plain):
        one.setFont(label.font())
        one.setProperty("muted", label.property("muted"))
        one.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        one.resize(120, 20)
    assert label.grab().toImage() == plain.grab().toImage()


def test_messages_tasks_headers_and_facts_take_a_long_name(window: QWidget) -> None:
    stack = ToastStack(window)
    stack.show_notice(Notice(f"{NAME} could not be opened.", f"Look into {NAME}."))
    row = TaskRow(window)
    row.show_task(TaskView("export", f"Exporting {NAME}", 0.5))
    header = PaneHeader("Library", window)
    header.set_detail(NAME)
    facts = Inspector(window)
    facts.set_subject(SubjectFacts(NAME, (Fact("format", NAME),), (f"{NAME} is damaged.",)))
    for place, part in enumerate((row, header, facts)):
        part.setGeometry(0, 40 * place, 260, 30 if part is not facts else 300)
        part.show()
    settle_events()
    assert cut_texts(window) == []
    assert NAME in row.text.toolTip()
    words = [label for label in window.findChildren(QLabel) if label.text().startswith("sax")]
    assert any(label.toolTip().startswith(NAME) for label in words)
    page = facts.findChildren(QLabel)
    assert max(label.minimumSizeHint().width() for label in page if label.wordWrap()) < 200


def test_a_clip_with_a_long_name_leaves_the_panes_where_they_are(
    qtbot: Any, make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window((1280, 720))
    settle_events()
    before = window.bench.docks["library"].width()
    path = tmp_path / f"{NAME[:200]}.npz"
    write_clip(Clip(blob_frames(8, 48), uniform_times(8, 20)), path)
    open_clip(qtbot, window, path)
    window.bench.time.matrix.set_message("Finding", f"The motion of {NAME} is being found.")
    for pane in ("inspector", "history", "transfer", "statistics"):
        window.bench.show_pane(pane)
        settle_events()
        assert overlaps(window) == [], pane
    assert window.bench.docks["library"].width() == before
    assert window.bench.welcome.minimumSizeHint().width() < 700
