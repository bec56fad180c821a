"""Library and inspector: which subjects there are, and the facts about the one that is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QImage

from motionstudio.core.counting import counted
from motionstudio.document.change import Change
from motionstudio.document.commands import RemoveSubject, Rename
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.gui.items.pixel_image import to_image
from motionstudio.gui.panes.inspector import Fact, Inspector, ModelFacts, SubjectFacts
from motionstudio.gui.panes.library import Library, SubjectCard
from motionstudio.gui.presenters.model_choice import lost_motion, model_command
from motionstudio.gui.presenters.session import Session
from motionstudio.models.base import Capability, ModelCard

THUMBNAIL = 96
_FIGURES = 8


@dataclass(slots=True)
class _Thumbnails:
    """Small pictures by subject; derived, so they may be kept beside the document."""

    made: dict[str, QImage] = field(default_factory=dict)


class LibraryPresenter(QObject):
    """Document -> cards and facts; clicks -> active subject, names and models."""

    def __init__(
        self,
        session: Session,
        library: Library,
        inspector: Inspector,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._library, self._inspector = session, library, inspector
        self._thumbnails = _Thumbnails()
        library.subjectActivated.connect(self.activate)
        library.renameRequested.connect(self._rename)
        library.removeRequested.connect(self.remove)
        inspector.modelChosen.connect(self.choose_model)
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)
        session.media.factsReady.connect(self._on_facts)

    def activate(self, subject_id: str) -> None:
        """Show a subject."""
        if subject_id != self._session.view.state.active:
            self._session.show(subject_id)

    def remove(self, subject_id: str) -> None:
        """Take a subject out of the project."""
        self._session.push(RemoveSubject(subject_id))

    def choose_model(self, name: str) -> None:
        """Let another checkpoint encode the active subject."""
        subject, card = self._session.active, self._session.catalogue.card(name)
        if subject is not None and card is not None:
            lost = lost_motion(subject, card)
            self._session.push(model_command(subject, self._session.card(subject), card))
            if lost is not None:
                self._session.notices.post(lost)

    def take_thumbnails(self, files: Mapping[str, bytes]) -> None:
        """Another document is shown; use the small pictures of its file until media are read."""
        made = {subject_id: QImage.fromData(png) for subject_id, png in files.items()}
        self._thumbnails.made = {id: image for id, image in made.items() if not image.isNull()}
        self.refresh()

    def refresh(self) -> None:
        """Show the library and the facts anew."""
        session = self._session
        self._library.set_subjects([self._card(s) for s in session.project.subjects])
        self._library.set_active(session.view.state.active or "")
        self._show_facts()

    def _rename(self, subject_id: str, name: str) -> None:
        if name.strip():
            self._session.push(Rename(subject_id, name.strip()))
        else:
            self.refresh()

    def _on_change(self, change: Change) -> None:
        if change.kinds & {"subjects"} or change.subject_id is None:
            self._keep_active_valid()
            self.refresh()
        elif change.kinds & {"name", "model", "encoding", "framing", "cyclic"}:
            self._refresh_one(change.subject_id)

    def _refresh_one(self, subject_id: str) -> None:
        """One card, and the facts where it is the active one's: cheap among hundreds."""
        subject = self._session.find(subject_id)
        if subject is not None:
            self._library.update_subject(self._card(subject))
        if subject_id == self._session.view.state.active:
            self._show_facts()

    def _keep_active_valid(self) -> None:
        session = self._session
        if session.active is None:
            subjects = session.project.subjects
            session.show(subjects[-1].id if subjects else None)

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self._library.set_active(new.active or "")
            self._show_facts()

    def _on_facts(self, subject_id: str) -> None:
        subject = self._session.find(subject_id)
        if subject is not None and subject_id not in self._thumbnails.made:
            picture = self._session.media.thumbnail(subject)
            if picture is not None:
                self._thumbnails.made[subject_id] = thumbnail(picture)
                self._refresh_one(subject_id)

    def _card(self, subject: Subject) -> SubjectCard:
        height, width = subject.clip.size
        count = len(subject.clip)
        frames = counted(count, "frame")
        return SubjectCard(
            subject.id,
            subject.name,
            f"{frames} · {width}×{height}",
            self._thumbnails.made.get(subject.id),
            subject.media_problem,
            subject.notes[0] if subject.notes else "",
        )

    def _show_facts(self) -> None:
        subject = self._session.active
        if subject is None:
            self._inspector.set_subject(None)
            self._inspector.set_model(None)
            self._inspector.set_models((), "")
            return
        self._inspector.set_subject(subject_facts(subject))
        with self._session.reported():
            card = self._session.card(subject)
            cards = self._session.catalogue.cards
            families = {name: one.family for name, one in cards.items()}
            self._inspector.set_models(tuple(cards), subject.model, families)
            self._inspector.set_model(None if card is None else model_facts(card))


