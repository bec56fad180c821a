"""The one exception for what a user can fix."""

from __future__ import annotations

from motionstudio.core.visible import visible


class MotionStudioError(Exception):
    """Something a user can mend: a file, a value, a missing part.

    Args:
        message: one plain sentence naming the file or value and the reason.
        hint: what to do about it, one plain sentence, or empty.
        actions: at most two names of actions that the window may offer beside the message.

    What a programmer must mend is a ``ValueError`` or ``TypeError`` that names the expected and
    the received shape instead.
    """

    def __init__(self, message: str, hint: str = "", actions: tuple[str, ...] = ()) -> None:
        # Names of files are in it, and a name can hold commands to a terminal.
        self.message = visible(message)
        super().__init__(self.message)
        self.hint = visible(hint, keep="\n\t")
        self.actions = actions

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def __reduce__(self) -> tuple[type[MotionStudioError], tuple[str, str, tuple[str, ...]]]:
        return type(self), (self.message, self.hint, self.actions)


class Cancelled(Exception):
    """A long call was asked to stop; what it had finished is kept where that makes sense."""
