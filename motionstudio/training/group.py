"""Several processes that train one network: who they are, and what they share.

Started by ``torchrun``, which tells each process its number through the environment, counts the
living, and starts all of them again when one ends; they go on from the saved state.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.distributed_c10d import PrefixStore
from torch.distributed.rendezvous import rendezvous
from torch.nn.parallel import DistributedDataParallel

from motionstudio.core.errors import MotionStudioError
from motionstudio.training.task import SharedTask, Task

_NUMBERS = ("WORLD_SIZE", "RANK", "LOCAL_RANK", "MASTER_PORT")


@dataclass(frozen=True, slots=True)
class Group:
    """The processes of a run.

    Attributes:
        rank: number of this process. ``size``: how many there are.
    """

    rank: int = 0
    size: int = 1

    @classmethod
    def join(cls, environ: Mapping[str, str] | None = None) -> Group:
        """The group that ``torchrun`` made, or this process alone.

        Raises:
            MotionStudioError: the environment speaks of several processes, but not as ``torchrun``
                does.
        """
        words = os.environ if environ is None else environ
        if words.get("WORLD_SIZE", "1") == "1":
            return cls()
        try:
            numbers = [int(words[name]) for name in _NUMBERS]
        except (KeyError, ValueError) as error:
            raise MotionStudioError(
                "WORLD_SIZE is set, but not as torchrun sets it for several processes.",
                "Start them with torchrun, or unset WORLD_SIZE.",
            ) from error
        size, _, local, _ = numbers
        if torch.cuda.is_available():
            torch.cuda.set_device(local % torch.cuda.device_count())
        if not dist.is_initialized():
            _begin(words)
        return cls(dist.get_rank(), size)

    @property
    def first(self) -> bool:
        """Whether this process tells and saves for all."""
        return self.rank == 0

    def leave(self) -> None:
        """End the group in good order."""
        if self.size > 1 and dist.is_initialized():
            self.wait()
            dist.destroy_process_group()

    def wait(self) -> None:
        """Until all processes have come here."""
        if self.size > 1:
            # A barrier would ask for a GPU where there is one.
            dist.all_reduce(torch.zeros(1))

    def agreed(self, answer: bool) -> bool:
        """What the first process answers, known to all."""
        if self.size < 2:
            return answer
        shared = torch.tensor([int(answer)])
        dist.broadcast(shared, 0)
        return bool(shared.item())

    def any(self, answer: bool) -> bool:
        """Whether any process says yes, known to all."""
        if self.size < 2:
            return answer
        shared = torch.tensor([int(answer)])
        dist.all_reduce(shared)
        return bool(shared.item())

    def mean(self, values: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The means of these numbers over all processes."""
        if self.size < 2 or not values:
            return dict(values)
        stacked = torch.stack([value.detach().float().reshape(()) for value in values.values()])
        dist.all_reduce(stacked)
        return dict(zip(values, stacked / self.size, strict=True))


def _begin(environ: Mapping[str, str]) -> None:
    store, rank, size = next(rendezvous("env://"))
    # Addresses of processes that were killed are still in the store.
    attempt = environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    store = PrefixStore(f"attempt {attempt}", store)
    # Flags are agreed upon on the CPU, also where gradients are on GPUs.
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    dist.init_process_group(backend, store=store, rank=rank, world_size=size)


class GroupLoss:
    """The loss of a task, whose gradients are averaged over the group.

    Args:
        task: what is trained.
        network: its network.
        group: the processes; a batch is divided among them.

    Raises:
        MotionStudioError: the task cannot divide its batches.
    """

    def __init__(self, task: Task, network: nn.Module, group: Group) -> None:
        self._group = group
        self._own = _Objective(task, network)
        self._call: nn.Module = self._own
        if group.size < 2:
            return
        if not isinstance(task, SharedTask):
            raise MotionStudioError(
                "Models of this system are trained by one process.", "Start it without torchrun."
            )
        task.share(group.rank, group.size)
        # Stages leave parts of a network out, such as GenLMM's bridge.
        self._call = DistributedDataParallel(
            self._own, forward_sync_buffers=False, find_unused_parameters=True
        )

    def __call__(self, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss of ``step`` for ``backward``, and its terms over the whole batch."""
        loss: Tensor = self._call(step)
        return loss, self._group.mean(self._own.parts)


class _Objective(nn.Module):
    """Gradients are averaged where a module is called, so the loss must be one."""

    def __init__(self, task: Task, network: nn.Module) -> None:
        super().__init__()
        self.network, self._task = network, task
        self.parts: dict[str, Tensor] = {}

    def forward(self, step: int) -> Tensor:
        loss, self.parts = self._task.loss(self.network, step)
        return loss
