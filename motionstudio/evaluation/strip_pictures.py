"""Film strips of measured clips: the true frames above, what methods made of them below."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from motionstudio.core.motion import Float
from motionstudio.evaluation.on_clips import Strip

_SIDE, _GAP, _LEFT, _LINE = 112, 4, 190, 22
_PAPER, _INK = (255, 255, 255), (40, 40, 40)


def draw_strips(strips: list[Strip], path: Path) -> Path:
    """Write the strips of one task below each other as a PNG."""
    parts = [_strip(one) for one in strips]
    width = max(part.width for part in parts)
    sheet = Image.new("RGB", (width, sum(part.height for part in parts)), _PAPER)
    top = 0
    for part in parts:
        sheet.paste(part, (0, top))
        top += part.height
    sheet.save(path)
    return path


def _strip(one: Strip) -> Image.Image:
    count = max(len(frames) for frames in one.rows.values())
    height = _LINE + len(one.rows) * (_SIDE + _GAP) + _LINE
    sheet = Image.new("RGB", (_LEFT + count * (_SIDE + _GAP), height), _PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    said = f"{one.task}, {one.rank}: {one.clip}" + (f" ({one.figure})" if one.figure else "")
    pen.text((6, 3), said, _INK, font)
    for line, (name, frames) in enumerate(one.rows.items()):
        top = _LINE + line * (_SIDE + _GAP)
        for number, words in enumerate(_broken(name)):
            pen.text((6, top + 6 + 17 * number), words, _INK, font)
        for place, frame in enumerate(frames):
            sheet.paste(_picture(frame), (_LEFT + place * (_SIDE + _GAP), top))
    return sheet


def _picture(frame: Float) -> Image.Image:
    """A picture (C, S, S) in [0, 1] at the size of the strip."""
    values = np.rint(np.clip(np.moveaxis(frame, 0, -1), 0, 1) * 255).astype(np.uint8)
    rgb: NDArray[np.uint8] = np.repeat(values, 3, 2) if values.shape[2] == 1 else values
    small = rgb.shape[0] < _SIDE
    how = Image.Resampling.NEAREST if small else Image.Resampling.LANCZOS
    return Image.fromarray(np.ascontiguousarray(rgb)).resize((_SIDE, _SIDE), how)


def _broken(name: str) -> list[str]:
    """The words of a name on lines of about 24 letters."""
    lines = [""]
    for word in name.split():
        if len(lines[-1]) + len(word) > 24:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
