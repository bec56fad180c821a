"""Whether the parts of a window lie beside each other."""

from __future__ import annotations

from itertools import combinations

from motionstudio.gui.main_window import MainWindow


def overlaps(window: MainWindow) -> list[str]:
    """Which parts of the window lie over each other, or outside it."""
    bench = window.bench
    parts = {"strip": bench.strip, "pictures": bench.centre, "status": window.statusBar()}
    parts |= {n: d for n, d in bench.docks.items() if d.isVisible() and not d.isFloating()}
    areas = {name: part.geometry() for name, part in parts.items()}
    out = [f"{name} sticks out" for name in areas if not window.rect().contains(areas[name])]
    return out + [
        f"{one} over {other}"
        for one, other in combinations(areas, 2)
        if areas[one].intersects(areas[other])
    ]
