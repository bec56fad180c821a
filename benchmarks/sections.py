"""What the page of results consists of: each section measures one thing and can be repeated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import (
    ablation_words,
    ablations,
    factors,
    files,
    films,
    forms,
    growth,
    hearts,
    session,
    strips,
    sturdy,
)
from benchmarks.decode import latency, one_of_each
from benchmarks.measured import Found
from benchmarks.training import measure_all
from motionstudio.core.errors import MotionStudioError
from motionstudio.evaluation import evaluate
from motionstudio.evaluation.animation import animation, reconstruction
from motionstudio.evaluation.domains import DOMAINS, subjects
from motionstudio.evaluation.interpolation import interpolation
from motionstudio.evaluation.material import of_sample
from motionstudio.evaluation.model_calls import can
from motionstudio.evaluation.on_clips import measure_on
from motionstudio.evaluation.paper import paper
from motionstudio.evaluation.progress import Tell
from motionstudio.evaluation.real import real
from motionstudio.evaluation.speed import speed
from motionstudio.evaluation.tracking import tracking
from motionstudio.evaluation.transport import shuffle_tests, transport
from motionstudio.models.base import Capability, MotionModel
from motionstudio.models.registry import list_models, load_model

SHEETS = Path("docs/pictures/results")
EVERY_MODEL = ("simulation", "reconstruction", "interpolation", "prediction", "likelihood")
MANY = 4
"""Of a system with more checkpoints than this only those of ``SOME`` are shown by every task."""

SOME = ("shapes_vd", "sprites_a100", "teapot_2dof_a0", "teapot_2dof_a100", "teapot3d_6dof_a100")


@dataclass(frozen=True, slots=True)
class Asked:
    """With what a section is measured: the data folder or None, and cases for each figure."""

    data: Path | None
    cases: int
    tell: Tell


Measure = Callable[[Asked], Found]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page.

    Attributes:
        name: such as ``paper/draw``; the file of its figures is named after it.
        title: heading on the page; sections of equal first words share a chapter.
        models: checkpoints that it needs; it is left out where one is missing.
        measure: does the work.
        cases: so many are worth the time on a quiet machine.
    """

    name: str
    title: str
    models: tuple[str, ...]
    measure: Measure
    cases: int = 20


def sections() -> list[Section]:
    """All sections that the checkpoints at hand allow, in the order of the page."""
    from motionstudio.evaluation.paper import SYSTEMS

    known = {card.name: card for card in list_models()}
    by_system = {s: tuple(n for n, c in known.items() if c.system == s) for s in SYSTEMS}
    found = [
        Section(f"paper/{system}", f"Claims: {system}", by_system[system], _claims(system), 200)
        for system in SYSTEMS
    ]
    found += _of_hearts()
    found += [Section(name, title, films.models_of(name), _film(name), 1)
              for name, title in films.TITLES.items()]  # fmt: skip
    found += [
        Section(f"tasks/{name}", f"Tasks: {name}", (name,), _tasks(name))
        for name, card in known.items()
        if len(by_system.get(card.system, ())) <= MANY or name in SOME
    ]
    found += [
        Section(f"factors/{name}", f"Factors: {name}", (name,), _factors(name), 120)
        for name in known
    ]
    found += [
        Section("speed/latency", "Latency of every system", tuple(one_of_each()), _latency, 10),
        Section("speed/forms", "Decoding compiled and exported", tuple(one_of_each()), _forms, 15),
        Section("speed/ratios", "Ratios to registration", ("heart",), _ratios, 3),
        Section("speed/session", "The studio at work", ("heart",), _session, 15),
        Section("speed/files", "Import and export", (), _files, 5),
        Section("speed/growth", "Growth of time and memory", (), _growth, 3),
        Section("speed/training", "Training of every system", (), _training, 8),
        *_of_robustness(),
    ]
    return [one for one in found if all(model in known for model in one.models)]


def _of_hearts() -> list[Section]:
    heart, both = ("heart",), ("heart", "figures", "figures_fomm")
    return [
        Section("tracking/heart", "Tracking beside registration", heart, _tracking("heart")),
        Section("tracking/figures", "Tracking of figures", ("figures",), _tracking("figures")),
        Section("interpolation/heart", "Missing frames", heart, _interpolation),
        Section("transport/heart", "Transport", heart, _transport),
        Section("animation/figures", "Animation", both[1:], _animation),
        Section("real/labels", "Real hearts: labels carried", heart, _real, 1),
        Section("real/ejection", "Real hearts: ejection fraction", heart, hearts.ejection, 1),
        Section("real/curves", "Real hearts: areas over the beat", heart, hearts.curves, 3),
        Section("groups/patients", "Latent space: diagnoses", heart, hearts.groups, 999),
        Section("ablations/heart", "Ablations of GenLMM", (), _ablations),
    ]


def _of_robustness() -> list[Section]:
    """A case of the long session is a minute."""
    return [
        Section("robustness/files", "Damaged files", (), _damaged, 300),
        Section("robustness/real", "Damaged real clips", (), _real_clips, 100),
        Section("robustness/guided", "Readers, guided by coverage", (), _guided, 60),
        Section("robustness/malicious", "Malicious files", (), _malicious, 1),
        Section("robustness/faults", "Faults", (), _faults, 1),
        Section("robustness/soak", "A long session", (), _soak, 30),
    ]


