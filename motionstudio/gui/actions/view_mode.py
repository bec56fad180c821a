"""Which actions need a motion that can be edited, or a picture that the model draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from motionstudio.gui.actions.spec import Behaviour
from motionstudio.gui.presenters.view_mode import why_no_edit, why_no_pictures
from motionstudio.models.base import ModelCard

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

EDITS = frozenset(
    {
        "edit.cut", "edit.paste", "latent.reset", "latent.reset_all", "latent.neutral",
        "latent.mute", "latent.solo", "latent.unmute", "latent.pencil", "direction.save_edit",
        "transfer.motion", "transfer.align", "transfer.encode", "transfer.best",
        "transfer.save_template", "transfer.use_template", "model.draw", "model.variations",
        "model.refine", "model.refine_selected", "model.refine_keep", "model.sample",
    }
)  # fmt: skip
"""Actions that change the motion."""

EDIT_GROUPS = ("key.", "ease.", "change.", "handle.", "keypoint.", "glimpse.")
"""Beginnings of the names of further ones."""

PICTURES = frozenset(
    {
        "file.copy_frame", "file.copy_command", "view.difference", "view.onion", "view.uncertainty",
        "view.field_render", "model.live", "motion.between_2", "motion.between_4",
        "motion.between_8", "crop.around",
    }
)  # fmt: skip
"""Actions about the generated picture."""

Reason = Callable[[ModelCard | None], str]


def with_reasons(window: MainWindow, table: dict[str, Behaviour]) -> dict[str, Behaviour]:
    """The behaviours of ``table``, refused where the model of the clip only looks at motion."""
    found = dict(table)
    for name, behaviour in table.items():
        reason = _reason_of(name)
        if reason is not None:
            found[name] = replace(
                behaviour, why_not=partial(_why_not, window, reason, behaviour.why_not)
            )
    return found


def _reason_of(name: str) -> Reason | None:
    if name in EDITS or name.startswith(EDIT_GROUPS):
        return why_no_edit
    return why_no_pictures if name in PICTURES else None


def _why_not(window: MainWindow, reason: Reason, others: Callable[[], str]) -> str:
    session = window.session
    return reason(session.card(session.active)) or others()
