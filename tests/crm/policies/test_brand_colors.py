import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.policies import brand_colors


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#ffffff", "#000000", 21.0), ("#ffffff", "#ffffff", 1.0), ("#767676", "#ffffff", 4.54)],
)
def test_contrast_is_measured_as_wcag_does(one: str, other: str, ratio: float) -> None:
    assert brand_colors.contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert brand_colors.contrast(other, one) == brand_colors.contrast(one, other)


@given(st.integers(0, 0xFFFFFF), st.sampled_from([brand_colors.WHITE, brand_colors.DARK_PAGE]))
def test_the_nearest_shade_can_be_read(number: int, ground: str) -> None:
    shade = brand_colors.readable(f"#{number:06x}", on=ground)
    assert brand_colors.contrast(shade, ground) >= brand_colors.READABLE


def test_a_color_that_can_be_read_stays() -> None:
    assert brand_colors.readable("#0f6b63") == "#0f6b63"
    assert not brand_colors.is_color("red; } body {")
