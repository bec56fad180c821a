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
        """The group that ``torchrun`` made, or this process alone."""
        words = os.environ if environ is None else environ
        size = int(words.get("WORLD_SIZE", "1"))
        if size < 2:
            return cls()
        if not dist.is_initialized():
            _begin("nccl" if torch.cuda.is_available() else "gloo", words)
        return cls(dist.get_rank(), size)

    @property
    def first(self) -> bool:
        """Whether this process tells and saves for all."""
        return self.rank == 0

    def leave(self) -> None:
        """End the group in good order."""
        if self.size > 1 and dist.is_initialized():
            dist.barrier()
            dist.destroy_process_group()

    def wait(self) -> None:
        """Until all processes have come here."""
        if self.size > 1:
            dist.barrier()

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


def _begin(backend: str, environ: Mapping[str, str]) -> None:
    store, rank, size = next(rendezvous("env://"))
    # Addresses of processes that were killed are still in the store.
    attempt = environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    store = PrefixStore(f"attempt {attempt}", store)
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
        self._call = DistributedDataParallel(self._own, forward_sync_buffers=False)

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
