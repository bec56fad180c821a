"""Which version of the program runs: of the checkout, else as installed."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


@cache
def own_version() -> str:
    """``0.1.0``; of a checkout what its ``pyproject.toml`` says; empty where nothing tells."""
    around = Path(__file__).resolve().parents[1]
    project = around / "pyproject.toml"
    # Among installed packages a pyproject.toml can be anybody's.
    if project.is_file() and (around / "main.py").is_file():
        plain = tomllib.loads(project.read_text(encoding="utf-8"))
        return str(plain.get("project", {}).get("version", ""))
    try:
        return version("motionstudio")
    except PackageNotFoundError:
        return ""
