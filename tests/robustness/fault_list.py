"""All faults by name: of disks, places, processes, devices, memory and clocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.robustness import faults
from tests.robustness.clock_faults import CLOCKS
from tests.robustness.place_faults import PLACES
from tests.robustness.worker_faults import WORKERS

FAULTS: Mapping[str, Callable[[Path], str]] = {**faults.FAULTS, **PLACES, **WORKERS, **CLOCKS}
"""Each answers with the sentence that is read, or, in brackets, with what is seen."""
