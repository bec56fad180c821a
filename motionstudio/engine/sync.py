"""The engine without a thread: the same runner, in the caller, errors raised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from numpy.typing import NDArray

from motionstudio.core.motion import Motion, Rendered
from motionstudio.core.picture import Transform
from motionstudio.core.rendering import SOFT, Rendering
from motionstudio.engine.call import Call
from motionstudio.engine.gather import gather
from motionstudio.engine.keys import content_key
from motionstudio.engine.requests import DecodeRequest, Lane, Picture, Request
from motionstudio.engine.responses import FrameReady, Notice, Response, Ticket
from motionstudio.engine.runner import Runner
from motionstudio.models.device import thread_count

A = TypeVar("A", bound=Response)


def ignore(_response: Response) -> None:
    """Receive a response and do nothing with it."""


def never() -> bool:
    """The answer of a caller who does not cancel."""
    return False


class SyncEngine:
    """Serves requests at once, in the caller's thread.

    Args:
        runner: or None for one with the shipped checkpoints on the best device.
        notice: called with each plain sentence that is said while frames are made.
    """

    def __init__(
        self, runner: Runner | None = None, notice: Callable[[str], None] | None = None
    ) -> None:
        self.runner = runner or Runner(threads=thread_count())
        self._notice = notice

    def _hear(self, response: Response) -> None:
        if self._notice is not None and isinstance(response, Notice):
            self._notice(response.text)

    def run(
        self,
        request: Request,
        receive: Callable[[Response], None] = ignore,
        cancelled: Callable[[], bool] = never,
    ) -> Response:
        """Serve ``request``; return its last response.

        Args:
            request: any request.
            receive: called with each response, the last one included.
            cancelled: asked between chunks.

        Raises:
            Cancelled: ``cancelled()`` said so.
            MotionStudioError: what a user can mend.
        """
        last: list[Response] = []

        def emit(response: Response) -> None:
            last[:] = [response]
            receive(response)

        self.runner.run(request, emit, cancelled)
        return last[0]

    def ask(self, request: Request, kind: type[A]) -> A:
        """The last response to ``request``, which is of ``kind``.

        Raises:
            TypeError: it is of another kind.
            MotionStudioError: what a user can mend.
        """
        response = self.run(request)
        if not isinstance(response, kind):
            raise TypeError(f"SyncEngine.ask: expected {kind.__name__}, got {type(response)}")
        return response

    def frames_of(
        self, request: DecodeRequest, cancelled: Callable[[], bool] = never
    ) -> Iterator[FrameReady]:
        """The frames that ``request`` asks for, one at a time.

        Args:
            request: what to decode.
            cancelled: asked between frames.

        Raises:
            Cancelled: ``cancelled()`` said so.
            MotionStudioError: the motion does not belong to the model.
        """
        return self.runner.frames.frames(request, Call(Ticket.of(request), self._hear, cancelled))

    def stream(  # noqa: PLR0913 - one parameter for each choice
        self,
        motion: Motion,
        source: Picture,
        transform: Transform,
        *,
        model: str,
        size: tuple[int, int] | None = None,
        fields: bool = True,
        inverse: bool = False,
        frames: tuple[int, ...] | None = None,
        cancelled: Callable[[], bool] = never,
        rendering: Rendering = SOFT,
    ) -> Iterator[FrameReady]:
        """All frames of ``motion``, one at a time: memory does not grow with their number.

        Args:
            motion: what to decode.
            source: the picture that is animated; ``transform`` belongs to it.
            transform: from the source to the model's picture.
            model: name of the checkpoint.
            size: (H, W) of the pictures, or None for the source's own.
            fields: whether displacements come along.
            inverse: whether inverses come along.
            frames: rows of ``motion``, in this order; None: all.
            cancelled: asked between frames.
            rendering: how pictures are made where the model draws them itself.

        Raises:
            Cancelled: ``cancelled()`` said so.
            MotionStudioError: the motion does not belong to the model.
        """
        request = DecodeRequest(
            lane=Lane.EXPORT,
            subject="",
            revision=0,
            model=model,
            motion=motion,
            source=source,
            transform=transform,
            frames=tuple(range(len(motion.mean))) if frames is None else frames,
            fields=fields,
            inverse=inverse,
            rendering=rendering,
        )
        call = Call(Ticket.of(request), self._hear, cancelled)
        return self.runner.frames.frames(request, call, size=size)

    def render(
        self,
        motion: Motion,
        source: NDArray[Any],
        transform: Transform,
        *,
        model: str,
        size: tuple[int, int] | None = None,
        fields: bool = True,
        inverse: bool = False,
    ) -> Rendered:
        """All frames of ``motion`` as arrays; above 512 MB they live in temporary files.

        Args:
            motion: what to decode.
            source: (H, W, C) picture that is animated, in its own dtype.
            transform: from the source to the model's picture.
            model: name of the checkpoint.
            size: (H, W) of the pictures, or None for the source's own.
            fields: whether displacements come along.
            inverse: whether inverses come along.

        Raises:
            MotionStudioError: the motion does not belong to the model, or the disk is full.
        """
        picture = Picture(content_key(source), source)
        frames = self.stream(
            motion, picture, transform, model=model, size=size, fields=fields, inverse=inverse
        )
        return gather(frames, motion.times)