def subject_facts(subject: Subject) -> SubjectFacts:
    """What people may want to know about a clip."""
    clip = subject.clip
    height, width = clip.size
    seconds = float(clip.times[-1])
    facts = [
        Fact("frames", str(len(clip))),
        Fact("size", f"{width} × {height}, {'grey' if clip.channels == 1 else 'colour'}"),
        Fact("values", str(clip.frames.dtype)),
        Fact("duration", f"{seconds:.2f} s at {clip.fps:.4g} frames per second"),
        Fact("cycle", "closed" if subject.cyclic else "open"),
        Fact("framing", "crop" if subject.framing.mode == "crop" else "letterbox"),
        Fact("reference", f"frame {subject.reference}"),
    ]
    if clip.spacing is not None:
        facts.append(Fact("pixel", f"{clip.spacing[0]:.3g} × {clip.spacing[1]:.3g} mm"))
    facts += [Fact(key, value) for key, value in clip.provenance.items()]
    return SubjectFacts(subject.name, tuple(facts), subject.notes)


def model_facts(card: ModelCard) -> ModelFacts:
    """The card of a checkpoint for people."""
    colour = "grey" if card.channels == 1 else "colour"
    data = [
        Fact("sees", f"{card.size} × {card.size}, {colour}"),
        Fact("dimensions", str(card.dims)),
        Fact("trained on", card.data),
        Fact("licence", card.licence),
        Fact("split", card.split),
        Fact("steps", f"{card.steps:,}" if card.steps else ""),
        Fact("dropped frames", _filling(card)),
    ]
    metrics = [
        Fact(name.replace("_", " "), f"{value:.4g}", card.measured)
        for name, value in list(card.metrics.items())[:_FIGURES]
    ]
    can = tuple(str(flag.name).lower() for flag in card.capabilities)
    system = system_title(card)
    told = system.lower() in card.title.lower()
    subtitle = " · ".join(part for part in (card.title, "" if told else system) if part)
    filled = tuple(fact for fact in data if fact.value)
    return ModelFacts(card.name, subtitle, can, tuple(metrics), filled)


def _filling(card: ModelCard) -> str:
    linear = Capability.INBETWEEN in card.capabilities and card.filling == "linear"
    return "motion linear in time between kept frames, not learned" if linear else ""


def system_title(card: ModelCard) -> str:
    """How the system of a checkpoint presents itself."""
    return {
        "genlmm": "GenLMM, after Krebs et al. 2021",
        "fomm": "FOMM, after Siarohin et al. 2019",
        "vae": "VAE, after Kingma and Welling 2013",
        "inbetween": "in-betweening VAE, after Cristovao et al.",
    }.get(card.system, card.system)


def thumbnail(picture: NDArray[np.uint8]) -> QImage:
    """A small picture of (H, W, 1|3) uint8."""
    full = to_image(picture)
    return full.scaled(
        THUMBNAIL,
        THUMBNAIL,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
