"""The only code that calls models: serves every kind of request, in whatever thread it is in."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch

from motionstudio.core.errors import Cancelled, MotionStudioError
from motionstudio.core.metrics import rmse_each
from motionstudio.core.picture import as_shown
from motionstudio.core.picture_rows import pictures_of_frames
from motionstudio.engine import fit_requests, overlay_requests, requests, responses
from motionstudio.engine.call import Call
from motionstudio.engine.device import LOST, NO_MEMORY, Device, Load, is_out_of_memory
from motionstudio.engine.frames import FrameMaker
from motionstudio.engine.gallery import Gallery
from motionstudio.engine.handles import HandleMaker
from motionstudio.engine.keypoint_requests import KeypointsRequest
from motionstudio.engine.keypoints import KeypointMaker
from motionstudio.engine.live import LiveMaker
from motionstudio.engine.maps import MapMaker
from motionstudio.engine.model_compare import ModelComparer
from motionstudio.engine.model_requests import ModelsRequest
from motionstudio.engine.motions import MotionMaker
from motionstudio.engine.painter import Painter
from motionstudio.engine.predict_requests import PredictRequest
from motionstudio.engine.predicting import FutureMaker
from motionstudio.engine.preparation import Preparation
from motionstudio.engine.requests import DecodeRequest, Request
from motionstudio.engine.responses import Response, Ticket
from motionstudio.engine.score_requests import ScoreRequest
from motionstudio.engine.scoring import ScoreMaker
from motionstudio.engine.search_requests import LawsRequest, SearchRequest
from motionstudio.engine.searching import SearchMaker
from motionstudio.engine.spread_requests import SpreadRequest
from motionstudio.engine.spreading import SpreadMaker
from motionstudio.engine.thumbnails import ThumbnailMaker
from motionstudio.engine.uncertainty import UncertaintyMaker
from motionstudio.engine.variations import VariationMaker
from motionstudio.models.base import MotionModel, Unsupported
from motionstudio.models.device import DeviceChoice, choose_device

Serve = Callable[[Any, Call], Response]


@dataclass(frozen=True, slots=True)
class Budget:
    """Bytes that each cache of a runner may hold.

    Attributes:
        prepared: pictures as the models see them.
        motions: encoded motions.
        fields: decoded displacements at the models' size.
        sources: 8-bit sources, ready to be bent.
        thumbnails: small pictures.
    """

    prepared: int = 512 * 2**20
    motions: int = 64 * 2**20
    fields: int = 256 * 2**20
    sources: int = 256 * 2**20
    thumbnails: int = 32 * 2**20


def load_checkpoint(name: str, device: str) -> MotionModel:
    """The shipped or given checkpoint ``name`` on ``device``."""
    from motionstudio.models.registry import load_model

    return load_model(name, device=device)


class Runner:
    """Serves requests one after the other; keeps what it made in bounded caches.

    Args:
        load: (name, device) to a model.
        device: where to compute, or None for the best there is.
        gallery: where final pictures go; shared with whoever looks them up.
        budget: of the other caches.
        chunk: rows in one model call, or None for what suits the device.
        threads: how many torch and OpenCV may use in this process; None: leave them be.
        clock: seconds, for the running estimate of what a picture costs.
    """

    def __init__(
        self,
        *,
        load: Load = load_checkpoint,
        device: DeviceChoice | None = None,
        gallery: Gallery | None = None,
        budget: Budget | None = None,
        chunk: int | None = None,
        threads: int | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        budget = budget or Budget()
        self.gallery = gallery if gallery is not None else Gallery()
        self._prepared = Preparation(budget.prepared)
        self._painter = Painter(budget.sources)
        self._device = Device(device or choose_device(), load, self.free, chunk)
        self._motions = MotionMaker(self._device, self._prepared, limit=budget.motions)
        self._thumbnails = ThumbnailMaker(self._device, self._prepared, limit=budget.thumbnails)
        self._variations = VariationMaker(self._motions, self._thumbnails)
        self._models = ModelComparer(self._motions, self._thumbnails, self._prepared)
        self._search = SearchMaker(self._device, self._prepared)
        self._servers = self._make_servers()
        self._live = LiveMaker(self._device, self._prepared, self._painter)
        self.frames = FrameMaker(
            self._device,
            self._prepared,
            self._painter,
            self.gallery,
            limit=budget.fields,
            clock=clock,
        )
        if threads is not None:
            torch.set_num_threads(threads)
            cv2.setNumThreads(threads)

    def _make_servers(self) -> Mapping[type[Request], Serve]:
        """Who answers questions that have one answer, by the type of the question."""
        around = (self._device, self._prepared)
        handles, keypoints, maps = HandleMaker(*around), KeypointMaker(*around), MapMaker(*around)
        return {
            fit_requests.SolveRequest: handles.solve,
            fit_requests.UncertaintyRequest: UncertaintyMaker(*around, self._painter).measure,
            KeypointsRequest: keypoints.find,
            overlay_requests.MapsRequest: maps.maps,
            ScoreRequest: ScoreMaker(*around).score,
            PredictRequest: FutureMaker(*around).predict,
            SpreadRequest: SpreadMaker(*around).spread,
            SearchRequest: self._search.search,
            LawsRequest: self._search.laws,
        }

    @property
    def device(self) -> tuple[str, str]:
        """Name of the device and why it was chosen."""
        return self._device.choice

    def free(self) -> None:
        """Forget everything that can be made again."""
        self._prepared.clear()
        self._painter.clear()
        self._motions.clear()
        self._thumbnails.clear()
        self._search.clear()
        self.frames.clear()
        self.gallery.clear()

    def handle(
        self, request: Request, emit: Callable[[Response], None], cancelled: Callable[[], bool]
    ) -> None:
        """Answer ``request``; whatever goes wrong is an answer too. See ``run``."""
        ticket = Ticket.of(request)
        try:
            self.run(request, emit, cancelled)
        except Cancelled:
            emit(responses.Cancelled(ticket=ticket))
        except MotionStudioError as error:
            emit(
                responses.Failed(
                    ticket=ticket, message=error.message, hint=error.hint, actions=error.actions
                )
            )
        except Unsupported as error:
            emit(responses.Failed(ticket=ticket, message=_cannot(error)))
        except Exception as error:  # noqa: BLE001 - the window lives on and shows what happened
            if is_out_of_memory(error):
                self.free()
                emit(_no_memory(ticket))
            else:
                emit(_unexpected(ticket, request, error))

    def run(
        self, request: Request, emit: Callable[[Response], None], cancelled: Callable[[], bool]
    ) -> None:
        """Answer ``request``.

        Args:
            request: any request.
            emit: called with each response; the last is ``Encoded``, ``Refined``, ``Sampled``,
                ``ModelReady`` or ``Done``.
            cancelled: asked between chunks.

        Raises:
            Cancelled: ``cancelled()`` said so.
            MotionStudioError: what a user can mend.
            Unsupported: the model cannot do this.
        """
        call = Call(Ticket.of(request), emit, cancelled)
        call.check()
        try:
            emit(self._answer(request, call))
            return
        except RuntimeError as error:
            if not self._device.is_lost(error):
                raise
        self._device.leave()
        call.tell(LOST)
        emit(self._answer(request, call))

    def _answer(self, request: Request, call: Call) -> Response:
        """Serve ``request`` and return its last response."""
        ticket = call.ticket
        match request:
            case requests.DecodeRequest():
                for ready in self.frames.frames(request, call):
                    call.emit(ready)
                return responses.Done(ticket=ticket)
            case requests.ThumbnailRequest():
                for index, picture in self._thumbnails.pictures(request, call):
                    call.emit(responses.Thumbnail(ticket=ticket, index=index, picture=picture))
                return responses.Done(ticket=ticket)
            case requests.EncodeRequest():
                motion = self._motions.encode(request, call)
                return responses.Encoded(ticket=ticket, motion=motion, kept=request.kept)
            case requests.LoadRequest():
                card = self._device.model(request.model, call.tell).card
                return responses.ModelReady(ticket=ticket, card=card)
            case requests.CompareRequest():
                return self._compare(request, call)
            case _:
                return self._answer_fit(request, call)

    def _answer_fit(self, request: Request, call: Call) -> Response:
        """Serve what fits or draws motions."""
        ticket = call.ticket
        match request:
            case requests.RefineRequest():
                motion, before, after = self._motions.refine(request, call)
                return responses.Refined(
                    ticket=ticket, motion=motion, error_before=before, error_after=after
                )
            case requests.SampleRequest():
                return responses.Sampled(ticket=ticket, motion=self._motions.sample(request, call))
            case fit_requests.VariationsRequest():
                for variation in self._variations.variations(request, call):
                    call.emit(variation)
                return responses.Done(ticket=ticket)
            case _:
                return self._answer_exploring(request, call)

    def _answer_exploring(self, request: Request, call: Call) -> Response:
        """Serve what looks into pictures and models, and the live window."""
        if isinstance(request, ModelsRequest):
            for shown in self._models.compare(request, call):
                call.emit(shown)
            return responses.Done(ticket=call.ticket)
        if (serve := self._servers.get(type(request))) is not None:
            return serve(request, call)
        if (live := self._live.answer(request, call)) is not None:
            return live
        raise TypeError(f"Runner.run: no answer to {type(request).__name__}")

    def _compare(self, request: requests.CompareRequest, call: Call) -> Response:
        rows = pictures_of_frames(request.motion)
        decode = DecodeRequest(
            lane=request.lane,
            subject=request.subject,
            revision=request.revision,
            model=request.model,
            motion=request.motion,
            source=request.source,
            transform=request.transform,
            frames=tuple(int(rows[frame]) for frame in request.frames),
            fields=False,
            rendering=request.rendering,
        )
        made = self.frames.frames(decode, call)
        for frame, ready in zip(request.frames, made, strict=True):
            truth = as_shown(np.asarray(request.clip.frames[frame]), request.transform.range)
            if truth.shape != ready.picture.shape:
                raise ValueError(
                    f"CompareRequest: expected frames of shape {ready.picture.shape}, "
                    f"got {truth.shape}"
                )
            error = float(rmse_each(ready.picture, truth)) / 255
            call.emit(responses.FrameError(ticket=call.ticket, frame=frame, rmse=error))
        return responses.Done(ticket=call.ticket)


def _cannot(error: Unsupported) -> str:
    verbs = {
        "REFINE": "be fitted to a clip",
        "SAMPLE": "draw new motions",
        "ENCODE": "encode clips",
        "DECODE": "make pictures",
        "HANDLES": "be moved by points of its picture",
        "PREDICT": "continue a sequence",
        "FRAMEWISE": "be driven live: it needs whole sequences",
    }
    verb = verbs.get(str(error.capability.name), str(error.capability.name).lower())
    return f"{error.model} cannot {verb}."


def _no_memory(ticket: Ticket) -> responses.Failed:
    return responses.Failed(ticket=ticket, message=NO_MEMORY[0], hint=NO_MEMORY[1])


def _unexpected(ticket: Ticket, request: Request, error: Exception) -> responses.Failed:
    what = type(request).__name__.removesuffix("Request").lower()
    return responses.Failed(
        ticket=ticket,
        message=f"This {what} request failed unexpectedly: {type(error).__name__}.",
        hint="Please report it with the details.",
        details="".join(traceback.format_exception(error)),
    )
