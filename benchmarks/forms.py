"""Decoding eager, compiled, exported: ``python -m benchmarks.forms [MODEL ...] [--device cuda]``.

For one checkpoint of each system: what an edited row costs alone, and rows a second by 1, 8 and 64
at a time. Compiled is ``torch.compile`` (inductor); exported is a package of ``torch.export`` and
AOTInductor, loaded again without the model's code. All forms are timed in turn in one run, on one
thread, as ratios to eager. The seconds to compile are processor time with an empty cache.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")

import torch
from torch import Tensor
from torch.export import Dim

from benchmarks.decode import one_of_each, sequence
from benchmarks.decoders import WHY_NOT, RowDecoder, row_decoder
from benchmarks.measured import Found
from benchmarks.roofline import Peak, median_seconds, peak, work
from motionstudio.core.errors import MotionStudioError
from motionstudio.evaluation.material import encode
from motionstudio.evaluation.table import Column, Figure, Row, Table
from motionstudio.models.base import MotionModel
from motionstudio.models.registry import load_model

BATCHES = (1, 8, 64)
_ABOVE = "Above 100 %: weights stay in caches, which are faster than the memory of the roof."
EAGER, COMPILED, EXPORTED = "eager", "compiled", "exported"
Run = Callable[..., Tensor]


@dataclass(slots=True)
class Form:
    """One way to run a decoder.

    Attributes:
        run: the decoder; None where ``why`` says why there is none.
        batches: numbers of rows that it takes.
        made: processor seconds to make it.
    """

    run: Run | None
    batches: tuple[int, ...] = BATCHES
    made: float = 0.0
    why: str = ""


@dataclass(slots=True)
class Measured:
    """One decoder in all forms.

    Attributes:
        seconds: by form and number of rows.
        made: processor seconds to make a form. ``apart``: largest difference from eager.
        shares: of the roofline in eager mode, by number of rows.
        why: sentences about what is missing.
    """

    seconds: dict[tuple[str, int], float] = field(default_factory=dict)
    made: dict[str, float] = field(default_factory=dict)
    apart: dict[str, float] = field(default_factory=dict)
    shares: dict[int, float] = field(default_factory=dict)
    why: list[str] = field(default_factory=list)


def compiled(decoder: RowDecoder) -> Form:
    """``torch.compile``: once for one row, once more for any number."""
    start = _spent()
    torch._dynamo.reset()
    made = torch.compile(decoder.module)
    try:
        for count in BATCHES:
            made(*decoder.inputs(count))
    except Exception as error:  # noqa: BLE001 - whatever a compiler may say is said on
        return Form(None, why=f"cannot be compiled ({_first(error)})")
    return Form(made, made=_spent() - start)


def exported(decoder: RowDecoder, folder: Path) -> Form:
    """A package for any number of rows, or for one alone where the program fixes it."""
    start = _spent()
    rows = [{0: Dim("rows", min=1, max=max(BATCHES))} for _ in decoder.example]
    try:
        run = _packaged(decoder, folder / "any.pt2", BATCHES[1], rows)
        _fits(run, decoder)
        return Form(run, made=_spent() - start)
    except Exception as error:  # noqa: BLE001 - whatever a compiler may say is said on
        why = f"exported for one row alone ({_first(error)})"
    start = _spent()
    try:
        run = _packaged(decoder, folder / "one.pt2", 1, None)
        return Form(run, (1,), _spent() - start, why)
    except Exception as error:  # noqa: BLE001
        return Form(None, why=f"cannot be exported ({_first(error)})")


def _packaged(
    decoder: RowDecoder, path: Path, count: int, rows: list[dict[int, Dim]] | None
) -> Run:
    program = torch.export.export(
        decoder.module, decoder.inputs(count), dynamic_shapes=rows, strict=True
    )
    torch._inductor.aoti_compile_and_package(program, package_path=str(path))
    loaded: Run = torch._inductor.aoti_load_package(str(path))
    return loaded


def _fits(run: Run, decoder: RowDecoder) -> None:
    """Some packages keep the number of rows that they were made with.

    Raises:
        ValueError: pictures of another shape than those in eager mode.
    """
    for count in BATCHES:
        inputs = decoder.inputs(count)
        made, truth = run(*inputs).shape, decoder.module(*inputs).shape
        if made != truth:
            raise ValueError(f"expected pictures {tuple(truth)}, received {tuple(made)}")


def measure(decoder: RowDecoder, forms: Mapping[str, Form], roof: Peak, rounds: int) -> Measured:
    """Time all forms of a decoder in turn and compare what they make."""
    found, device = Measured(), str(decoder.example[0].device)
    with torch.no_grad():
        for count in BATCHES:
            inputs = decoder.inputs(count)
            runs = {n: f.run for n, f in forms.items() if f.run is not None and count in f.batches}
            truth = decoder.module(*inputs)
            for name, run in runs.items():
                apart = float((run(*inputs) - truth).abs().max())
                found.apart[name] = max(found.apart.get(name, 0.0), apart)
            steps = {name: _call(run, inputs) for name, run in runs.items()}
            for name, taken in median_seconds(steps, rounds, device).items():
                found.seconds[name, count] = taken
            needed = work(decoder.module, inputs)
            found.shares[count] = needed.share(found.seconds[EAGER, count], roof)
    for name, form in forms.items():
        found.made[name] = form.made
        found.why += [form.why] if form.why else []
    return found


def _call(run: Run, inputs: Sequence[Tensor]) -> Callable[[], object]:
    return lambda: run(*inputs)


def forms(names: Sequence[str], rounds: int, device: str, tell: Callable[[str], None]) -> Found:
    """Latency of one row and throughput, one row of each table for each checkpoint.

    Raises:
        MotionStudioError: there is no such device.
    """
    if torch.device(device).type == "cuda" and not torch.cuda.is_available():
        raise MotionStudioError("There is no CUDA device.", "Measure with --device cpu.")
    roof, latency, throughput, notes = peak(device), [], [], []
    for name in names:
        model = load_model(name)
        title = f"{name} ({model.card.system})"
        if model.card.system in WHY_NOT:
            latency.append(Row(title, {}, WHY_NOT[model.card.system] + "."))
            continue
        found = one(model, rounds, device, roof)
        latency.append(Row(title, _latency(found)))
        throughput.append(Row(title, _throughput(found)))
        notes += [f"{name}: {why}." for why in found.why]
        tell(f"forms: {name}")
    if not torch.cuda.is_available():
        notes.append("There is no CUDA device here: nothing of this was measured on one.")
    return Found(_tables(latency, throughput, roof, device), notes=tuple(notes))


def one(model: MotionModel, rounds: int, device: str, roof: Peak) -> Measured:
    """All forms of one model's decoder."""
    item = sequence(model.card)
    motion = encode(model, item)
    decoder = row_decoder(model, motion, item.frames[0], device)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = folder
        with torch.no_grad():
            made = {
                EAGER: Form(decoder.module),
                COMPILED: compiled(decoder),
                EXPORTED: exported(decoder, Path(folder)),
            }
        return measure(decoder, made, roof, rounds)


