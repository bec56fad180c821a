"""What a worker does with a task: read, encode, measure, write. The only part that loads torch."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motionstudio import io
from motionstudio.batch import clips, figures, results
from motionstudio.batch.lapse import Lapse
from motionstudio.batch.study import Evaluation, Render, TransferSet
from motionstudio.batch.task import ClipRef, Outcome, Task
from motionstudio.core.carrying import Transfer
from motionstudio.core.clip import Clip
from motionstudio.core.errors import Cancelled, MotionStudioError
from motionstudio.core.kept import parse
from motionstudio.core.motion import Motion, Rendered, RowKind
from motionstudio.core.picture import Transform, intensity_range
from motionstudio.core.picture_rows import pictures_of_frames
from motionstudio.core.upsampling import positions_of
from motionstudio.engine.gallery import Gallery
from motionstudio.engine.gather import gather
from motionstudio.engine.keys import content_key
from motionstudio.engine.requests import EncodeRequest, LoadRequest, Picture
from motionstudio.engine.responses import Encoded, ModelReady
from motionstudio.engine.runner import Budget, Runner
from motionstudio.engine.sync import SyncEngine
from motionstudio.export import Export, ExportKind, ExportOptions, write_export
from motionstudio.export.of_subject import provenance_of
from motionstudio.io.template_file import Template, is_template, load_template
from motionstudio.job_transfer import Carry
from motionstudio.models.base import Capability, ModelCard
from motionstudio.models.device import DeviceChoice, choose_device
from motionstudio.models.registry import load_model

Tick = Callable[[float], bool]
MOTION = "motion.npz"


def watching_nobody(_fraction: float) -> bool:
    """The tick of a caller who neither watches nor cancels."""
    return True


@dataclass(frozen=True, slots=True)
class _Made:
    """What has been made of a task so far."""

    figures: dict[str, float] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lapses: list[Lapse] = field(default_factory=list)


class Worker:
    """Does tasks one after the other; models stay loaded.

    Args:
        threads: that torch and OpenCV may use; None: leave them be.
    """

    def __init__(self, threads: int | None = 1) -> None:
        self._threads = threads
        self._engines: dict[str, SyncEngine] = {}

    def do(self, task: Task, output: Path, tick: Tick = watching_nobody) -> Outcome:
        """Make the results of ``task`` below ``output``; what is there already is left alone.

        Of results whose evaluation failed in part, only that part is tried again.

        Args:
            task: what to make.
            output: folder of all results.
            tick: told the fraction done; False stops.

        Raises:
            MotionStudioError: what a person can mend.
            Cancelled: the tick answered False.
        """
        folder = output / task.name
        found = results.found(folder, task.key)
        if found is not None and not found.lapses:
            return found
        began = time.monotonic()
        with results.making(folder) as part:
            making = _Making(self._engine(task), task, part, tick)
            if found is not None:
                shutil.copytree(folder, part, dirs_exist_ok=True)
                made = making.rest(found)
            else:
                made = making.clip() if task.driver is None else making.transfer()
            seconds = round(time.monotonic() - began, 3)
            outcome = Outcome(
                task.key,
                made.figures,
                tuple(dict.fromkeys(made.files)),
                tuple(dict.fromkeys(made.notes)),
                seconds,
                tuple(made.lapses),
            )
            results.note(part, outcome)
        return outcome

    def _engine(self, task: Task) -> SyncEngine:
        engine = self._engines.get(task.device)
        if engine is None:
            cpu = DeviceChoice("cpu", "the study says so")
            device = cpu if task.device == "cpu" else choose_device()
            runner = Runner(
                device=device,
                gallery=Gallery(0),
                budget=Budget(motions=0, fields=0),
                threads=self._threads,
            )
            engine = self._engines[task.device] = SyncEngine(runner)
        return engine


class _Making:
    """One task under way."""

    def __init__(self, engine: SyncEngine, task: Task, part: Path, tick: Tick) -> None:
        self._engine, self._task, self._part, self._tick = engine, task, part, tick
        self._made = _Made()
        self._card = self._checked_card()

    def clip(self) -> _Made:
        """Encode a clip, measure it and write what is wanted."""
        task = self._task
        clip = clips.read(task.clip)
        self._made.notes.extend(clip.warnings)
        if not self._can(Capability.ENCODE, "the model encodes no clips"):
            return self._made
        reference = task.clip.reference
        kept = parse(task.clip.drop, len(clip), reference=reference)
        transform = self._transform(clip)
        motion = self._encode(task.clip, clip, kept, transform)
        self._say(0.2)
        if task.motions:
            io.save_motion(motion, self._part / MOTION)
            self._made.files.append(MOTION)
        made = self._pictures(task, motion, clip, transform, reference)
        if made is not None:
            self._measure(clip, made, kept, reference)
        if "inbetween" in task.measure and self._can(
            Capability.INBETWEEN, "inbetween: the model fills no frames in"
        ):
            self._measure_between(clip, transform, reference)
        if task.evaluate:
            self._evaluate(clip, task.evaluate)
        self._say(0.7)
        if task.render is not None:
            export = self._export(motion, clip, transform, reference, truth=True)
            self._write(export, made, task.render)
        return self._made

    def rest(self, before: Outcome) -> _Made:
        """Try again what of the evaluation failed; everything else is there."""
        self._made.figures.update(before.figures)
        self._made.files.extend(before.files)
        self._made.notes.extend(before.notes)
        failed = {lapse.task for lapse in before.lapses}
        clip = clips.read(self._task.clip)
        self._evaluate(clip, [name for name in self._task.evaluate if name in failed])
        return self._made

    def transfer(self) -> _Made:
        """Animate the clip's reference frame with the driver's motion."""
        task, card = self._task, self._card
        if task.driver is None or task.transfer is None:
            raise ValueError("transfer: expected a task with a driver, got one without")
        if Capability.TRANSPORT not in card.capabilities:
            self._made.notes.append(f"{card.title} cannot put a motion on another subject.")
            return self._made
        clip, wanted = clips.read(task.clip), task.transfer
        reference, transform = task.clip.reference, self._transform(clip)
        frame = np.asarray(clip.frames[reference])
        how = Transfer(strength=wanted.strength)
        carry = Carry(self._engine, task.model, card, how, best=wanted.best)
        motion = carry.onto(Picture(content_key(frame), frame), transform, self._driver())
        self._say(0.3)
        if task.motions:
            io.save_motion(motion, self._part / MOTION)
            self._made.files.append(MOTION)
        rendered = self._render(motion, clip, transform, reference)
        self._made.figures["frames"] = float(len(motion.times))
        self._made.figures.update(figures.of_fields(rendered.displacement, motion.cyclic))
        self._say(0.7)
        self._write(self._export(motion, clip, transform, reference, truth=False), rendered, wanted)
        return self._made

    def _checked_card(self) -> ModelCard:
        task = self._task
        request = LoadRequest(model=task.model)
        card = self._engine.ask(request, ModelReady).card
        if card.hash != task.model_hash:
            raise MotionStudioError(
                f"The weights of {card.name} here are {card.hash}; the study was planned with "
                f"{task.model_hash}.",
                "Give every machine the same checkpoints.",
            )
        return card

    def _can(self, capability: Capability, what: str) -> bool:
        if capability in self._card.capabilities:
            return True
        self._made.notes.append(f"{what}; left out.")
        return False

    def _driver(self) -> Template:
        """The driver's motion, from a clip or as it was saved."""
        driver = self._task.driver
        if driver is None:
            raise ValueError("_driver: the task has none")
        path = Path(driver.paths[0])
        if len(driver.paths) == 1 and path.is_file() and is_template(path):
            template = load_template(path)
        else:
            clip = clips.read(driver)
            kept = np.ones(len(clip), np.bool_)
            motion = self._encode(driver, clip, kept, self._transform(clip))
            template = Template(path.stem, motion, driver.reference, clip.period)
        if template.motion.rows is not RowKind.FRAME:
            raise MotionStudioError(f"The motion of {path.name} has no row for each frame.")
        return template

    def _encode(
        self, ref: ClipRef, clip: Clip, kept: NDArray[np.bool_], transform: Transform
    ) -> Motion:
        able = Capability.CYCLIC in self._card.capabilities
        closed = (bool(clip.cyclic) and able) if ref.cyclic is None else ref.cyclic
        request = EncodeRequest(
            subject="",
            revision=0,
            model=self._task.model,
            clip_key=f"{ref.content} {ref.slice} {ref.range}",
            clip=clip,
            transform=transform,
            kept=kept,
            reference=ref.reference,
            cyclic=closed,
            period=clip.period if closed else None,
        )
        return self._engine.ask(request, Encoded).motion

    def _pictures(
        self, task: Task, motion: Motion, clip: Clip, transform: Transform, reference: int
    ) -> Rendered | None:
        """All frames of the motion where something needs them and the model makes any."""
        kinds = () if task.render is None else task.render.formats
        measured = set(task.measure) - {"inbetween"}
        if not measured and not any(kind.has_pictures for kind in kinds):
            return None
        if not self._can(Capability.DECODE, "pictures: the model makes none"):
            return None
        return self._render(motion, clip, transform, reference)

    def _render(self, motion: Motion, clip: Clip, transform: Transform, reference: int) -> Rendered:
        source = np.asarray(clip.frames[reference])
        abilities = self._card.capabilities
        frames = self._engine.stream(
            motion,
            Picture(content_key(source), source),
            transform,
            model=self._task.model,
            fields=Capability.DISPLACEMENT in abilities,
            inverse=self._wants_inverse and Capability.INVERSE in abilities,
            frames=tuple(int(row) for row in pictures_of_frames(motion)),
            cancelled=lambda: not self._tick(0.4),
        )
        return gather(frames, motion.times)

    @property
    def _wants_inverse(self) -> bool:
        """Only numbers and drawn fields need it."""
        wanted = self._task.transfer or self._task.render
        return wanted is not None and (
            any(kind.has_pictures and not kind.is_picture for kind in wanted.formats)
            or any(panel.needs_field for panel in wanted.panels)
        )

    def _measure(self, clip: Clip, made: Rendered, kept: NDArray[np.bool_], reference: int) -> None:
        task, found = self._task, self._made.figures
        found["frames"] = float(len(clip))
        range_ = self._transform(clip).range
        if "reconstruction" in task.measure:
            rows = figures.of_frames(clip, made, range_, reference)
            found |= figures.reconstruction(rows, kept, reference)
            figures.write_rows(rows, kept, self._part / figures.FRAMES)
            self._made.files.append(figures.FRAMES)
        if "fields" in task.measure and self._can(
            Capability.DISPLACEMENT, "fields: the model gives no displacement"
        ):
            found |= figures.of_fields(made.displacement, bool(clip.cyclic))
        if "labels" in task.measure:
            dice, note = figures.of_labels(clip, made.displacement, reference)
            found |= dice
            self._made.notes.extend([note] if note else [])

    def _evaluate(self, clip: Clip, tasks: Sequence[Evaluation]) -> None:
        """The tasks of ``motionstudio evaluate``, which runs on the CPU so that times compare."""
        from motionstudio.batch.evaluating import EVALUATION, evaluated

        task, path = self._task, self._part / EVALUATION
        found = evaluated(
            load_model(task.model),
            clip,
            task.fit,
            tasks,
            path,
            lambda done: self._say(0.2 + 0.5 * done),
        )
        self._made.figures.update(found.figures)
        self._made.notes.extend(found.notes)
        self._made.lapses.extend(found.lapses)
        if path.exists():
            self._made.files.append(path.name)

    def _measure_between(self, clip: Clip, transform: Transform, reference: int) -> None:
        """Drop every second frame and look at those."""
        numbers = np.arange(len(clip))
        kept = (numbers - reference) % 2 == 0
        if kept.all():
            self._made.notes.append("inbetween: the clip has no frame to drop; left out.")
            return
        motion = self._encode(self._task.clip, clip, kept, transform)
        made = self._render(motion, clip, transform, reference)
        rows = figures.of_frames(clip, made, transform.range, reference)
        self._made.figures.update(figures.between(rows, kept))

    def _export(
        self, motion: Motion, clip: Clip, transform: Transform, reference: int, *, truth: bool
    ) -> Export:
        return Export(
            ExportOptions(ExportKind.CSV, self._part / "motion.csv"),
            motion,
            transform,
            truth=clip.frames if truth else None,
            source=np.asarray(clip.frames[reference]),
            names=self._card.dim_names,
            spacing=clip.spacing,
            places=positions_of(motion, 1),
            original=motion,
        )

    def _write(self, export: Export, made: Rendered | None, wanted: Render | TransferSet) -> None:
        """Every format that is wanted and can be written."""
        for number, kind in enumerate(wanted.formats):
            if kind.has_pictures and made is None:
                continue
            drawn = kind.is_picture and any(panel.needs_field for panel in wanted.panels)
            if (kind.needs_field or drawn) and Capability.DISPLACEMENT not in (
                self._card.capabilities
            ):
                self._made.notes.append(f"{kind.value}: the model gives no displacement; left out.")
                continue
            options = self._options(kind, wanted)
            whole = replace(export, options=options, provenance=provenance_of(self._card, options))
            path = write_export(whole, made if kind.has_pictures else None, self._tick)
            self._made.files.append(path.name)
            self._say(0.7 + 0.3 * (number + 1) / len(wanted.formats))

    def _options(self, kind: ExportKind, wanted: Render) -> ExportOptions:
        stem = "frames" if kind is ExportKind.PNG else _NAMES.get(kind, kind.value)
        return ExportOptions(
            kind,
            self._part / f"{stem}{kind.suffix}",
            native=wanted.native,
            scale=wanted.scale if kind.is_picture else 100,
            fps=wanted.fps,
            panels=wanted.panels,
            titles=wanted.titles,
            quality=wanted.quality,
        )

    def _transform(self, clip: Clip) -> Transform:
        return Transform.fit(
            clip.size, self._card.size, mode=self._task.fit, range=intensity_range(clip)
        )

    def _say(self, fraction: float) -> None:
        if not self._tick(fraction):
            raise Cancelled


_NAMES = {
    ExportKind.MP4: "film", ExportKind.WEBM: "film", ExportKind.GIF: "film",
    ExportKind.APNG: "film_lossless", ExportKind.NPZ: "everything",
    ExportKind.NIFTI: "displacement", ExportKind.CSV: "motion", ExportKind.SAFETENSORS: "motion",
}  # fmt: skip
