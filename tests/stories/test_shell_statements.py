"""Statements of the design about the window itself, each with its number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from motionstudio.gui.dialogs.palette import Palette
from motionstudio.gui.dialogs.preferences import PreferencesDialog
from motionstudio.gui.main_window import MainWindow
from tests.gui.conftest import MakeWindow
from tests.stories.steps import open_clip, settle
from tests.stories.walking import (
    controls,
    cut_texts,
    described,
    every_action,
    name_of,
    reached_by_tab,
    settle_events,
)

SCALES = (80, 100, 150, 200)
LOOKS = (("dark", "normal"), ("light", "normal"), ("dark", "high"), ("light", "high"))


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, clip_path: Path) -> MainWindow:
    made = make_window()
    open_clip(qtbot, made, clip_path)
    return made


def panes(window: MainWindow) -> list[str]:
    return [name for name in window.bench.docks if name not in ("library", "time")]


def test_statement_12_every_action_is_in_palette_and_menu_has_a_tooltip_and_its_own_keys(
    window: MainWindow,
) -> None:
    window.refresh_actions()
    table = window.actions_
    palette = Palette(table, window.session.settings, window)
    names = {spec.name for spec in table.specs}
    assert names - set(palette.names) == {"help.commands"}
    assert names <= set(every_action(window.menuBar()))
    owners: dict[str, str] = {}
    for spec in table.specs:
        action = table[spec.name]
        assert spec.tip in action.toolTip(), spec.name
        for key in action.shortcuts():
            text = key.toString(QKeySequence.SequenceFormat.PortableText)
            assert text, f"{spec.name} has a key that Qt does not know"
            assert text not in owners, f"{text}: {spec.name} and {owners.get(text)}"
            owners[text] = spec.name
    palette.close()


def test_statement_13_every_control_has_a_name(window: MainWindow) -> None:
    for pane in panes(window):
        window.bench.show_pane(pane)
        settle_events()
        nameless = [described(widget) for widget in controls(window) if not name_of(widget)]
        assert nameless == [], pane


def test_statement_13_tab_reaches_every_control(qtbot: Any, window: MainWindow) -> None:
    with qtbot.waitActive(window):
        window.activateWindow()
    for pane in panes(window):
        window.bench.show_pane(pane)
        settle_events()
        wanted = {widget for widget in controls(window) if widget.isEnabled()}
        assert len(wanted) > 10
        seen = set(reached_by_tab(window))
        missed = [described(w) for w in wanted if w not in seen and w.focusProxy() not in seen]
        assert missed == [], pane


def test_statement_13_f6_visits_every_pane(qtbot: Any, window: MainWindow) -> None:
    with qtbot.waitActive(window):
        window.activateWindow()
    window.presenters.playback.go(3)
    for pane in panes(window):
        window.bench.show_pane(pane)
        # A pane that still computes has nothing to stop at yet.
        qtbot.waitUntil(lambda name=pane: name in visited(window), timeout=20_000)
    assert {"library", "time"} <= visited(window)


def visited(window: MainWindow) -> set[str]:
    """The panes that F6 goes through from here."""
    found: set[str] = set()
    for _ in range(len(window.bench.panes)):
        window.actions_["view.next_pane"].trigger()
        focus: QWidget | None = window.focusWidget()
        for name, widget in window.bench.panes.items():
            if focus is not None and (widget is focus or widget.isAncestorOf(focus)):
                found.add(name)
    return found


@pytest.mark.parametrize(("theme", "contrast"), LOOKS)
def test_statement_14_all_text_is_readable_at_every_size_and_in_every_theme(
    window: MainWindow, theme: str, contrast: str
) -> None:
    for scale in SCALES:
        window.session.settings.update(theme=theme, contrast=contrast, ui_scale=scale)
        settle_events()
        assert (window.width(), window.height()) == (1280, 720)
        for pane in panes(window):
            window.bench.show_pane(pane)
            settle_events()
            assert cut_texts(window) == [], f"{pane} at {scale} %"
        assert window.bench.viewports.width() >= 240
        assert window.bench.viewports.height() >= 120


def test_every_pane_has_a_button_in_sight_and_pictures_keep_their_share_at_every_size(
    window: MainWindow,
) -> None:
    strip = window.bench.strip
    for scale in SCALES:
        window.session.settings.update(ui_scale=scale)
        settle_events()
        for name in strip.names:
            assert strip.rect().contains(strip.button(name).geometry()), f"{name} at {scale} %"
            assert strip.button(name).isVisible(), f"{name} at {scale} %"
        assert window.bench.viewports.width() >= 0.55 * window.width(), f"{scale} %"


def test_statement_14_the_dialogs_fit_as_well(window: MainWindow) -> None:
    for scale in SCALES:
        window.session.settings.update(ui_scale=scale)
        dialog = PreferencesDialog(window.session.settings, window.actions_, window)
        dialog.show()
        for page in range(dialog.tabs.count()):
            dialog.tabs.setCurrentIndex(page)
            settle_events()
            assert cut_texts(dialog) == [], f"{scale} %"
        dialog.close()


def test_statement_14_the_system_s_wish_for_contrast_is_followed(
    window: MainWindow, qapp: QApplication
) -> None:
    from motionstudio.gui.theme.apply import tokens_for
    from motionstudio.gui.theme.tokens import contrast

    window.session.settings.update(contrast="high")
    strong = tokens_for(window.palette())
    window.session.settings.update(contrast="normal")
    plain = tokens_for(window.palette())
    assert contrast(strong.text, strong.surface) >= 15 > 0
    assert contrast(strong.muted, strong.surface) > contrast(plain.muted, plain.surface)
    assert contrast(strong.line, strong.surface) >= 3


def test_keys_that_were_changed_act_and_the_old_ones_do_not(qtbot: Any, window: MainWindow) -> None:
    from PySide6.QtTest import QTest

    from tests.stories.steps import key

    window.session.settings.update(keys={"motion.on": ("F9",)})
    assert "F9" in window.actions_["motion.on"].toolTip()
    key(window, ".")
    assert window.session.playhead == 0
    key(window, "F9")
    assert window.session.playhead == 1
    window.actions_["help.commands"].trigger()
    palette = window.findChild(Palette)
    assert palette is not None
    QTest.keyClicks(palette.field, "dn")
    assert palette.field.text() == "dn"
    assert window.session.playhead == 1
    palette.close()
    settle(qtbot, window)


def test_a_conflict_is_told_before_it_is_solved(window: MainWindow) -> None:
    dialog = PreferencesDialog(window.session.settings, window.actions_, window)
    page = dialog.shortcuts
    page.choose("motion.on")
    page.record.setKeySequence(QKeySequence("Space"))
    assert "Play" in page.told.text()
    assert "lose" in page.told.text()
    page.take()
    assert window.actions_.keymap.keys("motion.on") == ("Space",)
    assert "Space" not in window.actions_.keymap.keys("motion.play")
    page.reset_chosen()
    assert window.actions_.keymap.keys("motion.on")[0] == "."
    page.reset_everything()
    assert window.session.settings.value.keys == {}
    assert window.actions_["motion.play"].shortcut() == QKeySequence("Space")
    dialog.close()


def test_every_preference_acts_at_once_and_can_be_reset(window: MainWindow) -> None:
    from motionstudio.gui.preferences import PREFERENCES

    dialog = PreferencesDialog(window.session.settings, window.actions_, window)
    for preference in PREFERENCES:
        row = dialog.rows[preference.name]
        assert not row.reset.isEnabled()
        other: Any
        if preference.choices:
            other = next(v for v, _ in preference.choices if v != preference.default)
        elif preference.most > preference.least:
            other = preference.least
        elif isinstance(preference.default, str):
            other = "lab:10001"
        else:
            other = not preference.default
        row.take(other)
        assert getattr(window.session.settings.value, preference.name) == other
        assert row.reset.isEnabled()
        row.reset.click()
        assert getattr(window.session.settings.value, preference.name) == preference.default
    dialog.close()


def test_preferences_are_found_by_their_words(window: MainWindow) -> None:
    dialog = PreferencesDialog(window.session.settings, window.actions_, window)
    dialog.show()
    dialog.search.setText("size type")
    assert [n for n, row in dialog.rows.items() if row.editor.isVisible()] == ["ui_scale"]
    dialog.search.setText("bent grid motion view")
    dialog.search.setText("warped")
    assert dialog.tabs.currentIndex() == 1
    assert dialog.shortcuts.count() == 1
    dialog.close()


def test_the_tour_shows_real_panes_and_can_be_left(window: MainWindow) -> None:
    window.actions_["help.tour"].trigger()
    tour = window.tour
    places = []
    while tour.isVisible():
        settle_events()
        assert window.rect().contains(tour.geometry())
        assert "{" not in tour.accessibleName()
        places.append(tour.place)
        tour.on.click()
    assert places == [0, 1, 2, 3, 4, 5]
    tour.start()
    tour.skip.click()
    assert not tour.isVisible()
    assert window.session.settings.value.toured


def test_layouts_are_saved_shown_and_removed(window: MainWindow) -> None:
    layouts = window.behaviours.shell.layouts
    window.bench.docks["library"].close()
    layouts.save("mine")
    window.actions_["layout.animate"].trigger()
    assert window.bench.docks["library"].isVisible()
    layouts.apply("mine")
    settle_events()
    assert window.bench.docks["library"].isHidden()
    window.actions_["layout.inspect"].trigger()
    assert window.session.view.state.layout == "2x2"
    layouts.remove("mine")
    assert layouts.names == ()


def test_the_welcome_page_leads_to_a_clip(
    qtbot: Any, make_window: MakeWindow, clip_path: Path
) -> None:
    window = make_window()
    assert window.bench.welcome.isVisible()
    assert all(button.isEnabled() for button in window.bench.welcome.buttons.values())
    window.session.settings.remember(clip_path)
    window.bench.welcome.recentChosen.emit(str(clip_path))
    qtbot.waitUntil(lambda: window.bench.viewports.isVisible(), timeout=20_000)
    settle(qtbot, window)


def test_a_key_that_moves_the_size_moves_everything(window: MainWindow) -> None:
    before = window.bench.library.header.height()
    for _ in range(5):
        window.actions_["view.larger"].trigger()
    settle_events()
    assert window.session.settings.value.ui_scale == 150
    assert window.bench.library.header.height() >= 1.2 * before
    window.actions_["view.normal_size"].trigger()
    settle_events()
    assert window.bench.library.header.height() == before
    assert window.focusPolicy() is not Qt.FocusPolicy.ClickFocus


def test_the_very_first_start_opens_the_sample_and_later_ones_the_welcome_page(
    window: MainWindow,
) -> None:
    opened: list[str] = []
    action = window.actions_["file.sample_project"]
    action.triggered.connect(lambda: opened.append("sample"))
    window.session.settings.update(toured=False)
    window.onboarding.begin([])
    assert opened == ["sample"]
    window.onboarding.begin([])
    assert opened == ["sample"]