def _latency(found: Measured) -> dict[str, Figure]:
    eager = found.seconds[EAGER, 1]
    plain = {"eager": 1e3 * eager, "share": 100 * found.shares[1]}
    for name in (COMPILED, EXPORTED):
        if (name, 1) in found.seconds:
            plain[name] = found.seconds[name, 1] / eager
            plain[f"made {name}"] = found.made[name]
            plain[f"apart {name}"] = 1e6 * found.apart[name]
    return _figures(plain)


def _throughput(found: Measured) -> dict[str, Figure]:
    plain = {}
    for (name, count), taken in found.seconds.items():
        each = found.seconds[EAGER, count] / taken
        plain[f"{name} {count}"] = count / taken if name == EAGER else each
    plain["share"] = 100 * found.shares[BATCHES[-1]]
    return _figures(plain)


def _figures(plain: Mapping[str, float]) -> dict[str, Figure]:
    return {key: Figure(float(value), 0.0, 1) for key, value in plain.items()}


def _tables(
    latency: Sequence[Row], throughput: Sequence[Row], roof: Peak, device: str
) -> tuple[Table, Table]:
    single = (
        Column("eager", "eager ms", 2), Column("share", "% of the roof"),
        Column(COMPILED, "compiled / eager", 2), Column(EXPORTED, "exported / eager", 2),
        Column(f"made {COMPILED}", "s to compile", 0), Column(f"made {EXPORTED}", "s to export", 0),
        Column(f"apart {COMPILED}", "compiled apart, 1e-6", 1),
        Column(f"apart {EXPORTED}", "exported apart, 1e-6", 1),
    )  # fmt: skip
    many = [Column(f"{EAGER} {n}", f"eager rows/s by {n}", 0) for n in BATCHES]
    for name in (COMPILED, EXPORTED):
        many += [Column(f"{name} {n}", f"{name} by {n}, times", 2) for n in BATCHES]
    many.append(Column("share", f"eager by {BATCHES[-1]}, % of the roof", 1))
    roofs = f"Roofs: {roof.operations / 1e9:.0f} GFLOP/s, {roof.bytes / 1e9:.1f} GB/s."
    where = f"On {device}, {'device' if device != 'cpu' else 'processor'} time, one thread."
    apart = "Apart: the largest difference from eager, of intensities or pixels."
    return (
        Table("forms", "One edited row, in three forms", single, tuple(latency),
              f"{where} {roofs} {_ABOVE} {apart}"),
        Table("throughput", "Rows a second", tuple(many), tuple(throughput),
              f"{where} Times: as fast as eager; above 1 is faster."),
    )  # fmt: skip


def _first(error: Exception) -> str:
    line = str(error).strip().splitlines()[0] if str(error).strip() else ""
    return f"{type(error).__name__}: {line[:120]}".replace("|", "/")


def _spent() -> float:
    return sum(os.times()[:4])


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", help="checkpoints; else one of each system")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    names = chosen.models or one_of_each()
    try:
        found = forms(names, chosen.rounds, chosen.device, lambda t: print(t, file=sys.stderr))
    except MotionStudioError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n\n".join([*(table.text() for table in found.tables), *found.notes]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
