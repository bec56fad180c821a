"""The part of the Motion menu that carries motion between subjects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motionstudio.document.transfer_plan import SAMPLE, Offer
from motionstudio.gui.actions.spec import ActionSpec, Behaviour
from motionstudio.gui.availability import Availability

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("file.join", "Join pictures into one clip", "File", "Make the pictures that were "
               "opened together the frames of one clip", (), "film"),
    ActionSpec("transfer.motion", "Transfer motion…", "Motion", "Let one subject move like "
               "another: replace, add or blend", ("Ctrl+T",), "grip", separated=True),
    ActionSpec("transfer.align", "Align poses", "Motion", "Frame this subject "
               "like the clip whose motion it was given, and carry the motion over again", (),
               "align"),
    ActionSpec("transfer.encode", "Find refused motion anew", "Motion", "Find the "
               "motion that was made by another model anew, then carry it over", (), "model"),
    ActionSpec("transfer.best", "Use the best matching frame as reference", "Motion", "Let motion "
               "start from the frame whose pose is nearest to the picture's", (), "fit",
               separated=True),
    ActionSpec("transfer.reference", "Start from this frame", "Motion", "Let the pose of this "
               "frame count as the picture's own", (), "lock"),
    ActionSpec("transfer.save_template", "Save motion template…", "Motion", "Write this motion "
               "into a file that moves other pictures without the clip", (), "save"),
    ActionSpec("transfer.use_template", "Use motion template…", "Motion", "Move this subject by a "
               "motion from a file", (), "open"),
)  # fmt: skip


class TransferActions:
    """What these actions do in one window, and why they cannot at times.

    Args:
        window: the window.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._can = Availability(window)

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action, by name."""
        presenters = self._window.presenters
        carry = presenters.carry
        return {
            "file.join": Behaviour(presenters.joining.join, presenters.joining.why_not),
            "transfer.motion": Behaviour(self.ask, self._no_transfer),
            "transfer.align": Behaviour(presenters.aligning.align, presenters.aligning.why_not),
            "transfer.encode": Behaviour(
                presenters.transfer.encode_refused, presenters.transfer.why_not_encode
            ),
            "transfer.best": Behaviour(carry.match.use_best, carry.match.why_not),
            "transfer.reference": Behaviour(self._start_here, self._no_start),
            "transfer.save_template": Behaviour(
                carry.templates.ask_save, carry.templates.why_not_save
            ),
            "transfer.use_template": Behaviour(
                carry.templates.ask_use, carry.templates.why_not_use
            ),
        }

    def ask(self) -> None:
        """Ask whose motion goes where; the ghost shows it while the dialog is open."""
        from motionstudio.gui.dialogs.transfer_options import TransferDialog

        transfer, session = self._window.presenters.transfer, self._window.session
        sources, targets, first = self._choices()
        dialog = TransferDialog(sources, targets, first, transfer.why_not, self._window)
        dialog.considered.connect(transfer.hover)
        transfer.hover(dialog.offer())
        accepted = dialog.exec() == TransferDialog.DialogCode.Accepted
        offer = dialog.offer() if accepted else None
        dialog.deleteLater()
        transfer.leave()
        if offer is not None and session.find(offer.target) is not None:
            transfer.drop_settled(offer)

    def _choices(self) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...], Offer]:
        session, library = self._window.session, self._window.bench.library
        subjects = session.project.subjects
        samples = tuple((f"{SAMPLE}{i}", f"Sample: {name}") for i, name in library.sample_names())
        sources = (*((s.id, s.name) for s in subjects if len(s.clip) > 1), *samples)
        active = session.view.state.active or ""
        other = next((i for i, _ in sources if i != active), "")
        return sources, tuple((s.id, s.name) for s in subjects), Offer(other, active)

    def _start_here(self) -> None:
        self._window.behaviours.frames.make_reference()

    def _no_start(self) -> str:
        if reason := self._window.actions_.why_not("drop.reference"):
            return reason
        session = self._window.session
        subject = session.active
        here = subject is not None and subject.reference == session.playhead
        return "This frame is the reference already." if here else ""

    def _no_transfer(self) -> str:
        if reason := self._can.no_clip():
            return reason
        subjects = self._window.session.project.subjects
        some = len(subjects) > 1 or bool(self._window.bench.library.sample_names())
        return "" if some else "Open another clip, whose motion this one can have."
