"""Choices of the export dialog that are worth having again: presets, and those of last time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from motionstudio.export import ExportKind, ExportOptions, Panel

_NOT_KEPT = ("path", "first", "last")
"""What belongs to one clip only."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A name for people and what it sets.

    Attributes:
        title: in the list. ``tip``: one sentence.
        choices: fields of ``ExportOptions``; the rest is as it is by default.
    """

    title: str
    tip: str
    choices: Mapping[str, Any] = field(default_factory=dict)


_BESIDE = (Panel.ORIGINAL, Panel.GENERATED)
PRESETS = (
    Preset("Film to share", "MP4 at the source's size, true frame times, played through three "
           "times", {"kind": ExportKind.MP4, "plays": 3}),
    Preset("Slow motion", "MP4 with four pictures for each frame, at the clip's own times",
           {"kind": ExportKind.MP4, "upsampling": 4, "plays": 1}),
    Preset("Compare with the original", "MP4, original and generated side by side, numbered, "
           "dropped frames marked", {"kind": ExportKind.MP4, "panels": _BESIDE, "number": True,
                                     "drops": True}),
    Preset("Driver, source and result", "MP4, all three side by side with titles, and the sound "
           "of the driver", {"kind": ExportKind.MP4, "titles": True, "plays": 1,
                             "panels": (Panel.DRIVER, Panel.SOURCE, Panel.GENERATED)}),
    Preset("Small loop for messages", "GIF that plays for ever, at half size",
           {"kind": ExportKind.GIF, "scale": 50}),
    Preset("Lossless pictures", "A folder of PNG files", {"kind": ExportKind.PNG}),
    Preset("Measurements", "Displacement and Jacobian as arrays", {"kind": ExportKind.FIELDS}),
    Preset("Motion matrix", "The edited latent motion, named dimensions, for numpy",
           {"kind": ExportKind.LATENTS}),
)  # fmt: skip


def from_preset(preset: Preset) -> ExportOptions:
    """The options of a preset; path and range are to be filled in."""
    choices = {"kind": ExportKind.MP4, **preset.choices}
    return ExportOptions(path=Path(), **choices)


def to_plain(options: ExportOptions) -> dict[str, Any]:
    """What is remembered, ready for JSON."""
    plain = {name: value for name, value in asdict(options).items() if name not in _NOT_KEPT}
    plain["kind"] = options.kind.value
    plain["panels"] = [panel.value for panel in options.panels]
    return plain


def from_plain(plain: Mapping[str, Any]) -> ExportOptions:
    """What ``to_plain`` was given; whatever does not fit any more is as by default."""
    chosen = ExportOptions(ExportKind.MP4, Path())
    known = {one.name for one in fields(ExportOptions)} - set(_NOT_KEPT)
    for name in known & set(plain):
        value = plain[name]
        try:
            if name == "kind":
                value = ExportKind(value)
            elif name == "panels":
                value = tuple(Panel(one) for one in value)
            elif (
                value is not None
                and name != "fps"
                and not isinstance(value, type(getattr(chosen, name)))
            ):
                continue
            chosen = replace(chosen, **{name: value})
        except (ValueError, TypeError):
            continue
    return chosen
