import pytest

from analytics.queries.kpis import KPIS
from tests.analytics.worked import section, told


@pytest.mark.parametrize("key", KPIS)
def test_every_figure_has_an_example(key: str) -> None:
    assert any(character.isdigit() for character in section(key))


def test_a_number_the_page_does_not_say_is_missed() -> None:
    told("time_to_hire", 52.0)
    with pytest.raises(AssertionError, match="does not say"):
        told("time_to_hire", 53.0)
