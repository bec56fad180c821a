"""One piece of work: a clip with a model; plain values that travel as JSON, never as code."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from motionstudio.batch.lapse import Lapse
from motionstudio.batch.study import Evaluation, Measure, Render, TransferSet
from motionstudio.core.picture import Fit

FORMAT = 1
"""Of the results; another number means that everything is made anew."""


class ClipRef(BaseModel):
    """A clip as it is read.

    Attributes:
        paths: one file or folder, or the two pictures of a pair.
        slice: which clip of the file, or None.
        range, drop, reference, cyclic: as in ``study.ClipSet``.
        content: names the content of the files.
    """

    model_config = ConfigDict(frozen=True)

    paths: tuple[str, ...]
    slice: int | None = None
    range: str = ""
    drop: str = ""
    reference: int = 0
    cyclic: bool | None = None
    content: str = ""


class Task(BaseModel):
    """What a worker gets.

    Attributes:
        name: folder of its results below the output: ``heart/sax_z03``, or for a transfer
            ``heart/sax_z03 by walk``.
        clip: what is encoded, or whose reference frame is animated.
        driver: what animates it, or None.
        model: name or folder; ``model_hash`` of its weights, which the worker must find too.
        fit, device: as in ``study.Study``.
        motions, measure, evaluate, render: what is made of a clip.
        transfer: how the driver's motion is carried over and written.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    clip: ClipRef
    driver: ClipRef | None = None
    model: str
    model_hash: str
    fit: Fit = "letterbox"
    device: Literal["auto", "cpu"] = "auto"
    motions: bool = False
    measure: tuple[Measure, ...] = ()
    evaluate: tuple[Evaluation, ...] = ()
    render: Render | None = None
    transfer: TransferSet | None = None

    @property
    def key(self) -> str:
        """64 hex digits: equal where content, weights and options are equal.

        Names, places and the device are left out: results that were moved stay results.
        """
        plain = self.model_dump(mode="json", exclude={"name", "model", "device"})
        for clip in (plain["clip"], plain["driver"]):
            if clip is not None:
                del clip["paths"]
        if not plain["evaluate"]:
            # Results that were made before studies could evaluate are still the same results.
            del plain["evaluate"]
        if plain["transfer"] is not None:
            del plain["transfer"]["drivers"]
        text = json.dumps([FORMAT, plain], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_line(self) -> str:
        """As one line of JSON."""
        return self.model_dump_json()

    @classmethod
    def from_line(cls, line: str) -> Task:
        """The task of a line that ``to_line`` wrote.

        Raises:
            pydantic.ValidationError: it is none.
        """
        return cls.model_validate_json(line)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a worker made.

    Attributes:
        key: of the task.
        figures: numbers by name; NaN is never among them.
        files: names below the task's folder.
        notes: one plain sentence for each thing that was left out.
        seconds: of wall clock that it took.
        lapses: tasks of the evaluation that failed; they alone are tried again by the next run.
    """

    key: str
    figures: dict[str, float]
    files: tuple[str, ...]
    notes: tuple[str, ...]
    seconds: float
    lapses: tuple[Lapse, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "key": self.key,
            "figures": self.figures,
            "files": list(self.files),
            "notes": list(self.notes),
            "seconds": self.seconds,
            **({"lapses": [lapse.plain() for lapse in self.lapses]} if self.lapses else {}),
        }

    @classmethod
    def of(cls, plain: dict[str, Any]) -> Outcome:
        """What ``plain`` returned.

        Raises:
            KeyError, TypeError, ValueError: it is something else.
        """
        return cls(
            str(plain["key"]),
            {str(name): float(value) for name, value in plain["figures"].items()},
            tuple(str(name) for name in plain["files"]),
            tuple(str(note) for note in plain["notes"]),
            float(plain["seconds"]),
            tuple(Lapse.of(lapse) for lapse in plain.get("lapses", [])),
        )
