"""Video Pixel Networks: what a pixel may see, the chain rule, and drawing with kept layers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from motionstudio.models.configuration import from_plain, to_plain
from motionstudio.models.vpn import PAPER, VPN, VPNConfig
from motionstudio.models.vpn_sampling import Cached, Naive, TellerOf, chosen, draw
from tests.models.tiny_vpn import BASELINE, COLOUR, CONFIG, network

DEEP = VPNConfig(size=16, levels=4, width=16, dilations=(1,), decoder=4)
every_decoder = pytest.mark.parametrize("config", [CONFIG, COLOUR], ids=["grey", "colour"])


def _places(config: VPNConfig) -> list[tuple[int, int, int]]:
    side = range(config.size)
    return [(c, i, j) for i in side for j in side for c in range(config.channels)]


def _pictures(config: VPNConfig, count: int, seed: int = 1) -> Tensor:
    shape = (count, config.channels, config.size, config.size)
    levels = torch.from_numpy(np.random.default_rng(seed).integers(0, config.levels, shape))
    return levels.double() / (config.levels - 1)


def _outputs(config: VPNConfig, count: int = 1) -> Tensor:
    generator = torch.Generator().manual_seed(2)
    shape = (count, config.width, config.size, config.size)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


@every_decoder
@torch.no_grad()
def test_no_value_is_told_from_itself_or_a_later_one(config: VPNConfig) -> None:
    made, picture, outputs = network(config).double(), _pictures(config, 1), _outputs(config)
    before = made.logits(outputs, picture)[0]
    places, seen = _places(config), 0
    for number, (c, i, j) in enumerate(places):
        other = picture.clone()
        other[0, c, i, j] = 1 - other[0, c, i, j] + 0.1
        change = (made.logits(outputs, other)[0] - before).abs().amax(1)
        assert all(float(change[place]) == 0 for place in places[: number + 1])
        seen += sum(float(change[place]) > 0 for place in places[number + 1 :])
    # What is left is the blind spot above and to the right.
    assert seen > 0.8 * len(places) * (len(places) - 1) / 2


@torch.no_grad()
def test_the_next_value_is_told_from_the_one_before_it() -> None:
    made, picture, outputs = network(COLOUR).double(), _pictures(COLOUR, 1), _outputs(COLOUR)
    before = made.logits(outputs, picture)[0]
    for earlier, later in ((0, 1), (1, 2), (0, 2)):
        other = picture.clone()
        other[0, earlier, 3, 3] += 0.3
        assert not torch.equal(
            made.logits(outputs, other)[0][later, :, 3, 3], before[later, :, 3, 3]
        )


@torch.no_grad()
def test_pixels_of_the_baseline_know_nothing_of_their_frame() -> None:
    made, outputs = network(BASELINE).double(), _outputs(BASELINE)
    told = [made.logits(outputs, _pictures(BASELINE, 1, seed)) for seed in (1, 2)]
    assert torch.equal(*told)
    assert not torch.equal(told[0], made.logits(outputs + 0.1, _pictures(BASELINE, 1)))


@pytest.mark.parametrize("config", [CONFIG, COLOUR, BASELINE], ids=["grey", "colour", "baseline"])
@torch.no_grad()
def test_a_frame_changes_what_later_frames_cost_and_nothing_before(config: VPNConfig) -> None:
    made = network(config).double()
    clip = _pictures(config, 5)[None]
    other = clip.clone()
    other[0, 2] = _pictures(config, 1, seed=9)[0]
    before, after = made.nats(clip)[0], made.nats(other)[0]
    assert torch.equal(before[:2], after[:2])
    for frame in (2, 3, 4):
        assert not torch.equal(before[frame], after[frame])


@torch.no_grad()
def test_probabilities_of_all_pictures_add_up_to_one() -> None:
    config = VPNConfig(size=4, levels=2, width=4, dilations=(1,), decoder=1)
    made = network(config).double()
    free = 6
    bits = (torch.arange(2**free)[:, None] >> torch.arange(free)) & 1
    pictures = torch.zeros(len(bits), 1, 4, 4, dtype=torch.float64)
    pictures.view(len(bits), -1)[:, :free] = bits.double()
    # Of the first pixels in drawing order all values are tried, so the rest must not matter.
    cost = made.nats(pictures[:, None])[:, 0, 0].flatten(1)[:, :free].sum(1)
    assert float((-cost).double().exp().sum()) == pytest.approx(1, abs=1e-5)


@torch.no_grad()
def test_a_clip_costs_what_its_frames_cost_one_after_another() -> None:
    made, clip = network().eval(), _pictures(CONFIG, 4).float()
    together = made.nats(clip[None])[0]
    memory = made.begin(1)
    for frame, cost in zip(clip, together, strict=True):
        told = made.logits(memory[0], frame[None]).log_softmax(2)
        alone = -told.gather(2, made.levels(frame)[None, :, None])[0, :, 0]
        torch.testing.assert_close(alone, cost, atol=1e-4, rtol=1e-4)
        memory = made.watch(frame[None, None], memory)[0]


def _drawn(made: VPN, teller: TellerOf, temperature: float = 1.0) -> Tensor:
    config, count = made.config, 2
    outputs = _outputs(config, count).float()
    chance = torch.rand(_pictures(config, count).shape, generator=torch.Generator().manual_seed(4))
    pictures = torch.zeros_like(chance)
    draw(teller(made, outputs), pictures, chance, temperature, config.levels, lambda _i, _j: None)
    return pictures


@pytest.mark.parametrize("config", [CONFIG, COLOUR, DEEP], ids=["grey", "colour", "16 x 16"])
@pytest.mark.parametrize("temperature", [1.0, 0.0])
@torch.no_grad()
def test_kept_layers_draw_the_same_levels_as_the_whole_decoder(
    config: VPNConfig, temperature: float
) -> None:
    if config is DEEP and not temperature:
        pytest.skip("one temperature is enough at this size")
    made = network(config)
    cached, naive = (_drawn(made, teller, temperature) for teller in (Cached, Naive))
    assert torch.equal(cached, naive)
    assert len(np.unique(cached.numpy())) == config.levels


@every_decoder
@torch.no_grad()
def test_kept_layers_tell_the_same_odds(config: VPNConfig) -> None:
    made, pictures = network(config), _pictures(config, 2).float()
    outputs = _outputs(config, 2).float()
    kept, whole = Cached(made, outputs), made.logits(outputs, pictures)
    for c, i, j in _places(config):
        # Only what is drawn already is there.
        known = torch.zeros_like(pictures).flatten(2)
        known[:, :, : i * config.size + j] = pictures.flatten(2)[:, :, : i * config.size + j]
        known = known.view_as(pictures)
        known[:, :c, i, j] = pictures[:, :c, i, j]
        told = kept.at(known, i, j, c)
        torch.testing.assert_close(told, whole[:, c, :, i, j], atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_kept_layers_need_a_masked_decoder() -> None:
    with pytest.raises(ValueError, match="dependencies"):
        Cached(network(BASELINE), _outputs(BASELINE).float())


def test_levels_are_drawn_as_often_as_they_are_likely() -> None:
    odds = torch.log(torch.tensor([[0.5, 0.3, 0.2]]))
    chance = (torch.arange(1000) + 0.5) / 1000
    counts = torch.bincount(chosen(odds.expand(1000, -1), chance, 1.0), minlength=3)
    assert counts.tolist() == [500, 300, 200]
    assert set(chosen(odds.expand(1000, -1), chance, 0.0).tolist()) == {0}
    cold = torch.bincount(chosen(odds.expand(1000, -1), chance, 0.5), minlength=3)
    assert cold[0] > 600


@pytest.mark.parametrize(
    "wrong",
    [{"channels": 2}, {"width": 33}, {"levels": 1}, {"size": 2}, {"decoder": 0}],
    ids=lambda value: next(iter(value)),
)
def test_sizes_that_do_not_fit_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        from_plain(VPNConfig, wrong)


def test_a_configuration_goes_through_a_card() -> None:
    assert from_plain(VPNConfig, to_plain(PAPER)) == PAPER
    with pytest.raises(KeyError):
        from_plain(VPNConfig, {"depth": 3})
