"""DRAW: a picture drawn in glimpses (Gregor, Danihelka, Graves, Rezende, Wierstra 2015).

For t = 1..T, with x the picture, c the canvas, h the decoder's and e the encoder's state::

    x^_t = x - sigmoid(c_{t-1})
    r_t  = read(x, x^_t, h_{t-1})
    e_t  = LSTM_enc(e_{t-1}, [r_t, h_{t-1}])
    z_t  ~ N(mu_t, sigma_t^2),  mu_t = W e_t,  sigma_t = exp(W' e_t)
    h_t  = LSTM_dec(h_{t-1}, z_t)
    c_t  = c_{t-1} + write(h_t)
    L    = -log Bernoulli(x | sigmoid(c_T)) + sum_t KL(N(mu_t, sigma_t^2) || N(0, I))

Pictures are squares of S x S pixels with one channel, numbered from 1 to S along each side inside
the formulas of the windows, as in the paper.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_LOG_VARIANCE = 6.0
_LOG_SCALE = 4.0
_FIRST_GAIN = 3.9
_TINY = 1e-8
_FIRST_CANVAS = -2.0


@dataclass(frozen=True, slots=True)
class DrawConfig:
    """Sizes of the network.

    Attributes:
        size: S, the side of the picture in pixels.
        channels: 1; kept because every card names it.
        glimpses: T, how often the network looks and writes.
        latent: numbers in z of each glimpse.
        hidden: units of each of the two LSTMs.
        read, write: N of the N x N windows, at least 2; unused without attention.
        attention: whether it reads and writes through windows, or the whole picture at once.
    """

    size: int = 28
    channels: int = 1
    glimpses: int = 10
    latent: int = 10
    hidden: int = 256
    read: int = 5
    write: int = 5
    attention: bool = True

    def __post_init__(self) -> None:
        if self.channels != 1:
            raise ValueError(f"DrawConfig: expected channels of 1, got {self.channels}")
        if min(self.read, self.write) < 2:
            # The stride divides by N - 1.
            raise ValueError(f"DrawConfig: expected windows >= 2, got {self.read}, {self.write}")


@dataclass(frozen=True, slots=True)
class Window:
    """Where the network looks or writes; every tensor is (B,), in pixels numbered from 1.

    Attributes:
        x, y: the centre of the grid of N x N Gaussian filters.
        stride: distance between neighbouring filters.
        variance: of each filter, pixels squared.
        gain: gamma, the intensity that a glimpse is multiplied with, and a stroke divided by.
    """

    x: Tensor
    y: Tensor
    stride: Tensor
    variance: Tensor
    gain: Tensor


def window(raw: Tensor, size: int, count: int) -> Window:
    """The window of ``raw`` (B, 5): gx~, gy~, log variance, log stride~, log gain.

    The logarithms are bounded, because a run-away exponent ends a training in NaN.
    """
    x, y, variance, stride, gain = raw.unbind(1)
    return Window(
        x=(size + 1) / 2 * (x + 1),
        y=(size + 1) / 2 * (y + 1),
        stride=(size - 1) / (count - 1) * stride.clamp(-_LOG_SCALE, _LOG_SCALE).exp(),
        variance=variance.clamp(-_LOG_VARIANCE, _LOG_VARIANCE).exp(),
        gain=gain.clamp(-_LOG_SCALE, _LOG_SCALE).exp(),
    )


def filters(centre: Tensor, place: Window, size: int, count: int) -> Tensor:
    """(B, N, S): one row of the filterbank for each of the N grid points along one axis.

    ``mu_i = centre + (i - N/2 - 0.5) stride`` for i = 1..N (counting from 0 would shift the
    window), and each row sums to 1 over the S pixels.
    """
    index = torch.arange(1, count + 1, dtype=centre.dtype, device=centre.device)
    mean = centre[:, None] + (index - count / 2 - 0.5) * place.stride[:, None]
    pixel = torch.arange(1, size + 1, dtype=centre.dtype, device=centre.device)
    distance = (pixel - mean[..., None]).square() / (2 * place.variance[:, None, None])
    weight = torch.exp(-distance)
    return weight / (weight.sum(2, keepdim=True) + _TINY)


def read_patch(picture: Tensor, place: Window, count: int) -> Tensor:
    """(B, k, N, N): ``gain F_Y picture F_X^T`` of pictures (B, k, S, S)."""
    size = picture.shape[-1]
    across = filters(place.x, place, size, count)[:, None]
    down = filters(place.y, place, size, count)[:, None]
    return place.gain[:, None, None, None] * (down @ picture @ across.transpose(2, 3))


def write_patch(patch: Tensor, place: Window, size: int) -> Tensor:
    """(B, S, S): ``F_Y^T patch F_X / gain`` of patches (B, N, N)."""
    count = patch.shape[-1]
    across = filters(place.x, place, size, count)
    down = filters(place.y, place, size, count)
    return (down.transpose(1, 2) @ patch @ across) / place.gain[:, None, None]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The decoder between two glimpses: LSTM state (B, H) twice, canvas (B, S, S) in logits."""

    hidden: Tensor
    cell: Tensor
    canvas: Tensor


