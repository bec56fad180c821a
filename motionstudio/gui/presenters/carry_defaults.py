"""The options that the next motion is carried over with: remembered between starts."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from motionstudio.core.carrying import AS_IT_IS, Transfer
from motionstudio.gui.settings import SettingsStore

_BEST = "best"


@dataclass(frozen=True, slots=True)
class Defaults:
    """How the next motion goes over.

    Attributes:
        how: the options.
        best: start from the driver's frame whose pose is nearest to the picture's.
    """

    how: Transfer = AS_IT_IS
    best: bool = False


class CarryDefaults(QObject):
    """Reads and writes them.

    Signals:
        changed: they are others now.
    """

    changed = Signal()

    def __init__(self, settings: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._value = read_defaults(settings.value.transfer)

    @property
    def value(self) -> Defaults:
        """In use."""
        return self._value

    def set_how(self, how: Transfer) -> None:
        """Other options."""
        self._set(replace(self._value, how=how))

    def set_best(self, best: bool) -> None:
        """Whether the best frame is found by itself."""
        self._set(replace(self._value, best=best))

    def _set(self, value: Defaults) -> None:
        if value != self._value:
            self._value = value
            self._settings.update(transfer={**asdict(value.how), _BEST: value.best})
            self.changed.emit()


def read_defaults(plain: dict[str, Any]) -> Defaults:
    """What was remembered; anything that does not fit counts as never chosen."""
    known = {field.name for field in fields(Transfer)}
    given = {name: value for name, value in plain.items() if name in known}
    for name in ("weights", "off"):
        if name in given:
            given[name] = tuple(given[name] or ())
    try:
        how = Transfer(**given)
        how.factors(max([len(how.weights), *(k + 1 for k in how.off)]))
    except (TypeError, ValueError):
        how = AS_IT_IS
    return Defaults(how, plain.get(_BEST) is True)
