"""Runs that the window starts: they talk through their folder, and live without the window."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import typer

from motionstudio.cli.output import say, show
from motionstudio.core.errors import Cancelled, MotionStudioError
from motionstudio.training.events import Failed
from motionstudio.training.orders import Orders
from motionstudio.training.recipe import Recipe
from motionstudio.training.run_folder import RunFolder

_TELL_EVERY = 0.5


def obey(recipe: Recipe, work: Path, out: Path, data: Path | None, device: str | None) -> None:
    """Train in ``work`` as its orders say; what goes wrong is told there."""
    work.mkdir(parents=True, exist_ok=True)
    folder = RunFolder(work)
    with Orders(folder) as orders:
        try:
            _train(recipe, work, out, data, device, orders)
        except Cancelled:
            folder.remove()
        except (MotionStudioError, OSError, MemoryError) as error:
            orders.tell(_failed(error))
            say(str(error))
            raise typer.Exit(1) from error
        except Exception as error:
            # Nobody reads this process's terminal: also its own faults are told, then shown.
            from motionstudio.training.memory import out_of_memory

            if out_of_memory(error):
                orders.tell(_failed(MemoryError()))
                raise typer.Exit(1) from error
            orders.tell(_failed(error))
            raise


def measure_run(
    recipe: Recipe, work: Path, _out: Path, data: Path | None, device: str | None
) -> None:
    """Print what the run would cost."""
    from motionstudio.cli.computing import ready_device
    from motionstudio.training.measure import measure

    show(json.dumps(asdict(measure(recipe, work, data, ready_device(device)))))


def _train(
    recipe: Recipe, work: Path, out: Path, data: Path | None, device: str | None, orders: Orders
) -> None:
    # Imports torch, which may take long: whoever watches sees by the lock that the run lives.
    from motionstudio.cli.computing import ready_device
    from motionstudio.training.loop import Hold, Pace, train

    train(
        recipe,
        work,
        out,
        data=data,
        device=ready_device(device),
        tell=orders.tell,
        stop=orders.stop,
        hold=Hold(orders.paused, orders.rest),
        pace=Pace(save_every=60.0, tell_every=_TELL_EVERY),
    )


def _failed(error: Exception) -> Failed:
    if isinstance(error, MotionStudioError):
        return Failed(error.message, error.hint or "")
    if isinstance(error, MemoryError):
        return Failed("The memory of this machine does not suffice.", "Choose a smaller preset.")
    if isinstance(error, OSError):
        return Failed(f"The run's folder cannot be written: {error}.", "Make room on the disk.")
    return Failed(f"This is a fault of the program: {type(error).__name__}: {error}.")