@dataclass(frozen=True, slots=True)
class Look:
    """The encoder after a glimpse: LSTM state (B, H) twice, and q(z_t): (B, latent) each."""

    hidden: Tensor
    cell: Tensor
    mean: Tensor
    log_std: Tensor


class Draw(nn.Module):
    """The whole network; the first canvas and the first states are learned."""

    def __init__(self, config: DrawConfig) -> None:
        super().__init__()
        self.config = config
        hidden, area = config.hidden, config.size**2
        seen = 2 * config.read**2 if config.attention else 2 * area
        written = config.write**2 if config.attention else area
        self.encoder = nn.LSTMCell(seen + hidden, hidden)
        self.decoder = nn.LSTMCell(config.latent, hidden)
        self.mean = nn.Linear(hidden, config.latent)
        self.log_std = nn.Linear(hidden, config.latent)
        self.stroke = nn.Linear(hidden, written)
        if config.attention:
            self.read_window = nn.Linear(hidden, 5)
            self.write_window = nn.Linear(hidden, 5)
        self.first_canvas = nn.Parameter(torch.full((config.size, config.size), _FIRST_CANVAS))
        self.first_states = nn.Parameter(torch.zeros(4, hidden))
        _prepare(self)

    def begin(self, count: int) -> tuple[Drawing, Look]:
        """What ``count`` drawings start from."""
        states = [state.expand(count, -1) for state in self.first_states]
        nothing = states[0].new_zeros(count, self.config.latent)
        drawing = Drawing(states[0], states[1], self.first_canvas.expand(count, -1, -1))
        return drawing, Look(states[2], states[3], nothing, nothing)

    def look(self, picture: Tensor, drawing: Drawing, before: Look) -> Look:
        """The posterior of the next glimpse at ``picture`` (B, S, S)."""
        error = picture - torch.sigmoid(drawing.canvas)
        both = torch.stack([picture, error], 1)
        if self.config.attention:
            both = read_patch(both, self.reading(drawing), self.config.read)
        seen = torch.cat([both.flatten(1), drawing.hidden], 1)
        hidden, cell = self.encoder(seen, (before.hidden, before.cell))
        return Look(hidden, cell, self.mean(hidden), self.log_std(hidden))

    def draw(self, drawing: Drawing, latent: Tensor) -> Drawing:
        """The drawing after the stroke that ``latent`` (B, latent) asks for."""
        hidden, cell = self.decoder(latent, (drawing.hidden, drawing.cell))
        after = Drawing(hidden, cell, drawing.canvas)
        return Drawing(hidden, cell, drawing.canvas + self._written(after))

    def reading(self, drawing: Drawing) -> Window:
        """Where the next glimpse looks."""
        return window(self.read_window(drawing.hidden), self.config.size, self.config.read)

    def writing(self, drawing: Drawing) -> Window:
        """Where the last stroke of ``drawing`` went."""
        return window(self.write_window(drawing.hidden), self.config.size, self.config.write)

    def _written(self, drawing: Drawing) -> Tensor:
        size, count = self.config.size, self.config.write
        stroke: Tensor = self.stroke(drawing.hidden)
        if not self.config.attention:
            return stroke.view(-1, size, size)
        return write_patch(stroke.view(-1, count, count), self.writing(drawing), size)


