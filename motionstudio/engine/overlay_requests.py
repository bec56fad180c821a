"""Requests for pictures and fields that overlays need beside the picture on screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from motionstudio.engine.requests import DecodeRequest, Lane


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FieldsRequest(DecodeRequest):
    """Frames whose fields are to be measured; answered like ``DecodeRequest``."""

    topic: ClassVar[str] = "fields"
    lane: Lane = Lane.ANALYSIS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GhostsRequest(DecodeRequest):
    """Frames that show through as ghosts; answered like ``DecodeRequest``."""

    topic: ClassVar[str] = "ghosts"
    lane: Lane = Lane.ANALYSIS
