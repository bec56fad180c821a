"""What a run tells the world: one JSON object a line."""

from __future__ import annotations

import json
from dataclasses import MISSING, asdict, dataclass, fields
from functools import cache
from pathlib import PurePath

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Said:
    """A plain sentence."""

    text: str
    event: str = "said"


@dataclass(frozen=True, slots=True)
class Stepped:
    """Mean losses since the last such event.

    Attributes:
        step, steps: done and planned.
        losses: terms of the loss by name, as the system calls them.
        rate: learning rate; ``speed`` optimiser steps per second.
        left: seconds to go at this speed.
        waiting: share of the time that was spent waiting for data, 0 to 1; None: not known.
    """

    step: int
    steps: int
    losses: dict[str, float]
    rate: float
    speed: float
    left: float
    waiting: float | None = None
    event: str = "stepped"


@dataclass(frozen=True, slots=True)
class Validated:
    """Figures on held-out sequences, by name; smaller is better."""

    step: int
    figures: dict[str, float]
    event: str = "validated"


@dataclass(frozen=True, slots=True)
class Saved:
    """A resumable state was written."""

    step: int
    path: str
    event: str = "saved"


@dataclass(frozen=True, slots=True)
class Finished:
    """The checkpoint is written."""

    step: int
    path: str
    event: str = "finished"


@dataclass(frozen=True, slots=True)
class Watched:
    """How one clip is made again by the weights so far.

    Attributes:
        step: optimiser steps done.
        picture: file name of a PNG in the run's folder: frames of the clip above, made ones below.
        error, still: RMSE of the made frames, and of the first frame held; intensities in [0, 1].
        held_out: whether the clip is never trained on.
        clip: its name.
    """

    step: int
    picture: str
    error: float
    still: float
    held_out: bool
    clip: str
    event: str = "watched"


@dataclass(frozen=True, slots=True)
class Paused:
    """The run waits, its state saved; any later event says that it goes on."""

    step: int
    event: str = "paused"


@dataclass(frozen=True, slots=True)
class Failed:
    """The run ended without a result; its last saved state is whole."""

    text: str
    hint: str = ""
    event: str = "failed"


Event = Said | Stepped | Validated | Saved | Finished | Watched | Paused | Failed

_KINDS: dict[str, type[Event]] = {
    "said": Said, "stepped": Stepped, "validated": Validated, "saved": Saved,
    "finished": Finished, "watched": Watched, "paused": Paused, "failed": Failed,
}  # fmt: skip


def to_line(event: Event) -> str:
    """One line of JSON."""
    return json.dumps(asdict(event))


def from_line(line: str) -> Event:
    """The event that ``to_line`` wrote.

    Raises:
        ValueError: the line is none of ours.
    """
    try:
        plain = json.loads(line)
    except RecursionError as error:
        raise ValueError("from_line: expected an event, got brackets without end") from error
    kind = _KINDS.get(plain.get("event", "")) if isinstance(plain, dict) else None
    known = {item.name: item.default is MISSING for item in fields(kind)} if kind else {}
    # Lines of an older version lack what events learned since.
    needed = {name for name, must in known.items() if must}
    if kind is None or not needed <= plain.keys() <= known.keys():
        raise ValueError(f"from_line: expected an event of a training run, got {line[:80]!r}")
    event = _adapter(plain["event"]).validate_json(line, strict=True)
    if isinstance(event, Watched) and PurePath(event.picture).name != event.picture:
        raise ValueError(f"from_line: expected a picture in the run's folder, got {event.picture}")
    return event


@cache
def _adapter(event: str) -> TypeAdapter[Event]:
    """Checks values; making one takes longer than reading many lines."""
    return TypeAdapter(_KINDS[event])
