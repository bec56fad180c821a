"""The engine elsewhere: the same answers, nothing sent twice, local when it goes, and back."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from motionstudio.engine import remote_models, remote_source, responses
from motionstudio.engine.gallery import Gallery
from motionstudio.engine.remote_actor import full_address, installed
from motionstudio.engine.remote_client import RemoteEngine
from motionstudio.engine.remote_link import LinkLost, Reach
from motionstudio.engine.remote_packing import MissingContent, Packer, TooLarge, unpack
from motionstudio.engine.remote_process import ProcessLink, command
from motionstudio.engine.remote_server import RemoteServer
from motionstudio.engine.requests import (
    Lane,
    LoadRequest,
    Request,
)
from motionstudio.engine.responses import Response
from motionstudio.engine.runner import Runner
from motionstudio.models.checkpoint import write_checkpoint
from motionstudio.models.device import DeviceChoice
from tests.engine.fakes import FakeModel, Gate, clip_of, decode_request, motion_of
from tests.engine.remote_fakes import CLIP, COUNT, FRAMES, Desk, Lazy, Wire, ask, decode, encode
from tests.models import tiny

CPU = DeviceChoice("cpu", "tests run on the CPU")


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder of checkpoints with "fresh" and, for the names of fakes, "fake"."""
    shelf = tmp_path / "checkpoints"
    write_checkpoint(shelf / "fresh", tiny.card(), tiny.weights())
    write_checkpoint(shelf / "fake", FakeModel().card, {"nothing": np.zeros(1, np.float32)})
    monkeypatch.setenv("MOTIONSTUDIO_CHECKPOINTS", str(shelf))
    return shelf


@pytest.fixture
def servers(tmp_path: Path, fresh: Path) -> Iterator[Callable[..., Wire]]:
    made: list[RemoteServer] = []

    def make(**others: Any) -> Wire:
        made.append(RemoteServer(tmp_path / "remote", CPU, **others))
        return Wire(made[-1])

    yield make
    for server in made:
        server.close()


def test_answers_are_those_of_this_machine_bit_for_bit(servers: Callable[..., Wire]) -> None:
    wire, local = servers(), Runner(device=CPU)
    gallery = Gallery()
    remote = RemoteEngine(wire, gallery)
    assert remote.device == ("cpu", "tests run on the CPU")
    here, there = ask(local, encode(drop=2))[-1], ask(remote, encode(drop=2))[-1]
    assert isinstance(here, responses.Encoded)
    assert isinstance(there, responses.Encoded)
    assert np.array_equal(here.motion.mean, there.motion.mean)
    assert here.motion.std is not None
    assert there.motion.std is not None
    assert np.array_equal(here.motion.std, there.motion.std)
    request = decode(here.motion)
    near, far = ask(local, request), ask(remote, request)
    assert [type(one) for one in near] == [type(one) for one in far]
    for one, other in zip(near[:-1], far[:-1], strict=True):
        assert isinstance(one, responses.FrameReady)
        assert isinstance(other, responses.FrameReady)
        assert one.frame == other.frame
        for name in ("picture", "displacement", "inverse"):
            assert np.array_equal(getattr(one, name), getattr(other, name)), name
    found = gallery.lookup(request, 3)
    assert found is not None, "pictures from elsewhere are looked up as those from here"
    calls = len(wire.calls)
    again = ask(remote, request)
    assert len(wire.calls) == calls, "what is at hand here is not asked for"
    assert [type(one).__name__ for one in again] == ["FrameReady", "FrameReady", "Done"]


def test_cards_name_the_folder_here(servers: Callable[..., Wire], fresh: Path) -> None:
    ready = ask(RemoteEngine(servers(), Gallery()), LoadRequest(model="fresh"))[-1]
    assert isinstance(ready, responses.ModelReady)
    assert ready.card.path == fresh / "fresh"


def test_media_travel_once_and_lazily(servers: Callable[..., Wire]) -> None:
    wire = servers()
    remote = RemoteEngine(wire, Gallery())
    lazy = Lazy(FRAMES)
    clip = replace(CLIP, frames=lazy)
    motion = ask(remote, encode(clip))[-1].motion  # type: ignore[attr-defined]
    assert wire.sent == [FRAMES[0].nbytes] * COUNT
    reads = lazy.reads
    ask(remote, encode(clip, drop=3))
    ask(remote, decode(motion))  # Its source is a frame of the clip.
    assert wire.sent == [FRAMES[0].nbytes] * COUNT
    assert lazy.reads == reads
    wire.server._content.clear()
    ask(remote, encode(clip, drop=1))
    assert wire.sent == [FRAMES[0].nbytes] * 2 * COUNT, "what was forgotten comes again"


