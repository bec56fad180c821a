"""What is remembered, and where sentences go."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from motionstudio.core.errors import MotionStudioError
from motionstudio.gui.notifications import Notice, NoticeCentre, Tone, install_hooks
from motionstudio.gui.presenters.catalogue import Catalogue, missing_reason
from motionstudio.gui.presenters.clipboard import from_table, to_table
from motionstudio.gui.presenters.edit_gate import EditGate
from motionstudio.gui.reports import report_text
from motionstudio.gui.settings import RECENT_LIMIT, SettingsStore
from motionstudio.gui.toasts import Toast
from motionstudio.models.base import Capability
from tests.gui.small_model import small_card


class TestSettings:
    def test_what_was_set_is_there_again(self, tmp_path: Path) -> None:
        SettingsStore(tmp_path / "a" / "settings.json").update(theme="light", loop=False)
        again = SettingsStore(tmp_path / "a" / "settings.json").value
        assert (again.theme, again.loop) == ("light", False)

    def test_a_broken_file_is_set_aside(self, tmp_path: Path) -> None:
        path = tmp_path / "settings.json"
        path.write_text("{ no json")
        store = SettingsStore(path)
        assert store.value.theme == "dark"
        assert "damaged" in store.problem
        assert (tmp_path / "settings.broken.json").read_text() == "{ no json"

    @pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
    def test_numbers_that_no_file_can_hold_are_damage(self, tmp_path: Path, number: str) -> None:
        path = tmp_path / "settings.json"
        path.write_text(f'{{"theme": "light", "live": {{"camera": {number}}}}}')
        store = SettingsStore(path)
        assert "damaged" in store.problem
        store.update(theme="light")
        again = SettingsStore(path)
        assert (again.problem, again.value) == ("", store.value)

    def test_bad_values_fall_back_and_good_ones_stay(self, tmp_path: Path) -> None:
        path = tmp_path / "settings.json"
        path.write_text(json.dumps({"theme": "purple", "loop": False, "of a later version": 1}))
        store = SettingsStore(path)
        assert (store.value.theme, store.value.loop) == ("dark", False)
        assert "theme" in store.problem

    def test_recent_files_are_few_and_the_newest_first(self, tmp_path: Path) -> None:
        store = SettingsStore(tmp_path / "settings.json")
        for number in range(RECENT_LIMIT + 3):
            store.remember(tmp_path / f"{number}.gif")
        store.remember(tmp_path / "5.gif")
        assert len(store.value.recent) == RECENT_LIMIT
        assert store.value.recent[0].endswith("5.gif")
        assert len(set(store.value.recent)) == RECENT_LIMIT

    def test_a_folder_that_cannot_be_written_stops_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        store = SettingsStore(tmp_path / "file" / "settings.json")
        store.update(loop=False)
        assert not store.value.loop
        assert "could not be saved" in store.problem


class TestNotices:
    def test_errors_become_sentences(self, qtbot: Any) -> None:
        centre = NoticeCentre()
        with qtbot.waitSignal(centre.posted) as said:
            centre.report(MotionStudioError("a.gif is damaged.", "Copy it again."))
        notice = said.args[0]
        assert (notice.text, notice.hint, notice.tone) == (
            "a.gif is damaged.", "Copy it again.", Tone.ERROR,
        )  # fmt: skip
        assert not notice.details

    def test_the_unexpected_keeps_its_details(self, qtbot: Any) -> None:
        centre = NoticeCentre()
        with qtbot.waitSignal(centre.posted) as said:
            centre.report(KeyError("gone"))
        assert "KeyError" in said.args[0].details
        assert "Python" in report_text(said.args[0], "CPU")

    def test_hooks_lead_here_and_are_put_back(self, qtbot: Any) -> None:
        centre = NoticeCentre()
        old = sys.excepthook, threading.excepthook
        restore = install_hooks(centre)
        try:
            with qtbot.waitSignal(centre.posted) as said:
                sys.excepthook(ValueError, ValueError("in a slot"), None)
            assert "in a slot" in said.args[0].text

            def fail() -> None:
                raise RuntimeError("in a thread")

            with qtbot.waitSignal(centre.posted) as said:
                thread = threading.Thread(target=fail)
                thread.start()
                thread.join()
            assert "in a thread" in said.args[0].text
        finally:
            restore()
        assert (sys.excepthook, threading.excepthook) == old

    def test_the_last_ones_are_kept(self, qtbot: Any) -> None:
        centre = NoticeCentre()
        for number in range(60):
            centre.post(Notice(f"{number}."))
        qtbot.waitUntil(lambda: bool(centre.recent) and centre.recent[-1].text == "59.")
        assert len(centre.recent) == 50

    @pytest.mark.parametrize("hint", ["", "The clip settings can show it everything, if need be."])
    @pytest.mark.parametrize("details", ["", "Traceback"])
    def test_a_toast_has_room_for_all_its_words(self, qtbot: Any, hint: str, details: str) -> None:
        window = QWidget()
        qtbot.addWidget(window)
        window.resize(900, 500)
        window.show()
        toast = Toast(window)
        words = "clip: The model looks at the 124 x 124 pixels around the part that moves most."
        toast.show_notice(Notice(words, hint, Tone.WARN, details))
        QApplication.processEvents()
        labels = [label for label in toast.findChildren(QLabel) if label.isVisible()]
        assert len(labels) == 1 + bool(hint)
        for label in labels:
            assert label.height() >= label.heightForWidth(label.width())


class TestCatalogue:
    def test_grey_and_colour_have_their_models(self) -> None:
        cards = [small_card("figures", 3), small_card("heart", 1), small_card("other", 1)]
        catalogue = Catalogue(lambda: cards)
        assert catalogue.default_for(1) == "heart"
        assert catalogue.default_for(3) == "figures"

    def test_without_the_preferred_one_another_fits(self) -> None:
        catalogue = Catalogue(lambda: [small_card("mine", 3), small_card("yours", 1)])
        assert catalogue.default_for(1) == "yours"
        assert Catalogue(list).default_for(1) == ""

    def test_reasons_name_the_model(self) -> None:
        card = small_card("plain", 1, Capability.ENCODE)
        assert missing_reason(card, Capability.ENCODE, "Encode") == ""
        assert "plain" in missing_reason(card, Capability.REFINE, "Refine")
        assert missing_reason(None, Capability.REFINE, "Refine")


class TestTables:
    def test_a_block_survives_the_clipboard(self) -> None:
        import numpy as np

        values = np.random.default_rng(1).standard_normal((5, 4)).astype(np.float32)
        text = to_table(values, (1, 3), (0, 2))
        assert np.allclose(from_table(text), values[np.ix_((1, 3), (0, 2))])

    @pytest.mark.parametrize("text", ["", "a b", "1 2\n3", "nan 1", "1 inf"])
    def test_what_is_no_table_is_refused(self, text: str) -> None:
        with pytest.raises(MotionStudioError):
            from_table(text)


class TestEditGate:
    def test_the_newest_runs_when_the_picture_is_there(self, qtbot: Any) -> None:
        busy, done = [False], []
        gate = EditGate(lambda: busy[0])
        gate.submit(lambda: done.append(1))
        busy[0] = True
        gate.submit(lambda: done.append(2))
        gate.submit(lambda: done.append(3))
        assert done == [1]
        gate.flush()
        assert done == [1, 3]

    def test_nothing_waits_for_ever(self, qtbot: Any) -> None:
        done: list[int] = []
        gate = EditGate(lambda: True)
        gate.submit(lambda: done.append(1))
        qtbot.waitUntil(lambda: done == [1], timeout=5000)

    def test_what_is_discarded_never_runs(self, qtbot: Any) -> None:
        done: list[int] = []
        gate = EditGate(lambda: True)
        gate.submit(lambda: done.append(1))
        gate.discard()
        gate.flush()
        assert done == []
