"""Strokes over pictures from several sources, put together for the viewports."""

from __future__ import annotations

from motionstudio.gui.items.layers import Stroke
from motionstudio.gui.panes.viewport_grid import ViewportGrid

Strokes = tuple[Stroke, ...]


class Marks:
    """Who draws over pictures sets its strokes here; the others' stay.

    Args:
        grid: the viewports.
    """

    def __init__(self, grid: ViewportGrid) -> None:
        self._grid = grid
        self._parts: dict[str, tuple[Strokes, Strokes, Strokes]] = {}

    def set(
        self, who: str, source: Strokes = (), generated: Strokes = (), reference: Strokes = ()
    ) -> None:
        """Replace the strokes of ``who`` over source frames, generated ones, and maps."""
        before = self._parts.get(who, ((), (), ()))
        if (source, generated, reference) == before == ((), (), ()):
            return
        self._parts[who] = (source, generated, reference)
        joined = [sum((part[i] for part in self._parts.values()), ()) for i in range(3)]
        self._grid.set_inputs(
            source_marks=joined[0], generated_marks=joined[1], reference_marks=joined[2]
        )