def test_weights_travel_only_where_they_are_missing(
    servers: Callable[..., Wire], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = servers()
    ask(RemoteEngine(known, Gallery()), LoadRequest(model="fresh"))
    assert known.models == 0
    monkeypatch.setattr(remote_models, "list_models", list)
    bare = servers()
    remote = RemoteEngine(bare, Gallery())
    ready = ask(remote, LoadRequest(model="fresh"))[-1]
    assert isinstance(ready, responses.ModelReady)
    ask(remote, encode())
    assert bare.models == 1
    later = servers()  # It finds in its folder what was sent before.
    ask(RemoteEngine(later, Gallery()), encode())
    assert later.models == 0


def test_a_model_that_is_not_here_fails_as_it_does_here(servers: Callable[..., Wire]) -> None:
    failed = ask(RemoteEngine(servers(), Gallery()), LoadRequest(model="nobody"))[-1]
    assert isinstance(failed, responses.Failed)
    assert "no checkpoint nobody" in failed.message


def test_a_request_under_way_is_cancelled(servers: Callable[..., Wire]) -> None:
    model, gate = FakeModel(), Gate()
    model.gate = gate
    wire = servers(load=lambda _name, _device: model)
    remote = RemoteEngine(wire, Gallery())
    wire.before = lambda method: (
        gate.let(9) if method == "answers" and wire.calls[-1] == "cancel" else None
    )
    out: list[Response] = []
    remote.handle(decode_request(motion_of(6), clip_of(6), range(1, 6)), out.append, lambda: True)
    assert isinstance(out[-1], responses.Cancelled)
    assert len(model.decoded) < 5


def test_what_is_more_urgent_is_served_inside(servers: Callable[..., Wire]) -> None:
    model, gate = FakeModel(), Gate()
    model.gate = gate
    remote = RemoteEngine(servers(load=lambda _name, _device: model), Gallery())
    slow = replace(decode_request(motion_of(6), clip_of(6), range(1, 6)), lane=Lane.EXPORT)
    quick = decode_request(motion_of(6), clip_of(6), [2])
    order: list[int] = []
    asked: list[Request] = [quick]

    def cancelled() -> bool:
        if asked:
            request = asked.pop()
            gate.let(99)
            remote.handle(request, lambda one: order.append(one.id), lambda: False)
        return False

    remote.handle(slow, lambda one: order.append(one.id), cancelled)
    assert order[-1] == slow.id
    assert quick.id in order
    assert order.index(quick.id) < len(order) - 2


@pytest.fixture
def desk(servers: Callable[..., Wire]) -> Iterator[Desk]:
    made = Desk(servers, Runner(device=CPU))
    yield made
    made.keeper.close()


def test_it_falls_back_and_comes_back(desk: Desk) -> None:
    expected = ask(desk.handler, encode())[-1].motion.mean  # type: ignore[attr-defined]
    assert not desk.wires, "nothing is dialled before an address is chosen"
    desk.keeper.choose("box:10001")
    state = desk.wait(Reach.CONNECTED)
    assert state.host == "box"
    assert state.latency is not None
    assert np.array_equal(ask(desk.handler, encode())[-1].motion.mean, expected)  # type: ignore[attr-defined]
    assert "ask" in desk.wires[0].calls
    desk.problem = desk.wires[0].cut = "the cable is out"
    assert np.array_equal(ask(desk.handler, encode())[-1].motion.mean, expected)  # type: ignore[attr-defined]
    assert desk.wait(Reach.LOST).problem == "the cable is out"
    assert desk.wires[0].closed
    desk.problem = ""
    desk.wait(Reach.CONNECTED)
    assert np.array_equal(ask(desk.handler, encode())[-1].motion.mean, expected)  # type: ignore[attr-defined]
    assert "ask" in desk.wires[1].calls
    desk.keeper.choose("")
    desk.wait(Reach.OFF)
    assert desk.wires[1].closed


def test_it_is_noticed_without_a_request(desk: Desk) -> None:
    desk.keeper.choose("box")
    desk.wait(Reach.CONNECTED)
    desk.problem = desk.wires[0].cut = "no power"
    assert desk.wait(Reach.LOST).problem == "no power"


def test_nobody_waits_for_an_engine_that_is_not_wanted_any_more(desk: Desk) -> None:
    hung, ended = threading.Event(), threading.Event()

    class Hanging(Wire):
        def call(self, method: str, *values: Any) -> Any:
            hung.set()
            assert ended.wait(20)
            raise LinkLost("it was closed")

        def close(self) -> None:
            ended.set()

    patient = desk._make
    desk._make = lambda: Hanging(patient().server)
    desk.keeper.choose("slow")
    assert hung.wait(20)
    desk._make = patient
    desk.keeper.choose("box")
    assert desk.wait(Reach.CONNECTED).address == "box"
    assert ended.is_set()
    assert all(state.reach is not Reach.LOST for state in desk.states)


def test_another_version_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from motionstudio.engine import remote_client

    monkeypatch.setattr(remote_client, "source_key", lambda: "other")
    desk.keeper.choose("box")
    assert "another version" in desk.wait(Reach.LOST).problem


def test_media_that_are_too_large_stay_here(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from motionstudio.engine import remote_client

    monkeypatch.setattr(remote_client, "MEDIA", FRAMES.nbytes - 1)
    desk.keeper.choose("box")
    desk.wait(Reach.CONNECTED)
    out = ask(desk.handler, encode())
    assert isinstance(out[0], responses.Notice)
    assert isinstance(out[-1], responses.Encoded)
    assert "ask" not in desk.wires[0].calls


def test_packing_names_large_arrays_by_content() -> None:
    packer = Packer(10**8)
    value = {"clip": clip_of(3), "frames": FRAMES, "small": np.arange(4), "first": FRAMES[0]}
    parcel = packer.pack(value)
    assert len(parcel.blob) < 20_000
    assert len(parcel.contents) == COUNT
    with pytest.raises(MissingContent) as missing:
        unpack(parcel.blob, lambda _key: None)
    assert set(missing.value.keys) == set(parcel.contents)
    held = {key: read() for key, read in parcel.contents.items()}
    again = unpack(parcel.blob, held.get)
    assert np.array_equal(again["frames"], FRAMES)
    assert again["frames"].dtype == FRAMES.dtype
    assert np.array_equal(again["first"], FRAMES[0])
    assert np.array_equal(again["small"], value["small"])
    with pytest.raises(TooLarge):
        Packer(FRAMES.nbytes - 1).pack(FRAMES)


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("gpu-box", "ray://gpu-box:10001"),
        (" gpu-box:20001 ", "ray://gpu-box:20001"),
        ("ray://a:1", "ray://a:1"),
        ("auto", "auto"),
        ("local", "local"),
    ],
)
def test_addresses(typed: str, full: str) -> None:
    assert full_address(typed) == full