def _malicious(asked: Asked) -> Found:
    return sturdy.malicious(asked.tell)


def _faults(asked: Asked) -> Found:
    return sturdy.faults(asked.tell)


def _guided(asked: Asked) -> Found:
    return sturdy.guided(asked.cases, asked.tell)


def _damaged(asked: Asked) -> Found:
    return sturdy.files(asked.cases, asked.tell)


def _real_clips(asked: Asked) -> Found:
    return sturdy.real(asked.cases, asked.data, asked.tell)


def _soak(asked: Asked) -> Found:
    return sturdy.soak(asked.cases)


def _film(name: str) -> Measure:
    def measure(asked: Asked) -> Found:
        asked.tell(f"{name}: drawn")
        return Found(values={"sheet": films.draw(name, SHEETS)})

    return measure


def _claims(system: str) -> Measure:
    def measure(asked: Asked) -> Found:
        report = paper((system,), data=asked.data, count=asked.cases, tell=asked.tell)
        return Found(report.tables, report.claims)

    return measure


def _tracking(name: str) -> Measure:
    def measure(asked: Asked) -> Found:
        model = load_model(name)
        refine = asked.cases >= 10
        table = tracking(model, DOMAINS[name], asked.cases, asked.tell, refine=refine)
        return Found((table,), values=_shown(strips.tracking, model) if name == "heart" else {})

    return measure


def _interpolation(asked: Asked) -> Found:
    model, heart = load_model("heart"), DOMAINS["heart"]
    items = [of_sample(s, model.card) for s in subjects(heart, model.card.size, asked.cases)]
    pictures = measure_on("interpolation", model, items, "heart", asked.tell).tables
    tables = (*interpolation(model, heart, asked.cases, asked.tell), *pictures)
    return Found(tables, values=_shown(strips.missing, model))


def _transport(asked: Asked) -> Found:
    model, heart = load_model("heart"), DOMAINS["heart"]
    tables = [transport(model, heart, asked.cases, asked.tell)]
    if asked.cases > 1:
        tables.append(shuffle_tests(model, heart, asked.cases, asked.tell))
    return Found(tuple(tables), values=_shown(strips.transport, model))


def _shown(draw: Callable[[MotionModel, Path], Path], model: MotionModel) -> dict[str, str]:
    """Draw a sheet of pictures; the page finds it by its name."""
    return {"sheet": draw(model, SHEETS / f"{draw.__name__}.png").name}


def _animation(asked: Asked) -> Found:
    model, rival = load_model("figures_fomm"), load_model("figures")
    what = (model, DOMAINS["figures"], asked.cases, asked.tell, [rival])
    return Found((reconstruction(*what), animation(*what)))


def _real(asked: Asked) -> Found:
    """Labels of real slices and patients carried from one frame to others, refined as well."""
    if asked.data is None:
        raise MotionStudioError("The real hearts are not in the data folder.")
    tables, notes = real(load_model("heart"), asked.data, asked.tell)
    return Found(tables, notes=notes)


def _tasks(name: str) -> Measure:
    def measure(asked: Asked) -> Found:
        model = load_model(name)
        # Where displacement is known these have sections of their own, beside the true field.
        own = ("interpolation", "reconstruction") if can(model, Capability.DISPLACEMENT) else ()
        wanted = [task for task in EVERY_MODEL if task not in own]
        report = evaluate(model, wanted, asked.data, asked.cases, asked.tell)
        return Found(report.tables, notes=report.notes)

    return measure


def _factors(name: str) -> Measure:
    return lambda asked: factors.measure(name, asked)


def _latency(asked: Asked) -> Found:
    return Found((latency(one_of_each(), asked.cases, asked.tell),))


def _training(asked: Asked) -> Found:
    """Every case is a step of a system's loop."""
    return Found((measure_all(asked.data, asked.cases, asked.tell),))


def _ratios(asked: Asked) -> Found:
    return Found((speed(load_model("heart"), DOMAINS["heart"], asked.cases, asked.tell),))


def _growth(asked: Asked) -> Found:
    """With fewer than three cases the largest sizes are left out."""
    return growth.growth(asked.cases < 3, asked.tell)


def _forms(asked: Asked) -> Found:
    """Every case is a round of timing."""
    return forms.forms(one_of_each(), asked.cases, "cpu", asked.tell)


def _session(asked: Asked) -> Found:
    return Found((session.measure(asked.cases, asked.tell),))


def _files(asked: Asked) -> Found:
    return Found(files.measure(asked.cases, asked.tell))


def _ablations(asked: Asked) -> Found:
    found = ablations.finished()
    if not found:
        raise MotionStudioError("No variant is trained.", "Run python -m benchmarks.ablations.")
    steps = int(next(iter(found.values()))[0]["steps"])
    rival = ablations.pair_runs(ablations.WORK, steps)
    beside = ablation_words.registration_table(found, rival, asked.tell)
    return Found(
        (ablation_words.variants_table(found), beside),
        values={"runs": found, "pair": rival},
    )
