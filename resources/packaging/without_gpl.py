"""Stand-ins for libx264 and libx265, so that a bundle without them still loads PyAV's FFmpeg.

FFmpeg's libavcodec asks for both when it is loaded, used or not. A stand-in has the names that it
asks for and does nothing: these encoders then fail to open, and films are written with others
(``motionstudio/io/encoders.py``). Needs ``nm`` and ``gcc``; for Linux.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

STRICT = ("libx264", "libx265")
Entry = tuple[str, str, str]


def replace(entries: list[Entry], work: Path) -> list[Entry]:
    """Put stand-ins in the place of the libraries under the GPL.

    Args:
        entries: PyInstaller's binaries: where they go, where they come from, of which kind.
        work: folder where stand-ins are made.

    Returns:
        The entries, with other sources for those libraries.
    """
    work.mkdir(parents=True, exist_ok=True)
    (asking,) = [
        Path(source)
        for target, source, kind in entries
        if kind == "BINARY" and target.startswith("av.libs/libavcodec")
    ]
    made = []
    for target, source, kind in entries:
        name = Path(target).name
        if kind == "BINARY" and name.startswith(STRICT):
            source = str(_stand_in(Path(source), asking, work / name))
        made.append((target, source, kind))
    return made


def _stand_in(library: Path, asking: Path, target: Path) -> Path:
    wanted = set(_names(asking, "--undefined-only"))
    lines = []
    for name, kind in _names(library, "--defined-only").items():
        if name in wanted:
            code = kind in "TW"
            lines.append(f"void *{name}(void) {{ return 0; }}" if code else f"char {name}[4096];")
    source = target.with_suffix(".c")
    source.write_text("\n".join(lines) + "\n", encoding="ascii")
    command = ["gcc", "-shared", "-fPIC", f"-Wl,-soname,{library.name}", "-o", target, source]
    subprocess.run(command, check=True)
    return target


def _names(library: Path, which: str) -> dict[str, str]:
    said = subprocess.run(
        ["nm", "-D", which, library], check=True, capture_output=True, text=True
    ).stdout
    rows = [line.split() for line in said.splitlines()]
    return {row[-1].partition("@")[0]: row[-2] for row in rows if len(row) > 1}