ECHO = """
import pickle, sys
while True:
    method, values, _ = pickle.load(sys.stdin.buffer)
    if method == "die":
        sys.exit(3)
    if method == "lose":
        pickle.dump((False, "the actor ended"), sys.stdout.buffer); sys.exit(1)
    pickle.dump((True, values[::-1]), sys.stdout.buffer); sys.stdout.flush()
"""


@pytest.mark.parametrize(("end", "said"), [("die", "connection ended"), ("lose", "actor ended")])
def test_a_link_through_a_process_ends_with_it(end: str, said: str) -> None:
    link = ProcessLink([sys.executable, "-c", ECHO])
    assert link.call("turn", 1, np.arange(3).tolist()) == ([0, 1, 2], 1)
    with pytest.raises(LinkLost, match=said):
        link.call(end)
    with pytest.raises(LinkLost, match=said):
        link.call("turn", 1)
    link.close()


def test_the_program_names_its_own_text() -> None:
    assert remote_source.source_key() == remote_source.source_key.__wrapped__()


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.skipif(not installed(), reason="ray (extra cluster) is missing")
def test_a_ray_actor_in_another_process_answers_alike(
    fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_worker_niceness", "0")  # Beside other tests it would starve.
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    monkeypatch.setenv("RAY_AUTH_TOKEN", "0123456789abcdef" * 4)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("MOTIONSTUDIO_DEVICE", "cpu")
    link = ProcessLink(command("local"), short=60)
    try:
        remote = RemoteEngine(link, Gallery())
        here, there = ask(Runner(device=CPU, threads=1), encode())[-1], ask(remote, encode())[-1]
        assert isinstance(here, responses.Encoded)
        assert isinstance(there, responses.Encoded)
        assert np.array_equal(here.motion.mean, there.motion.mean)
        far = ask(remote, decode(here.motion))
        near = ask(Runner(device=CPU, threads=1), decode(here.motion))
        for one, other in zip(near[:-1], far[:-1], strict=True):
            assert np.array_equal(one.picture, other.picture)  # type: ignore[attr-defined]
        link._process.kill()
        with pytest.raises(LinkLost):
            ask(remote, encode(drop=1))
    finally:
        link.close()
