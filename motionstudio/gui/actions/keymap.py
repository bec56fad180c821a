"""Which keys do what: the table's own, changed by what people set."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from PySide6.QtGui import QKeySequence

from motionstudio.gui.actions.spec import ActionSpec

Keys = Mapping[str, Sequence[str]]
_IN_BRACKETS = re.compile(r"\(([^()\s][^()]*)\)")


def canonical(key: str) -> str:
    """One spelling for each shortcut, ``Ctrl+Shift+D``; empty for what is none."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def native(key: str) -> str:
    """A shortcut as this system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


class Keymap:
    """The shortcuts of all actions.

    Args:
        specs: the table of actions.
        changed: keys that people set, by action; empty ones take the key away.
    """

    def __init__(self, specs: Sequence[ActionSpec], changed: Keys | None = None) -> None:
        self._specs = {spec.name: spec for spec in specs}
        known = {} if changed is None else dict(changed)
        self._changed = {
            name: tuple(key for key in map(canonical, keys) if key)
            for name, keys in known.items()
            if name in self._specs
        }

    @property
    def specs(self) -> tuple[ActionSpec, ...]:
        """The table."""
        return tuple(self._specs.values())

    @property
    def changed(self) -> dict[str, tuple[str, ...]]:
        """What differs from the table, for the settings."""
        return dict(self._changed)

    def keys(self, name: str) -> tuple[str, ...]:
        """The shortcuts of an action, the one to show first."""
        own = self._changed.get(name)
        return tuple(canonical(key) for key in self._specs[name].keys) if own is None else own

    def shown(self, name: str) -> str:
        """The first shortcut as this system writes it, or empty."""
        keys = self.keys(name)
        return native(keys[0]) if keys else ""

    def is_changed(self, name: str) -> bool:
        """Whether people set the keys of an action."""
        return name in self._changed

    def owner(self, key: str, besides: str = "") -> str:
        """The action, other than ``besides``, that ``key`` belongs to, or empty."""
        wanted = canonical(key)
        found = (n for n in self._specs if n != besides and wanted in self.keys(n))
        return next(found, "") if wanted else ""

    def set(self, name: str, key: str) -> None:
        """Give an action one key, taken from the action that had it; empty: no key.

        Raises:
            ValueError: there is no such action, or ``key`` is no shortcut.
        """
        if name not in self._specs:
            raise ValueError(f"set: expected the name of an action, got {name!r}")
        wanted = canonical(key)
        if key and not wanted:
            raise ValueError(f"set: expected a shortcut, got {key!r}")
        if loser := self.owner(key, name):
            self._put(loser, tuple(k for k in self.keys(loser) if k != wanted))
        self._put(name, (wanted,) if wanted else ())

    def reset(self, name: str) -> None:
        """Give an action its own keys back, taken from whoever has them."""
        for key in self._specs[name].keys:
            if loser := self.owner(key, name):
                self._put(loser, tuple(k for k in self.keys(loser) if k != canonical(key)))
        self._changed.pop(name, None)

    def reset_all(self) -> None:
        """The table as it was made."""
        self._changed.clear()

    def translate(self, tip: str) -> str:
        """A tooltip that names the table's keys in brackets, with the keys in use instead."""
        if not self._changed:
            return tip
        return _IN_BRACKETS.sub(self._in_use, tip)

    def _in_use(self, found: re.Match[str]) -> str:
        wanted = canonical(found[1])
        for name, spec in self._specs.items():
            if wanted and wanted in map(canonical, spec.keys):
                return f"({self.shown(name)})" if self.keys(name) else "(no key)"
        return found[0]

    def _put(self, name: str, keys: tuple[str, ...]) -> None:
        if keys == tuple(canonical(key) for key in self._specs[name].keys):
            self._changed.pop(name, None)
        else:
            self._changed[name] = keys
