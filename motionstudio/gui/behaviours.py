"""What each action of the table does in one window, and why it cannot at times.

Dialogs are imported when they are first shown: the window is on screen sooner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from motionstudio.gui.actions import Behaviour
from motionstudio.gui.availability import Availability
from motionstudio.gui.file_commands import FileCommands
from motionstudio.gui.items.layers import Content
from motionstudio.gui.notifications import Notice, report_text
from motionstudio.gui.presenters import clipboard
from motionstudio.gui.presenters.dropping import edited_frames
from motionstudio.gui.presenters.library import model_facts
from motionstudio.gui.theme import apply as theme
from motionstudio.models.base import Capability

if TYPE_CHECKING:
    from motionstudio.gui.main_window import MainWindow


class Behaviours(QObject):
    """Binds actions to presenters and dialogs.

    Args:
        window: whose actions these are.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._can = Availability(window)
        self.files = FileCommands(window)

    def table(self) -> dict[str, Behaviour]:
        """One behaviour for each action, by name."""
        return {
            **self._files(), **self._edits(), **self._views(), **self._times(),
            **self._frames(), **self._numbers(), **self._models(), **self._helps(),
        }  # fmt: skip

    # -- groups -------------------------------------------------------------------------------

    def _files(self) -> dict[str, Behaviour]:
        window, files = self._window, self.files
        return {
            "file.open": Behaviour(files.open),
            "file.open_folder": Behaviour(files.open_folder),
            "file.sample": Behaviour(files.open_sample),
            "file.export": Behaviour(files.export, self._can.no_export),
            "file.copy_frame": Behaviour(files.copy_frame, self._can.no_picture),
            "file.remove": Behaviour(files.remove, self._can.no_clip),
            "file.quit": Behaviour(window.close),
        }

    def _edits(self) -> dict[str, Behaviour]:
        history = self._window.session.project.history
        return {
            "edit.undo": Behaviour(
                self.undo, lambda: "" if history.can_undo else "Nothing to undo."
            ),
            "edit.redo": Behaviour(
                self.redo, lambda: "" if history.can_redo else "Nothing to redo."
            ),
            "edit.copy": Behaviour(self.copy_values, self._can.nothing_selected),
            "edit.paste": Behaviour(self.paste_values, self._can.nothing_selected),
            "edit.clip": Behaviour(self.files.clip_settings, self._can.no_clip),
        }

    def _views(self) -> dict[str, Behaviour]:
        grid, clip = self._window.bench.viewports, self._can.no_clip
        return {
            "view.layout_1": Behaviour(lambda: grid.set_layout(1)),
            "view.layout_2": Behaviour(lambda: grid.set_layout(2)),
            "view.layout_4": Behaviour(lambda: grid.set_layout(4)),
            "view.grid": Behaviour(lambda: self.show_content(Content.GRID), clip),
            "view.arrows": Behaviour(lambda: self.show_content(Content.ARROWS), clip),
            "view.difference": Behaviour(lambda: self.show_content(Content.DIFFERENCE), clip),
            "view.curves": Behaviour(self.toggle_curves),
            "view.fit": Behaviour(grid.view.fit, clip),
            "view.theme_dark": Behaviour(lambda: self.set_theme("dark")),
            "view.theme_light": Behaviour(lambda: self.set_theme("light")),
            "view.theme_system": Behaviour(lambda: self.set_theme("system")),
            "view.reset_layout": Behaviour(self._window.bench.reset),
            "view.next_pane": Behaviour(self.next_pane),
        }

    def _times(self) -> dict[str, Behaviour]:
        playback, still = self._window.presenters.playback, self._can.no_time
        return {
            "motion.play": Behaviour(playback.toggle, still),
            "motion.slower": Behaviour(playback.slower, still),
            "motion.faster": Behaviour(playback.faster, still),
            "motion.back": Behaviour(lambda: playback.step(-1), still),
            "motion.on": Behaviour(lambda: playback.step(1), still),
            "motion.previous_mark": Behaviour(lambda: self.go_to_mark(-1), still),
            "motion.next_mark": Behaviour(lambda: self.go_to_mark(1), still),
            "motion.start": Behaviour(playback.start, still),
            "motion.end": Behaviour(playback.end, still),
            "motion.mark_in": Behaviour(playback.mark_in, still),
            "motion.mark_out": Behaviour(playback.mark_out, still),
            "motion.clear_range": Behaviour(lambda: playback.set_range(None), self._can.no_range),
        }

    def _frames(self) -> dict[str, Behaviour]:
        drop, still = self._window.presenters.drop, self._can.no_time
        return {
            "drop.toggle": Behaviour(self.toggle_drop, still),
            "drop.every_2nd": Behaviour(lambda: drop.keep_every(2), still),
            "drop.every_3rd": Behaviour(lambda: drop.keep_every(3), still),
            "drop.every_4th": Behaviour(lambda: drop.keep_every(4), still),
            "drop.every_8th": Behaviour(lambda: drop.keep_every(8), still),
            "drop.outside": Behaviour(drop.drop_outside_range, self._can.no_range),
            "drop.restore": Behaviour(drop.restore_all, self._can.nothing_dropped),
            "drop.reference": Behaviour(self.make_reference, still),
        }

    def _numbers(self) -> dict[str, Behaviour]:
        latent = self._window.presenters.latent
        return {
            "latent.reset": Behaviour(latent.reset_selection, self._can.nothing_edited),
            "latent.reset_all": Behaviour(latent.reset_all, self._can.nothing_edited),
            "latent.neutral": Behaviour(latent.neutral, self._can.no_motion),
            "latent.smooth": Behaviour(latent.smooth_selection, self._can.no_motion),
            "latent.select_all": Behaviour(
                lambda: self.select(everything=True), self._can.no_motion
            ),
            "latent.select_none": Behaviour(
                lambda: self.select(everything=False), self._can.nothing_selected
            ),
        }

    def _models(self) -> dict[str, Behaviour]:
        fitting = self._window.presenters.fitting
        return {
            "model.refine": Behaviour(
                fitting.refine, lambda: self._can.needs(Capability.REFINE, "Refine")
            ),
            "model.sample": Behaviour(
                self.sample, lambda: self._can.needs(Capability.SAMPLE, "New motion")
            ),
            "model.info": Behaviour(self.model_info, self._can.no_clip),
        }

    def _helps(self) -> dict[str, Behaviour]:
        return {
            "help.commands": Behaviour(self.commands),
            "help.shortcuts": Behaviour(self.shortcuts),
            "help.notices": Behaviour(self.notices),
            "help.report": Behaviour(self.copy_report),
            "help.about": Behaviour(self.about),
            "task.cancel": Behaviour(self.cancel),
        }

    # -- document -----------------------------------------------------------------------------

    def undo(self) -> None:
        """Take the last step back; a drag under way counts as one."""
        if not self._window.presenters.latent.cancel():
            self._window.session.project.history.undo()

    def redo(self) -> None:
        """Do the step again."""
        self._window.session.project.history.redo()

    def copy_values(self) -> None:
        """Copy the selected cells as a tab-separated table."""
        subject, chosen = self._window.session.active, self._window.session.selection
        if subject is not None and subject.track is not None:
            text = clipboard.to_table(subject.track.values, chosen.rows, chosen.dims)
            QApplication.clipboard().setText(text)

    def paste_values(self) -> None:
        """Paste a tab-separated table at the first selected cell."""
        session = self._window.session
        subject, chosen = session.active, session.selection
        with session.reported():
            if subject is not None and subject.track is not None:
                table = clipboard.from_table(QApplication.clipboard().text())
                start = (chosen.rows[0], chosen.dims[0])
                clipboard.paste(session, subject, table, start)

    # -- view ---------------------------------------------------------------------------------

    def show_content(self, content: Content) -> None:
        """Show a content in the viewport that was clicked last, else the last one shown."""
        grid = self._window.bench.viewports
        viewport = next((v for v in grid.shown if v.content is content), grid.shown[-1])
        back = Content.GENERATED if viewport.content is content else content
        viewport.set_content(back)

    def toggle_curves(self) -> None:
        """Show or hide the curves."""
        self._window.bench.show_curves(not self._window.bench.time.curves.isVisible())

    def set_theme(self, mode: theme.Mode) -> None:
        """Dark, light or as the desktop."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, mode)
        self._window.session.settings.update(theme=mode)
        self._window.refresh_actions()

    def next_pane(self) -> None:
        """Move the keyboard to the next pane."""
        from motionstudio.gui.main_window import pane_widgets

        panes = [pane for pane in pane_widgets(self._window) if pane.isVisible()]
        focus = QApplication.focusWidget()
        inside = [
            i
            for i, p in enumerate(panes)
            if focus is not None and (focus is p or p.isAncestorOf(focus))
        ]
        following = panes[(inside[0] + 1) % len(panes)] if inside else panes[0]
        target = following if following.focusPolicy() else following.nextInFocusChain()
        if target is not None:
            target.setFocus()

    # -- frames -------------------------------------------------------------------------------

    def go_to_mark(self, step: int) -> None:
        """Go to the next frame in direction ``step`` that is dropped or edited."""
        session, subject = self._window.session, self._window.session.active
        if subject is None:
            return
        marks = np.flatnonzero(~subject.kept | edited_frames(subject))
        ahead = [int(t) for t in marks if (t - session.playhead) * step > 0]
        if ahead:
            self._window.presenters.playback.go(min(ahead) if step > 0 else max(ahead))
        else:
            session.notices.say("There is no dropped or edited frame in this direction.")

    def toggle_drop(self) -> None:
        """Drop or restore the frame under the pointer, the selected frames or the current one."""
        session, timeline = self._window.session, self._window.bench.timeline
        under = timeline.hovered_frame()
        rows = session.selection.rows
        frames = (under,) if under is not None else rows or (session.playhead,)
        self._window.presenters.drop.toggle(tuple(frames))

    def make_reference(self) -> None:
        """Let all motion start from the current frame."""
        self._window.presenters.drop.make_reference(self._window.session.playhead)

    def select(self, *, everything: bool) -> None:
        """Select the whole matrix, or nothing."""
        matrix, subject = self._window.bench.time.matrix, self._window.session.active
        if subject is None or subject.track is None:
            return
        rows, dims = subject.track.offset.shape if everything else (0, 0)
        matrix.set_selection(range(rows), range(dims))
        matrix.selectionChanged.emit(tuple(range(rows)), tuple(range(dims)))

    # -- model --------------------------------------------------------------------------------

    def sample(self) -> None:
        """Ask how and draw a new motion."""
        from motionstudio.gui.dialogs.sample_options import ask_sample_options

        choice = ask_sample_options(self._window)
        if choice is not None:
            self._window.presenters.fitting.sample(
                mode=choice.mode, temperature=choice.temperature, seed=choice.seed
            )

    def model_info(self) -> None:
        """Show the card of the model in use."""
        session = self._window.session
        card = session.card(session.active)
        if card is None:
            session.notices.say("No model is chosen for this clip.")
            return
        facts = model_facts(card)
        lines = [
            facts.title,
            facts.subtitle,
            card.summary,
            "",
            f"Can: {', '.join(facts.capabilities)}",
        ]
        lines += [f"{fact.label}: {fact.value}" for fact in (*facts.data, *facts.metrics)]
        self._show_text("About this model", "\n".join(lines))

    # -- help ---------------------------------------------------------------------------------

    def commands(self) -> None:
        """The command palette."""
        from motionstudio.gui.dialogs.palette import Palette

        Palette(self._window.actions_.all, self._window).open()

    def shortcuts(self) -> None:
        """The sheet of all shortcuts."""
        from motionstudio.gui.dialogs.shortcuts import ShortcutSheet

        ShortcutSheet(self._window).show()

    def about(self) -> None:
        """Version and licence."""
        from motionstudio.gui.dialogs.texts import about_text

        self._show_text("About", about_text())

    def _show_text(self, title: str, text: str) -> None:
        from motionstudio.gui.dialogs.texts import show_text

        show_text(title, text, self._window)

    def notices(self) -> None:
        """What was said lately."""
        said = self._window.session.notices.recent
        text = "\n\n".join(f"{n.text} {n.hint}".strip() for n in said) or "Nothing was said yet."
        self._show_text("Messages", text)

    def show_details(self, notice: Notice) -> None:
        """The whole text of a notice, to copy."""
        device = self._window.status.device.text()
        self._show_text("Details", report_text(notice, device))

    def copy_report(self) -> None:
        """Copy versions and the last messages."""
        said = self._window.session.notices.recent
        device = self._window.status.device.text()
        text = "\n\n".join(report_text(n, device) for n in said[-5:]) or report_text(
            Notice("No messages."), device
        )
        QApplication.clipboard().setText(text)
        self._window.session.notices.say("Diagnostics were copied.")

    def cancel(self) -> None:
        """Cancel a drag, else the running task, else close the message, else select nothing."""
        window = self._window
        if window.presenters.latent.cancel() or window.presenters.tasks.cancel():
            return
        if window.toast.isVisible():
            window.toast.hide()
        else:
            self.select(everything=False)
