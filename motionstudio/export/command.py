"""The command that makes an export again without the window."""

from __future__ import annotations

import shlex
from pathlib import Path

from motionstudio.export.options import ExportOptions, Panel


def command_line(
    options: ExportOptions, project: Path, subject: str = "", *, count: int | None = None
) -> str:
    """``motionstudio render PROJECT.motion ...`` with everything that differs from its defaults.

    Args:
        options: what was chosen.
        project: the project file.
        subject: name of the subject; empty: the only one.
        count: frames of the clip, so that a range of all of them is left out; None: unknown.
    """
    words = ["motionstudio", "render", str(project), "--out", str(options.path)]
    if subject:
        words += ["--subject", subject]
    return shlex.join([*words, *flags(options, count)])


def flags(options: ExportOptions, count: int | None = None) -> list[str]:
    """The options of ``motionstudio render`` that stand for ``options``."""
    kind, words = options.kind, ["--kind", options.kind.value]
    last = options.last if options.last is not None else (count or 0) - 1
    if kind.has_pictures and (
        options.first > 0 or (options.last is not None and last + 1 != count)
    ):
        words += ["--frames", f"{options.first}-{last}" if last >= 0 else f"{options.first}-"]
    if not options.native and kind.has_pictures:
        words += ["--size", "model"]
    if kind.is_picture:
        words += _looks(options)
    if options.is_film:
        words += _timing(options)
    elif options.upsampling > 1 and kind.has_pictures:
        words += ["--upsample", str(options.upsampling)]
    if not options.sound and kind.is_film:
        words.append("--no-sound")
    return words if options.mark_ai else [*words, "--no-ai-mark"]


def _looks(options: ExportOptions) -> list[str]:
    words: list[str] = []
    if options.scale != 100:
        words += ["--scale", str(options.scale)]
    if options.panels != (Panel.GENERATED,):
        words += ["--panels", ",".join(panel.value for panel in options.panels)]
    if options.number:
        words.append("--burn-number")
    if options.drops:
        words.append("--burn-drops")
    if options.titles:
        words.append("--titles")
    if options.show_ai:
        words.append("--burn-ai")
    if options.crop_only:
        words.append("--crop-only")
    return words


def _timing(options: ExportOptions) -> list[str]:
    words: list[str] = []
    if options.fps is not None:
        words += ["--fps", f"{options.fps:g}"]
    if options.plays:
        words += ["--plays", str(options.plays)]
    if options.ping_pong:
        words.append("--ping-pong")
    if options.upsampling > 1:
        words += ["--upsample", str(options.upsampling)]
    if options.quality != 18:
        words += ["--quality", str(options.quality)]
    return words
