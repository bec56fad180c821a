"""What the program remembers between starts: one JSON file in the user's settings folder."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from psygnal import Signal
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from motionstudio.core.bounded_text import bounded_text

RECENT_LIMIT = 10


class SavedLayout(BaseModel):
    """An arrangement of panes.

    Attributes:
        docks: state of the window as Qt gives it, base64.
        parts: heights of timeline, matrix and curves in pixels; 0 for what is hidden.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    docks: str
    parts: tuple[int, ...]


class Settings(BaseModel):
    """Everything that is remembered.

    Attributes:
        theme: ``system``, ``dark`` or ``light``.
        geometry, docks: state of the window as Qt gives it, base64; empty: as built.
        parts: heights of timeline, matrix and curves in pixels (0: hidden); empty: as built.
        recent: paths opened lately, the newest first.
        open_folder, export_folder: where the file dialogs start.
        loop: whether playback starts again at the end.
        export_choices: what was chosen in the export dialog last, by name.
        at_the_end: what playback does there: ``loop``, ``ping-pong`` or ``once``.
        real_time: whether playback may skip frames to keep to the clock.
        toured: whether the short introduction was shown or declined.
        start_with: ``welcome``, ``sample`` or ``last``: what a start without files opens.
        tips: whether the status bar says what can be done next.
        notify: whether the desktop tells of a long task that ended behind another window.
        ui_scale: size of type, controls and icons in per cent, 80..200.
        contrast: ``system``, ``normal`` or ``high``.
        reduced_motion: whether nothing fades, slides, or plays by itself.
        device: ``auto`` (the best that computes) or ``cpu``, from the next start on.
        engine_address: of the machine that computes for this window; empty: this one.
        autosave_seconds: how long after a change a version is kept for recovery.
        undo_megabytes: memory that undo may take.
        keys: shortcuts that differ from the program's, by action; an empty list: none.
        used: actions taken from the palette lately, the newest first.
        layouts: arrangements of panes that were saved, by name.
        live: what was chosen in the live window last, by name.
        transfer: options that the next motion is carried over with, by name.
        templates: motion templates used lately, the newest first.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    theme: Literal["system", "dark", "light"] = "dark"
    geometry: str = ""
    docks: str = ""
    parts: tuple[int, ...] = ()
    recent: tuple[str, ...] = ()
    open_folder: str = ""
    export_folder: str = ""
    loop: bool = True
    export_choices: dict[str, Any] = {}
    at_the_end: Literal["loop", "ping-pong", "once"] = "loop"
    real_time: bool = True
    toured: bool = False
    start_with: Literal["welcome", "sample", "last"] = "welcome"
    tips: bool = True
    notify: bool = True
    ui_scale: Annotated[int, Field(ge=80, le=200)] = 100
    contrast: Literal["system", "normal", "high"] = "system"
    reduced_motion: bool = False
    device: Literal["auto", "cpu"] = "auto"
    engine_address: str = ""
    autosave_seconds: Annotated[int, Field(ge=10, le=600)] = 60
    undo_megabytes: Annotated[int, Field(ge=16, le=8192)] = 256
    keys: dict[str, tuple[str, ...]] = {}
    used: tuple[str, ...] = ()
    layouts: dict[str, SavedLayout] = {}
    live: dict[str, Any] = {}
    transfer: dict[str, Any] = {}
    templates: tuple[str, ...] = ()


class SettingsStore:
    """Reads and writes the settings; a broken file is set aside and never stops the program.

    Signals:
        changed: names of the settings that have another value now.

    Args:
        path: the file, or None for the user's own.
    """

    changed = Signal(frozenset)

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or default_path()
        self.problem = ""
        self._unwritten: set[str] = set()
        self._value = self._read()

    @property
    def value(self) -> Settings:
        """The present settings."""
        return self._value

    def update(self, **fields: Any) -> None:
        """Replace some settings by name and write the file.

        What other windows wrote there meanwhile stays, and counts here from the next start on.
        What cannot be written (a full or read-only disk) is remembered for this run only; names of
        files that are no text (odd bytes) are not remembered.
        """
        fields = {name: value for name, value in fields.items() if _is_text(value)}
        before = self._value.model_dump()
        self._value = Settings.model_validate({**before, **fields})
        self._unwritten |= fields.keys()
        temporary = self.path.with_name(f"{self.path.name}.{os.getpid()}.part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(self._with_others().model_dump_json(indent=1), encoding="utf-8")
            temporary.replace(self.path)
            self._unwritten.clear()
        except OSError as error:
            self.problem = f"The settings could not be saved: {error.strerror or error}."
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        after = self._value.model_dump()
        if different := frozenset(name for name in fields if before[name] != after[name]):
            self.changed.emit(different)

    def remember(self, path: Path) -> None:
        """Put ``path`` first among the recent files."""
        text = str(path.resolve())
        others = tuple(known for known in self._with_others().recent if known != text)
        self.update(recent=(text, *others)[:RECENT_LIMIT])

    def _with_others(self) -> Settings:
        """What the file holds, which other windows write too, with what was changed here."""
        mine = self._value.model_dump(include=self._unwritten)
        try:
            return Settings.model_validate({**json.loads(bounded_text(self.path)), **mine})
        except (OSError, ValueError, TypeError, RecursionError):
            return self._value

    def _read(self) -> Settings:
        try:
            plain = json.loads(bounded_text(self.path))
            # NaN and infinity are no JSON: written again, they would come back as nothing.
            json.dumps(plain, allow_nan=False)
        except FileNotFoundError:
            return Settings()
        except (OSError, ValueError, RecursionError):
            return self._set_aside()
        if not isinstance(plain, dict):
            return self._set_aside()
        return self._without_misfits(plain)

    def _without_misfits(self, plain: dict[str, Any]) -> Settings:
        try:
            return Settings.model_validate(plain)
        except ValidationError as error:
            bad = {str(item["loc"][0]) for item in error.errors() if item["loc"]}
            self.problem = f"Settings that did not fit were reset: {', '.join(sorted(bad))}."
            return Settings.model_validate({k: v for k, v in plain.items() if k not in bad})

    def _set_aside(self) -> Settings:
        kept = self.path.with_suffix(".broken.json")
        self.problem = f"The settings file was damaged; it is kept as {kept.name}."
        try:
            self.path.replace(kept)
        except OSError:
            self.problem = "The settings file cannot be read; the program starts with defaults."
        return Settings()


def _is_text(value: object) -> bool:
    """Whether a JSON file can hold a text, or a tuple of them; true of everything else."""
    parts = value if isinstance(value, tuple) else (value,)
    texts = [part for part in parts if isinstance(part, str)]
    return not any("\ud800" <= letter <= "\udfff" for text in texts for letter in text)


def default_path() -> Path:
    """The settings file of this user."""
    return Path(platformdirs.user_config_dir("MotionStudio", appauthor=False)) / "settings.json"
