"""Scale bars are round, fit, and are in mm where the spacing is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.core.scale_bar import scale_bar


@given(st.integers(8, 8000), st.floats(0.0005, 20))
def test_a_bar_is_round_and_no_longer_than_its_share(width: int, spacing: float) -> None:
    bar = scale_bar(width, (1.0, spacing))
    assert bar.pixels <= width * 0.25 * (1 + 1e-6)
    assert bar.pixels > width * 0.25 / 2.51
    number, unit = bar.text.split()
    length = float(number) / (1000 if unit == "µm" else 1)
    assert length == pytest.approx(bar.pixels * spacing, rel=1e-5)
    assert f"{float(number):.0e}"[0] in "125"


def test_without_spacing_it_is_in_pixels() -> None:
    assert scale_bar(128, None).text == "20 px"


def test_an_empty_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="width"):
        scale_bar(0, None)