def _prepare(network: Draw) -> None:
    """Forget gates start open; windows start in the middle over the whole picture.

    There each filter is half a stride wide, so that neighbours overlap, and the write gain makes up
    for rows of sum 1: the numbers of a patch reach the canvas at about their own size. With less,
    strokes are so faint at first that thousands of steps pass before anything is written.
    """
    hidden = network.config.hidden
    for cell in (network.encoder, network.decoder):
        nn.init.zeros_(cell.bias_hh)
        with torch.no_grad():
            cell.bias_ih.zero_()
            cell.bias_ih[hidden : 2 * hidden] = 1
    if network.config.attention:
        _spread(network.read_window, network.config.size, network.config.read)
        stride = _spread(network.write_window, network.config.size, network.config.write)
        nn.init.constant_(network.write_window.bias[4], max(-2 * math.log(stride), -_FIRST_GAIN))


def _spread(place: nn.Linear, size: int, count: int) -> float:
    """Let a window start over the whole picture; the stride of its filters in pixels."""
    stride = (size - 1) / (count - 1)
    nn.init.zeros_(place.bias)
    nn.init.constant_(place.bias[2], 2 * math.log(stride / 2))
    return stride


@dataclass(frozen=True, slots=True)
class Bound:
    """Terms of the bound of each picture, in nats.

    Attributes:
        reconstruction: (B,) -log p(x | z).
        divergence: (B, T) KL of each glimpse's posterior to the prior.
        log_ratio: (B,) log p(z) - log q(z | x) of the drawn z.
        canvas: (B, S, S) the last one, logits.
    """

    reconstruction: Tensor
    divergence: Tensor
    log_ratio: Tensor
    canvas: Tensor

    @property
    def total(self) -> Tensor:
        """(B,) the negative evidence lower bound."""
        return self.reconstruction + self.divergence.sum(1)


def bound(network: Draw, picture: Tensor, noise: Tensor) -> Bound:
    """The bound of pictures (B, S, S) of zeros and ones with ``noise`` (B, T, latent) ~ N(0, I)."""
    drawing, seen = network.begin(len(picture))
    divergences, ratio = [], picture.new_zeros(len(picture))
    for glimpse in range(network.config.glimpses):
        seen = network.look(picture, drawing, seen)
        mean, log_std, drawn = seen.mean, seen.log_std, noise[:, glimpse]
        latent = mean + log_std.exp() * drawn
        divergences.append(divergence(mean, log_std))
        ratio = ratio + (0.5 * (drawn.square() - latent.square()) + log_std).sum(1)
        drawing = network.draw(drawing, latent)
    missed = F.binary_cross_entropy_with_logits(drawing.canvas, picture, reduction="none")
    return Bound(missed.sum((1, 2)), torch.stack(divergences, 1), ratio, drawing.canvas)


def divergence(mean: Tensor, log_std: Tensor) -> Tensor:
    """(B,) nats: KL(N(mean, std^2) || N(0, I)), the constant counted for every dimension."""
    return 0.5 * (mean.square() + (2 * log_std).exp() - 2 * log_std - 1).sum(1)


def weighted(terms: Bound) -> Tensor:
    """() float64 nats: log of the mean of p(x, z) / q(z | x) over K draws for one picture.

    Args:
        terms: of the same picture K times, each with noise of its own.
    """
    weights = (terms.log_ratio - terms.reconstruction).double()
    return torch.logsumexp(weights, 0) - math.log(len(weights))
