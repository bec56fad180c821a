"""The sheet of keys and gestures; keys come from the table of actions."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence

from motionstudio.gui.actions import SPECS

_GESTURES = (
    ("ruler", "drag", "scrub"),
    ("ruler", "Shift + drag", "set the play range; double-click clears it"),
    ("frames", "Alt + click, Alt + drag", "drop or restore; the first frame decides"),
    ("frames", "right-click", "drop patterns, reference frame"),
    ("timeline", "wheel, Ctrl + wheel, middle drag", "step, zoom, pan"),
    ("matrix", "click, drag, Ctrl, Shift", "select cells, dimensions, frames"),
    (
        "matrix",
        "drag a selected cell up or down",
        "change values; Shift fine, Ctrl snaps, Alt soft",
    ),
    ("matrix", "double-click", "type a value"),
    ("curves", "drag a point", "change a value"),
    ("sliders", "double-click", "back to what was encoded"),
    ("pictures", "wheel, middle drag, double-click", "zoom, pan, fit"),
    ("pictures", "hold F", "flicker to the source frame"),
)


def shortcuts_text() -> str:
    """All keys and gestures as lines of text."""
    native = QKeySequence.SequenceFormat.NativeText
    lines: list[str] = []
    group = ""
    for spec in SPECS:
        if not spec.keys:
            continue
        top = spec.menu.partition("/")[0]
        if top != group:
            lines += ["", top.upper()]
            group = top
        keys = ", ".join(QKeySequence(key).toString(native) for key in spec.keys)
        lines.append(f"  {keys:<22} {spec.text}")
    lines += ["", "MOUSE"]
    lines += [f"  {where:<10} {gesture:<36} {effect}" for where, gesture, effect in _GESTURES]
    return "\n".join(lines).strip()
