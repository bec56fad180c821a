"""The panes Overlays and Measurements: every control is told, named, and says why it is off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox
from pytestqt.qtbot import QtBot

from motionstudio.core.onion import OnionSkin
from motionstudio.document.viewports import ViewportSettings
from motionstudio.gui.items.region_chart import Series
from motionstudio.gui.panes.measurements import Measurements
from motionstudio.gui.panes.overlays import Overlays
from motionstudio.gui.theme.apply import apply
from tests.gui.spy import Spy, all_signals


@pytest.fixture
def overlays(qtbot: QtBot, qapp: QApplication) -> Overlays:
    apply(qapp, "dark")
    pane = Overlays()
    qtbot.addWidget(pane)
    pane.resize(250, 620)
    pane.set_settings(ViewportSettings())
    pane.show()
    return pane


@pytest.fixture
def measurements(qtbot: QtBot, qapp: QApplication) -> Measurements:
    apply(qapp, "dark")
    pane = Measurements()
    qtbot.addWidget(pane)
    pane.resize(250, 560)
    pane.axis.set_count(5)
    pane.show()
    return pane


def test_every_setting_is_shown_and_none_is_told_back(overlays: Overlays) -> None:
    spy = Spy(overlays, *all_signals(overlays))
    changed = ViewportSettings(
        onion=OnionSkin(True, "keyed", 5, 0, 3, "#112233", "#445566", False, True),
        density=9, arrow_scale=2.5, magnitude_limit=12.0, labels=False, trails=False,
        linked=False, cross_hair=False, smooth=False,
    )  # fmt: skip
    overlays.set_settings(changed)
    assert spy.heard == []
    for name, widget in overlays._fields.items():
        assert _shown(widget) == getattr(changed, name), name
    for name, widget in overlays._onion.items():
        assert _shown(widget) == getattr(changed.onion, name), name


def _shown(widget: object) -> object:
    if isinstance(widget, QComboBox):
        return widget.currentData()
    if isinstance(widget, QAbstractSpinBox):
        return widget.value()  # type: ignore[attr-defined]
    assert isinstance(widget, QAbstractButton)
    return widget.isChecked() if widget.isCheckable() else widget.text()


def test_each_control_tells_its_own_setting(overlays: Overlays) -> None:
    overlays.set_settings(replace(ViewportSettings(), onion=OnionSkin(on=True)))
    spy = Spy(overlays, "settingChanged", "onionChanged")
    for group in (overlays._fields, overlays._onion):
        for widget in group.values():
            if isinstance(widget, QComboBox):
                widget.setCurrentIndex(1)
                widget.activated.emit(1)
            elif isinstance(widget, QAbstractSpinBox):
                widget.stepUp()
            elif widget.isCheckable():
                widget.click()
    told = {(entry[0], entry[1]) for entry in spy.heard}
    for name in overlays._fields:
        assert ("settingChanged", name) in told
    for name in set(overlays._onion) - {"before_colour", "after_colour"}:
        assert ("onionChanged", name) in told
    overlays._onion["before_colour"].colourChosen.emit("#010203")
    assert spy.heard[-1] == ("onionChanged", "before_colour", "#010203")


def test_what_cannot_be_used_says_why(overlays: Overlays) -> None:
    overlays.set_points(0)
    overlays.set_placing(False, "Open a clip first.")
    disabled = [w for w in (*overlays._onion.values(), overlays.clear, overlays.copy,
                            overlays.placing) if not w.isEnabled()]  # fmt: skip
    assert len(disabled) >= 10
    assert all("\n" in widget.toolTip() for widget in disabled)
    overlays.set_points(2)
    assert overlays.clear.isEnabled()
    assert overlays.count.text() == "2 points"


def test_nothing_in_the_panes_is_nameless_or_too_wide(
    overlays: Overlays, measurements: Measurements
) -> None:
    for pane in (overlays, measurements):
        QApplication.processEvents()
        kinds = (*pane.findChildren(QAbstractButton), *pane.findChildren(QComboBox))
        seen = [widget for widget in kinds if widget.isVisible()]
        assert seen
        for widget in seen:
            assert widget.accessibleName() or widget.text()  # type: ignore[union-attr]
            right = widget.mapTo(pane, QPoint(widget.width(), 0)).x()
            assert right <= pane.width() + 1, widget.accessibleName()


def test_the_pane_says_what_it_is_for_while_it_is_empty(measurements: Measurements) -> None:
    measurements.set_message("")
    assert not measurements.copy.isEnabled()
    assert "\n" in measurements.copy.toolTip()
    assert measurements.words.text() == ""
    assert measurements.chart.series == ()


def test_choices_are_told_and_setting_them_is_not(measurements: Measurements) -> None:
    spy = Spy(measurements, "labelChanged", "quantityChanged", "frameChanged")
    measurements.set_labels(((1, "left ventricle"), (2, "wall")), 2)
    measurements.set_frames((0, 4), 4)
    measurements.set_quantity("strain")
    assert spy.heard == []
    assert measurements.label.currentText() == "wall"
    assert measurements.frame.currentText() == "frame 4"
    measurements.label.activated.emit(0)
    measurements.frame.activated.emit(0)
    assert spy.heard == [("labelChanged", 2), ("frameChanged", 4)]


def test_the_chart_shows_its_series_and_goes_to_frames(measurements: Measurements) -> None:
    values, truth = np.array([4.0, 3, 2, 3, 4]), np.array([4.0, np.nan, 2.2, np.nan, 4])
    empty = measurements.chart.grab().toImage()
    measurements.set_series((Series("carried", values, truth, "#ff8800"),), "mm²", "w", zero=True)
    assert measurements.chart.grab().toImage() != empty
    assert measurements.chart.span() == (0.0, 4.0)
    assert measurements.chart.describe(2) == "Frame 2 · carried 2 mm² · own label 2.2 mm²"
    spy = Spy(measurements, "scrubbed")
    place = QPoint(round(measurements.axis.centre(3)), 40)
    QTest.mouseClick(measurements.chart, Qt.MouseButton.LeftButton, pos=place)
    assert spy.heard == [("scrubbed", 3)]
    negative = Series("circumferential", -values, np.full(5, np.nan), "#ff8800")
    measurements.set_series((negative,), "%", "w", zero=False)
    low, high = measurements.chart.span()
    assert low <= -4
    assert 0 <= high < 1
