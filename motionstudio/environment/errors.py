"""What stops the set-up, said so that a person can act on it."""

from __future__ import annotations


class SetupError(Exception):
    """The set-up cannot go on.

    Args:
        message: one plain sentence with the reason.
        hint: what to do about it, one sentence or the exact command.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}".strip()
