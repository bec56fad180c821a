"""The licences of everything as a page of Markdown: ``motionstudio doctor --licences``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from motionstudio.environment import licences
from motionstudio.environment.licences import Library, Licensed
from motionstudio.environment.lock import CORE, Pin

OBLIGATIONS = "obligations.md"
_HEAD = """\
# Licences of everything that MotionStudio installs

Written by `motionstudio doctor --licences` for what is installed where it runs, here on Linux with
the locked packages; a test keeps this page in step with `requirements.lock`. Which licence a
library inside a wheel has is in no metadata: it was looked up in the texts that the wheels bring
and at its source (`environment/carried.py`). This is a list, not legal advice.
"""
_SECTIONS = {
    CORE: "What the program needs",
    "test": "What the tests and extras need: Ray is the extra `cluster`, SimpleITK in `compare`",
    "dev": "What lint and types need",
    licences.EXTRA: "What other extras brought",
}


def page(
    pins: Iterable[Pin],
    own: Path | None = None,
    checkpoints: Path | None = None,
    texts: Path | None = None,
) -> str:
    """The whole page.

    Args:
        pins: the lock.
        own: the program's own licence file; its first line is named.
        checkpoints: folder of those that come with the program.
        texts: folder with what the licences ask of whoever passes on a bundle.
    """
    pins = list(pins)
    rows = [*licences.licensed(pins), *licences.beyond_lock(pins)]
    inside = licences.libraries(rows)
    parts = [_HEAD, _own(own, checkpoints), *_packages(rows), _libraries(inside), _notes(rows)]
    gpl = ", ".join(licences.under_gpl(inside)) or "nothing here"
    return "\n".join([*parts, _obligations(texts, gpl)]).rstrip() + "\n"


def _own(own: Path | None, checkpoints: Path | None) -> str:
    first = own.read_text(encoding="utf-8").splitlines()[0] if own and own.exists() else ""
    lines = [
        "## MotionStudio itself",
        "",
        f"The program: {first or 'MIT License'}. Samples: CC0. Weights, by what they learned from:",
        "",
        "| terms | checkpoints |",
        "|---|---|",
    ]
    found = licences.of_checkpoints(checkpoints)
    lines += [f"| {terms} | {', '.join(names)} |" for terms, names in found.items()]
    return "\n".join([*lines, ""])


def _packages(rows: Sequence[Licensed]) -> list[str]:
    parts = []
    for section, title in _SECTIONS.items():
        of_it = [row for row in rows if row.section == section]
        if of_it:
            lines = [f"## {title}", "", "| package | version | licence | texts in it |"]
            lines += ["|---|---|---|---|"]
            lines += [
                f"| {r.name} | {r.version} | {r.licence} | {r.texts or 'none'} |" for r in of_it
            ]
            parts.append("\n".join([*lines, ""]))
    return parts


def _libraries(inside: Sequence[Library]) -> str:
    lines = ["## Libraries inside their wheels", "", "| library | licence | carried by |"]
    lines += ["|---|---|---|"]
    lines += [f"| {each.name} | {each.licence} | {', '.join(each.carriers)} |" for each in inside]
    return "\n".join([*lines, ""])


def _notes(rows: Sequence[Licensed]) -> str:
    lines = [
        "Linked into modules, and no files of their own: the third parties of torch, numpy,",
        "OpenCV, SimpleITK, gRPC and Ray, whose texts their wheels bring, and the Rust crates of",
        "pydantic-core, safetensors and rpds-py (MIT or Apache-2.0).",
    ]
    if words := licences.ffmpeg_licence():
        said = f"The FFmpeg inside PyAV says of itself: {words}"
        lines.append(said + "; yet it is linked with the libraries under the GPL above.")
    if bare := [row.name for row in rows if not row.texts]:
        lines.append(f"{', '.join(bare)} bring no text; it is in `resources/licences`.")
    return "\n".join([*lines, ""])


def _obligations(texts: Path | None, gpl: str) -> str:
    page = texts / OBLIGATIONS if texts else None
    if page is None or not page.is_file():
        return ""
    return page.read_text(encoding="utf-8").replace("{gpl}", gpl)
