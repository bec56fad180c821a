"""What people can set: one table that the dialog, its search and its tests read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from motionstudio.gui.settings import Settings

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Preference:
    """One thing that can be set.

    Attributes:
        name: of the field in ``Settings``.
        section: where it stands.
        label: a few words.
        tip: what it does, in one sentence.
        choices: (value, words) to choose from; empty: a number or a switch.
        least, most, step: of a number.
        unit: after the number.
    """

    name: str
    section: str
    label: str
    tip: str
    choices: tuple[tuple[str, str], ...] = ()
    least: float = 0
    most: float = 0
    step: float = 1
    unit: str = ""

    @property
    def default(self) -> Value:
        """What it is where nobody set it."""
        value: Value = Settings.model_fields[self.name].get_default(call_default_factory=True)
        return value

    @property
    def words(self) -> str:
        """Everything that a search looks through, in small letters."""
        parts = (self.section, self.label, self.tip, *(text for _, text in self.choices))
        return " ".join(parts).lower()


PREFERENCES: tuple[Preference, ...] = (
    Preference("start_with", "General", "Start with", "What a start without files opens",
               (("welcome", "The welcome page"), ("sample", "The sample"),
                ("last", "What was opened last"))),
    Preference("tips", "General", "Tips in the status bar",
               "Say what can be done next, with the keys in use"),
    Preference("notify", "General", "Tell when a long task ends",
               "The desktop tells when a task of more than 10 s ends behind another window"),
    Preference("theme", "Appearance", "Theme", "The colours of the window",
               (("dark", "Dark"), ("light", "Light"), ("system", "As the system"))),
    Preference("contrast", "Appearance", "Contrast", "How far text and lines stand out",
               (("system", "As the system"), ("normal", "Normal"), ("high", "High"))),
    Preference("ui_scale", "Appearance", "Size of everything",
               "Type, controls and icons, from 80 to 200 per cent of the system's size",
               least=80, most=200, step=10, unit=" %"),
    Preference("reduced_motion", "Appearance", "Reduced motion",
               "Menus and tips appear at once; progress that cannot be told stands still; "
               "nothing plays by itself"),
    Preference("at_the_end", "Playback", "At the end", "What playback does at the last frame",
               (("loop", "Start again"), ("ping-pong", "Turn round"), ("once", "Stop"))),
    Preference("real_time", "Playback", "Keep to the clock",
               "Skip frames rather than fall behind; off: show every frame"),
    Preference("device", "Engine", "Compute on", "Where models run; from the next start on",
               (("auto", "The best that works"), ("cpu", "The CPU only"))),
    Preference("engine_address", "Engine", "Engine elsewhere",
               "A machine of a Ray cluster that computes for this window, as gpu-box or "
               "gpu-box:10001; empty: this one. See docs/remote.md"),
    Preference("undo_megabytes", "Engine", "Memory for undo",
               "The oldest steps are forgotten beyond this",
               least=16, most=8192, step=64, unit=" MB"),
    Preference("autosave_seconds", "Autosave", "Keep a version after",
               "How long after a change a version is kept, to be recovered after a crash",
               least=10, most=600, step=10, unit=" s"),
)  # fmt: skip


def matching(typed: str, among: Iterable[Preference] = PREFERENCES) -> tuple[Preference, ...]:
    """The preferences that have every typed word in their own words."""
    wanted = typed.lower().split()
    return tuple(p for p in among if all(word in p.words for word in wanted))
