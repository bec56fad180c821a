"""Library and inspector: cards, names, facts, empty states."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QFontMetrics, QImage
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from motionstudio.gui.items.card_delegate import mark_of, whole_facts
from motionstudio.gui.panes.inspector import Fact, Inspector, ModelFacts, SubjectFacts
from motionstudio.gui.panes.library import SUBJECT_MIME, Library, SampleCard, SubjectCard
from motionstudio.gui.theme.apply import apply
from tests.gui.gestures import centre, click, move, press
from tests.gui.spy import Spy, all_signals

CARDS = (
    SubjectCard("a", "heart", "25 frames · 128 × 128", QImage(8, 8, QImage.Format.Format_RGB888)),
    SubjectCard("b", "walk", "8 frames · 64 × 64", warning="Frame times were missing."),
)


@pytest.fixture
def library(qtbot: QtBot, qapp: QApplication) -> Library:
    apply(qapp, "dark")
    pane = Library()
    qtbot.addWidget(pane)
    pane.resize(240, 500)
    pane.show()
    return pane


def test_only_what_is_wrong_is_marked_as_a_warning(library: Library) -> None:
    noted = SubjectCard("c", "slice", "20 frames", note="The volume holds 6 slices.")
    both = SubjectCard("d", "gone", "20 frames", warning="The file is gone.", note="6 slices.")
    library.set_subjects((*CARDS, noted, both))
    cards = library.subjects
    marks = [mark_of(cards.model().index(row, 0)) for row in range(cards.count())]
    assert marks == ["", "warning", "info", "warning"]
    assert "6 slices" in cards.item(2).toolTip()


def press_card(pane: Library, place: int) -> None:
    subjects = pane.subjects
    area = subjects.visualItemRect(subjects.item(place))
    click(subjects.viewport(), centre(area))


def test_without_subjects_it_offers_to_open(library: Library) -> None:
    spy = Spy(library, "openRequested")
    assert library.empty.isVisible()
    library.empty._button.click()
    library.open.click()
    assert spy.heard == [("openRequested",)] * 2
    library.set_subjects(CARDS)
    assert not library.empty.isVisible()


def test_a_click_activates_a_subject(library: Library) -> None:
    library.set_subjects(CARDS)
    library.set_active("a")
    spy = Spy(library, "subjectActivated")
    press_card(library, 1)
    assert spy.of("subjectActivated") == [("b",)]


def test_arrow_keys_walk_through_subjects(library: Library, qtbot: QtBot) -> None:
    library.set_subjects(CARDS)
    library.set_active("a")
    spy = Spy(library, "subjectActivated")
    qtbot.keyClick(library.subjects, Qt.Key.Key_Down)
    assert spy.of("subjectActivated") == [("b",)]


def test_f2_renames_and_delete_asks_for_removal(library: Library, qtbot: QtBot) -> None:
    library.set_subjects(CARDS)
    library.set_active("b")
    spy = Spy(library, "renameRequested", "removeRequested")
    library.subjects.item(1).setText("run")
    qtbot.keyClick(library.subjects, Qt.Key.Key_Delete)
    assert spy.heard == [("renameRequested", "b", "run"), ("removeRequested", "b")]


def test_the_card_menu_removes(library: Library) -> None:
    library.set_subjects(CARDS)
    spy = Spy(library, "removeRequested")
    menu = library.subjects.card_menu(library.subjects.item(0))
    menu.actions()[-1].trigger()
    assert spy.of("removeRequested") == [("a",)]


def test_samples_open_by_one_click_or_return(library: Library, qtbot: QtBot) -> None:
    assert not library.samples.isVisible()
    library.set_samples((SampleCard("s", "Beating heart", "generated"),))
    spy = Spy(library, "sampleActivated", "subjectActivated")
    samples = library.samples
    click(samples.viewport(), centre(samples.visualItemRect(samples.item(0))))
    qtbot.keyClick(samples, Qt.Key.Key_Return)
    assert spy.heard == [("sampleActivated", "s")] * 2


def test_subjects_can_be_dragged_by_their_id(library: Library) -> None:
    library.set_subjects(CARDS)
    data = library.subjects.mimeData([library.subjects.item(1)])
    assert bytes(data.data(SUBJECT_MIME).data()) == b"b"


def test_dropped_files_are_told_as_paths(library: Library) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("one.gif"), QUrl("https://example.org/two.gif")])
    spy = Spy(library, "filesDropped")
    event = QDropEvent(
        QPointF(QPoint(20, 20)),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    library.dropEvent(event)
    assert [len(call[0]) for call in spy.of("filesDropped")] == [1]
    assert spy.of("filesDropped")[0][0][0].endswith("one.gif")


def test_setters_of_the_library_emit_nothing(library: Library) -> None:
    spy = Spy(library, *all_signals(library))
    library.set_subjects(CARDS)
    library.set_active("b")
    library.set_subjects(CARDS[1:])
    library.set_active("nowhere")
    library.set_samples((SampleCard("s", "Beating heart"),))
    library.grab()
    assert spy.heard == []


def test_the_active_subject_stays_active_when_cards_are_refreshed(library: Library) -> None:
    library.set_subjects(CARDS)
    library.set_active("b")
    library.set_subjects(CARDS)
    assert library.subjects.current_id() == "b"


def test_warnings_are_in_the_read_out_and_for_assistive_technology(library: Library) -> None:
    library.set_subjects(CARDS)
    item = library.subjects.item(1)
    role = Qt.ItemDataRole.AccessibleDescriptionRole
    assert "Frame times were missing" in item.data(role)
    assert "Frame times were missing" in item.toolTip()


@pytest.fixture
def inspector(qtbot: QtBot, qapp: QApplication) -> Inspector:
    apply(qapp, "dark")
    pane = Inspector()
    qtbot.addWidget(pane)
    pane.resize(260, 500)
    pane.show()
    return pane


def words(pane: Inspector) -> str:
    QApplication.processEvents()
    return "\n".join(label.text() for label in pane.findChildren(QLabel) if label.isVisible())


def test_the_inspector_shows_facts_warnings_and_the_model_card(inspector: Inspector) -> None:
    assert inspector.empty.isVisible()
    inspector.set_subject(SubjectFacts("heart", (Fact("format", "NPZ"),), ("Times were missing.",)))
    inspector.set_model(
        ModelFacts("heart", "GenLMM", ("encode", "refine"), (Fact("Dice", "0.86"),))
    )
    for part in ("NPZ", "Times were missing.", "GenLMM", "encode, refine", "0.86"):
        assert part in words(inspector)
    assert not inspector.empty.isVisible()


def test_other_facts_replace_the_old_ones(inspector: Inspector) -> None:
    inspector.set_subject(SubjectFacts("one", (Fact("format", "NPZ"),)))
    inspector.set_subject(SubjectFacts("two", (Fact("format", "GIF"),)))
    assert "GIF" in words(inspector)
    assert "NPZ" not in words(inspector)
    inspector.set_subject(None)
    assert inspector.empty.isVisible()


def test_a_model_is_chosen_by_people_only(inspector: Inspector, qtbot: QtBot) -> None:
    spy = Spy(inspector, *all_signals(inspector))
    inspector.set_models(("heart", "figures"), "figures")
    assert inspector.models.currentText() == "figures"
    assert spy.heard == []
    inspector.set_model(ModelFacts("figures"))
    qtbot.keyClick(inspector.models, Qt.Key.Key_Up)
    assert spy.of("modelChosen") == [("heart",)]


def test_a_single_model_leaves_nothing_to_choose_and_says_so(inspector: Inspector) -> None:
    inspector.set_models(("heart",), "heart")
    assert not inspector.models.isEnabled()
    assert "only one" in inspector.models.toolTip()


def test_a_drag_leaves_the_active_subject_active(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else every drag onto the picture would be one of the picture's own motion."""
    carried: list[bytes] = []
    monkeypatch.setattr(
        "motionstudio.gui.panes.card_list.start_drag",
        lambda _origin, data, _picture: carried.append(bytes(data.data(SUBJECT_MIME).data())),
    )
    library.set_subjects(CARDS)
    library.set_active("a")
    spy = Spy(library, "subjectActivated")
    cards = library.subjects
    start = centre(cards.visualItemRect(cards.item(1)))
    press(cards.viewport(), start)
    assert spy.heard == []
    move(cards.viewport(), (start[0] + 20, start[1]))
    # The drag takes all that the mouse does from here on, its release included.
    assert carried == [b"b"]
    assert library.subjects.current_id() == "a"
    assert spy.heard == []


def test_samples_carry_their_motion_under_a_name_of_their_own(library: Library) -> None:
    library.set_samples((SampleCard("s.npz", "Beating heart"),))
    data = library.samples.mimeData([library.samples.item(0)])
    assert bytes(data.data(SUBJECT_MIME).data()) == b"sample:s.npz"


def test_a_narrow_card_leaves_whole_facts_out_instead_of_cutting_them(library: Library) -> None:
    metrics = QFontMetrics(library.font())
    words, first = "24 frames · 128×128", "24 frames"
    room = metrics.horizontalAdvance(words)
    assert whole_facts(metrics, words, room) == words
    assert whole_facts(metrics, words, room - 1) == first
    assert whole_facts(metrics, words, 1) == first
