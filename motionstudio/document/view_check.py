"""Whether a view that was read from a file can be shown: types alone do not tell."""

from __future__ import annotations

from math import isfinite

from motionstudio.document.view import ViewState
from motionstudio.document.viewports import FIRST_CONTENTS, ViewportSettings

_PICTURES_A_FRAME = (1, 2, 4, 8)


def is_usable(view: ViewState) -> bool:
    """Whether every number of a view lies in its range and every viewport has its content."""
    first, last = view.play_range or (0, 0)
    counts = (view.playhead, *view.selection.rows, *view.selection.dims)
    return (
        len(view.contents) == len(FIRST_CONTENTS)
        and 0 <= first <= last
        and all(count >= 0 for count in counts)
        and (view.fps is None or (isfinite(view.fps) and view.fps > 0))
        and isfinite(view.speed)
        and view.speed != 0
        and view.upsampling in _PICTURES_A_FRAME
        and 0 <= view.part < view.upsampling
        and _are_usable(view.viewports)
    )


def _are_usable(settings: ViewportSettings) -> bool:
    places = [place for _, points in (*settings.points, *settings.drawn) for place in points]
    places += [(x, y) for _, handles in settings.handles for x, y, _pinned in handles]
    return (
        len(settings.wipes) == len(settings.maps) == len(FIRST_CONTENTS)
        and 0.05 <= settings.map_opacity <= 1
        and 0 <= settings.divider <= 1
        and 4 <= settings.density <= 64
        and 0.25 <= settings.arrow_scale <= 8
        and 0 <= settings.magnitude_limit < float("inf")
        and all(isfinite(x) and isfinite(y) for x, y in places)
    )
