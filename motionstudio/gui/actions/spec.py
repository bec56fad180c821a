"""One thing that the window can do: how it presents itself, what it does, why it cannot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

Run = Callable[[], object]
Why = Callable[[], str]


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing that the window can do.

    Attributes:
        name: unique, for tests and settings: ``drop.every_2nd``.
        text: in menus and the palette; an ellipsis where a dialog follows.
        menu: menu it stands in, submenus after ``/``: ``Motion/Drop``.
        tip: one sentence for the tooltip, without the shortcut.
        keys: shortcuts, the one to show first.
        icon: one of our icons, or empty.
        checkable: whether it is on or off.
        separated: a line before it in the menu.
        short: text on its button in the tool bar; empty: not there.
    """

    name: str
    text: str
    menu: str
    tip: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False
    separated: bool = False
    short: str = ""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What an action does, and why it cannot now.

    Attributes:
        run: does it.
        why_not: one sentence why it is disabled now; empty when it can be done.
        checked: of a checkable action, whether it is on; None: somebody else says so.
    """

    run: Run
    why_not: Why = lambda: ""
    checked: Callable[[], bool] | None = None


def tooltip(spec: ActionSpec, reason: str = "", keys: Sequence[str] | None = None) -> str:
    """The tooltip: what it does, its key (``keys`` where they were changed), and why not now."""
    native = QKeySequence.SequenceFormat.NativeText
    shown = spec.keys if keys is None else keys
    key = QKeySequence(shown[0]).toString(native) if shown else ""
    text = f"{spec.tip} ({key})" if key else spec.tip
    return f"{text}\n{reason}" if reason else text
