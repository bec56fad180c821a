"""Studies: which clips, which models and what to make of them, read from TOML and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from motionstudio.core.bounded_text import bounded_text
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.picture import Fit
from motionstudio.core.strength import MOST
from motionstudio.core.toml_text import parse_toml
from motionstudio.export.kinds import ExportKind
from motionstudio.export.options import LARGEST, SMALLEST, Panel

Measure = Literal["reconstruction", "inbetween", "labels", "fields"]
"""What can be measured of every clip, see ``figures``."""


Evaluation = Literal[
    "tracking", "interpolation", "simulation", "reconstruction", "prediction", "likelihood"
]
"""Tasks of ``motionstudio evaluate`` that one clip is enough for, see ``evaluating``."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ClipSet(_Strict):
    """Clips that are treated alike.

    Attributes:
        files: files, folders (one clip each) or patterns such as ``hearts/**/*.npz``, below the
            study's folder or the folder of real clips.
        leave_out: files or patterns of ``files`` that are not taken.
        pairs: two pictures each, which are a clip of two frames.
        slices: which clips of a file that holds several: one, as the window opens it; ``all``;
            or their numbers, counted from 0.
        range: part of each clip, START:STOP:STRIDE as in Python; empty: all of it.
        drop: frames that the model must not see, such as ``3,7-9``, counted after ``range``.
        reference: frame that the motion starts from, counted after ``range``.
        cyclic: whether a clip is one closed period; None: as the file says.
    """

    files: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    slices: Literal["one", "all"] | tuple[Annotated[int, Field(ge=0)], ...] = "one"
    range: str = ""
    drop: str = ""
    reference: Annotated[int, Field(ge=0)] = 0
    cyclic: bool | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.files and not self.pairs:
            raise ValueError("name files or pairs")
        return self


class Render(_Strict):
    """What is written of a motion.

    Attributes:
        formats: kinds of files, as ``motionstudio render --kind`` names them.
        panels: what stands side by side in pictures.
        scale: of pictures, per cent of the source's own size.
        native: the source's own resolution; else as small as the model sees it.
        fps: even frame times instead of the true ones.
        titles: write over each picture what it is.
        quality: of video, 0 (largest file) to 51.
    """

    formats: tuple[ExportKind, ...] = (ExportKind.MP4,)
    panels: tuple[Panel, ...] = (Panel.GENERATED,)
    scale: Annotated[int, Field(ge=SMALLEST, le=LARGEST)] = 100
    native: bool = True
    fps: Annotated[float, Field(gt=0)] | None = None
    titles: bool = False
    quality: Annotated[int, Field(ge=0, le=51)] = 18

    @field_validator("formats", "panels")
    @classmethod
    def _something(cls, value: tuple[object, ...]) -> tuple[object, ...]:
        if not value:
            raise ValueError("name at least one")
        if len(set(value)) != len(value):
            raise ValueError("each at most once")
        if ExportKind.STILL in value:
            raise ValueError("a still is one frame; png writes every frame as a picture")
        return value


class TransferSet(Render):
    """Every clip's reference frame animated by every driver.

    Attributes:
        drivers: clips, or motion files, that drive; looked for as ``ClipSet.files``.
        strength: of the motion; 1 as it is.
        best: start from the driver's frame whose keypoints are nearest to the picture's.
    """

    drivers: Annotated[tuple[str, ...], Field(min_length=1)]
    strength: Annotated[float, Field(ge=0, le=MOST)] = 1.0
    best: bool = False

    @field_validator("panels")
    @classmethod
    def _no_truth(cls, value: tuple[Panel, ...]) -> tuple[Panel, ...]:
        if any(panel.needs_truth or panel is Panel.DRIVER for panel in value):
            raise ValueError("a transferred motion has no original frames to show")
        return value


class Study(_Strict):
    """Everything that determines the results of a batch run, and how it is run.

    Attributes:
        name: for people; empty: the file's.
        output: folder of the results, below the study's own folder, or absolute.
        models: checkpoints by name or folder.
        fit: how pictures are brought to the model's square.
        motions: write the motion matrix of every clip.
        measure: what goes into the tables.
        evaluate: tasks of ``motionstudio evaluate``, on every clip beside the classical methods.
        workers: processes on this machine, or actors on a cluster; 0: as many as fit.
        retries: how often a clip whose process died is tried again.
        device: where models run: the best there is, or the CPU.
    """

    name: str = ""
    output: str = "results"
    models: Annotated[tuple[str, ...], Field(min_length=1)]
    clips: Annotated[tuple[ClipSet, ...], Field(min_length=1)]
    fit: Fit = "letterbox"
    motions: bool = True
    measure: tuple[Measure, ...] = ("reconstruction",)
    evaluate: tuple[Evaluation, ...] = ()
    render: Render | None = None
    transfer: tuple[TransferSet, ...] = ()
    workers: Annotated[int, Field(ge=0, le=1024)] = 0
    retries: Annotated[int, Field(ge=0, le=10)] = 2
    device: Literal["auto", "cpu"] = "auto"

    @field_validator("evaluate", mode="before")
    @classmethod
    def _one_clip_is_enough(cls, value: object) -> object:
        names = [value] if isinstance(value, str) else value
        if isinstance(names, Sequence) and "transport" in names:
            raise ValueError(
                "transport needs two clips and a study evaluates each by itself; write a "
                "[[transfer]], or run motionstudio evaluate --task transport on the folder"
            )
        return names

    @field_validator("output")
    @classmethod
    def _inside(cls, value: str) -> str:
        path = PurePath(value)
        if not path.is_absolute() and ".." in path.parts:
            raise ValueError(f"{value} leads out of the study's folder; write the whole path")
        return value

    @model_validator(mode="after")
    def _something_to_do(self) -> Self:
        if not (self.motions or self.measure or self.evaluate or self.render or self.transfer):
            raise ValueError(
                "nothing is to be made: ask for motions, measure, evaluate, render or transfer"
            )
        return self


def read_study(path: Path, overrides: Mapping[str, str] | None = None) -> Study:
    """Read and check a study.

    Args:
        path: a TOML file.
        overrides: ``a.b = TOML value`` pairs that replace single values.

    Raises:
        MotionStudioError: it is missing, is not TOML, or a value does not fit.
    """
    try:
        plain = parse_toml(bounded_text(path, pipes=True))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise MotionStudioError(f"The study {path} cannot be read: {reason}.") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MotionStudioError(f"The study {path.name} is not valid TOML: {error}.") from error
    for key, text in (overrides or {}).items():
        _override(plain, key, text)
    try:
        study = Study.model_validate(plain)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part)[:80] for part in first["loc"]) or "the top"
        reason = str(first["msg"]).removeprefix("Value error, ")[:200]
        raise MotionStudioError(
            f"The study {path.name} does not fit at {where}: {reason}.",
            "docs/batch.md shows every field.",
        ) from error
    return study if study.name else study.model_copy(update={"name": path.stem})


def _override(plain: dict[str, Any], key: str, text: str) -> None:
    try:
        value = parse_toml(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError):
        value = text
    *path, last = key.split(".")
    place: Any = plain
    try:
        for part in path:
            place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
        place[int(last) if isinstance(place, list) else last] = value
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        raise MotionStudioError(f"There is no {key} in the study to be set.") from error
