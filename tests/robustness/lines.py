"""Runs of training that take no time, in the place of real ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from motionstudio.training import loop
from motionstudio.training.recipe import Recipe, read_recipe
from tests.training.line_task import TEXT, LineTask


def line_recipe(folder: Path) -> Recipe:
    """A recipe of twelve steps."""
    path = folder / "line.toml"
    path.write_text(TEXT, encoding="utf-8")
    return read_recipe(path)


@contextmanager
def opening(task: LineTask) -> Iterator[None]:
    """Whatever recipe is trained, it is this task."""
    before = loop.open_task
    loop.open_task = lambda *_words, **_named: task  # type: ignore[assignment]
    try:
        yield
    finally:
        loop.open_task = before
