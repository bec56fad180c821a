"""Which fields of the training dialog have an effect now, and why the others have none."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QWidget

from motionstudio.gui.training.form import TrainForm
from motionstudio.models.base import ModelCard
from motionstudio.training.own_clips import why_not_generated
from motionstudio.training.own_systems import known


def explain(form: TrainForm, card: ModelCard | None) -> None:
    """Enable what has an effect on training after ``card``; let the rest say why it has none."""
    _explain_clips(form)
    _explain_size(form, card)
    facts = known(card.system if card is not None else "")
    _allow(
        form.augment,
        "How far pictures are turned, zoomed and shifted at random in training",
        "" if facts.augments else f"{facts.name} is trained on pictures as they are",
    )
    _allow(
        form.stops,
        "Ends when the watched clip is made no better three times in a row; the best weights are "
        "kept",
        "" if facts.pictures else f"{facts.name} makes no pictures whose error could be watched",
    )
    _allow(
        form.generated,
        "So that it does not forget what it knew; takes time to prepare",
        why_not_generated(card) if card is not None else "",
    )


def _explain_clips(form: TrainForm) -> None:
    chosen = form.chosen()
    files = any(isinstance(one, str) for one in chosen)
    _allow(
        form.fit,
        "How frames of files become squares; open subjects keep their crop",
        "" if files else "Open subjects keep the crop that their models see; this is for files",
    )
    _allow(
        form.every,
        "Which clips are never trained on, only looked at",
        "" if len(chosen) > 1 else "A single clip is trained on whole",
    )


def _explain_size(form: TrainForm, card: ModelCard | None) -> None:
    fixed = "What it has learned fits pictures of this size; start anew to choose another"
    anew = form.anew.isChecked()
    _allow(form.pixels, "Larger pictures show more and take longer", "" if anew else fixed)
    if not anew and card is not None:
        form.pixels.setCurrentIndex(form.pixels.findData(card.size))


def _allow(widget: QWidget, tip: str, why_not: str) -> None:
    widget.setEnabled(not why_not)
    widget.setToolTip(why_not or tip)
    if why_not and isinstance(widget, QCheckBox):
        widget.setChecked(False)
