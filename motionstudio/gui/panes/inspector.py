"""Inspector: what the model is and can do, and the facts about the clip that is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from motionstudio.gui.items.emptied import emptied
from motionstudio.gui.items.grouped_choice import Choice, fill
from motionstudio.gui.items.pane_header import MutedLabel, PaneHeader
from motionstudio.gui.items.pane_layout import scrolling, under_header
from motionstudio.gui.panes.empty_state import EmptyState
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.tokens import SPACE_L, SPACE_S, SPACE_XS

_SHORT = 16
"""Letters that a label may have to stand beside its value."""
_UNBROKEN = re.compile(rf"[^\u200b]{{{_SHORT}}}(?=[^\u200b])")


@dataclass(frozen=True, slots=True)
class Fact:
    """A label, its value, and a note for the tooltip."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What the card of a model says.

    Attributes:
        title: the model's name, ``heart``.
        subtitle: what it is, ``GenLMM, after Krebs et al. 2021``.
        capabilities: what it can do, in words.
        metrics: measured figures.
        data: what it was trained on, licence, size, shapes.
    """

    title: str
    subtitle: str = ""
    capabilities: tuple[str, ...] = ()
    metrics: tuple[Fact, ...] = ()
    data: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """What is known about a clip: its name, facts, and a sentence for each thing odd about it."""

    title: str
    facts: tuple[Fact, ...] = ()
    warnings: tuple[str, ...] = ()


class Inspector(QWidget):
    """Two sections that scroll together: clip and model.

    Signals:
        modelChosen: name of another model for the clip.
        hovered: read-out for the status bar.
    """

    modelChosen = Signal(str)
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = PaneHeader("Inspector")
        self.models = QComboBox()
        self.models.setAccessibleName("Model")
        self.models.setToolTip("The model that encodes and animates this clip")
        self.models.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.models.textActivated.connect(self.modelChosen)
        self.empty = EmptyState(
            "info", "Nothing to inspect", "Facts about the clip and the model appear here."
        )
        self._subject = _Section()
        self._model = _Section()
        self._known = [False, False]
        self._lay_out()

    def set_subject(self, facts: SubjectFacts | None) -> None:
        """Facts about the clip that is shown, or None."""
        self._subject.clear()
        if facts is not None:
            self._subject.add_title(facts.title, "")
            for warning in facts.warnings:
                self._subject.add_note(warning, tone="warn")
            self._subject.add_facts(facts.facts)
        self._show(0, facts is not None)

    def set_model(self, facts: ModelFacts | None) -> None:
        """The card of the model in use, or None."""
        self._model.clear()
        if facts is not None:
            self._model.add_title(facts.title, facts.subtitle)
            if facts.capabilities:
                self._model.add_facts([Fact("can", ", ".join(facts.capabilities))])
            self._model.add_facts(facts.data)
            if facts.metrics:
                self._model.add_heading("Measured")
                self._model.add_facts(facts.metrics)
        self._show(1, facts is not None)

    def set_models(
        self, names: Sequence[str], current: str, families: Mapping[str, str] | None = None
    ) -> None:
        """Names of the models to choose from, the one in use, and headings of some by name."""
        known = families or {}
        with QSignalBlocker(self.models):
            fill(self.models, [Choice(name, name, known.get(name, "")) for name in names])
            self.models.setCurrentIndex(self.models.findText(current))
        self.models.setEnabled(len(names) > 1)
        few = "There is only one model" if names else "No model was found"
        self.models.setToolTip(
            "The model that encodes and animates this clip" if len(names) > 1 else few
        )

    def _lay_out(self) -> None:
        page = QWidget()
        inside = QVBoxLayout(page)
        inside.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        inside.setSpacing(SPACE_S)
        inside.addWidget(self._subject)
        self._heading = MutedLabel("Model")
        inside.addWidget(self._heading)
        inside.addWidget(self.models)
        inside.addWidget(self._model)
        inside.addStretch(1)
        self._area = scrolling(page, "Facts about clip and model")
        column = under_header(self, self.header, self._area)
        column.addWidget(self.empty, 1)
        self._show(0, False)

    def _show(self, place: int, known: bool) -> None:
        self._known[place] = known
        self._subject.setVisible(self._known[0])
        self._model.setVisible(self._known[1])
        self._area.setVisible(any(self._known))
        self.empty.setVisible(not any(self._known))


class _Section(QWidget):
    """Titles, notes and a grid of facts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, SPACE_L)
        self._grid.setHorizontalSpacing(SPACE_S)
        self._grid.setVerticalSpacing(SPACE_XS)
        self._grid.setColumnStretch(1, 1)
        self._row = 0

    def clear(self) -> None:
        """Remove everything."""
        emptied(self._grid)
        self._row = 0

    def add_title(self, title: str, subtitle: str) -> None:
        """A title line and a muted line."""
        label = QLabel(_breakable(title))
        label.setToolTip(title)
        label.setFont(font("title"))
        label.setWordWrap(True)
        self._add_wide(label)
        if subtitle:
            self._add_wide(_muted(subtitle))

    def add_heading(self, words: str) -> None:
        """A muted line over a group of facts."""
        self._add_wide(_muted(words))

    def add_note(self, words: str, tone: str) -> None:
        """A sentence in the colour of a tone (warn, error, good)."""
        label = QLabel(f"⚠ {_breakable(words)}")
        label.setProperty("tone", tone)
        label.setWordWrap(True)
        self._add_wide(label)

    def add_facts(self, facts: Sequence[Fact]) -> None:
        """Labels at the left, values at the right, selectable to copy."""
        for fact in facts:
            name, value = _muted(fact.label), QLabel(_breakable(fact.value))
            long = len(fact.label) > _SHORT
            name.setWordWrap(long)
            value.setFont(font("body", tabular=True))
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            for label in (name, value):
                label.setToolTip(fact.note)
            if long:
                # Beside it there would be no room for the value.
                self._add_wide(name)
                self._add_wide(value)
                continue
            self._grid.addWidget(name, self._row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, self._row, 1)
            self._row += 1

    def _add_wide(self, widget: QWidget) -> None:
        # The grid's own count of rows never shrinks: it would be laid out ever more slowly.
        self._grid.addWidget(widget, self._row, 0, 1, 2)
        self._row += 1


def _breakable(text: str) -> str:
    """``text`` whose long words may be broken: paths after a slash or underscore, else anywhere."""
    words = []
    for word in text.split(" "):
        long = len(word) > _SHORT
        broken = word.replace("/", "/\u200b").replace("_", "_\u200b") if long else word
        words.append(_UNBROKEN.sub("\\g<0>\u200b", broken) if long else broken)
    return " ".join(words)


def _muted(words: str) -> MutedLabel:
    label = MutedLabel(words)
    label.setWordWrap(True)
    return label
