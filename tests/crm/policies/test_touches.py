import pytest

from crm.policies.touches import Touch, is_robot, touch_of


@pytest.mark.parametrize(
    ("query", "referrer", "source"),
    [
        ({"utm_source": " Meetup  Berlin "}, "https://news.example/a", "Meetup Berlin"),
        ({}, "https://www.news.example/a?secret=1", "news.example"),
        ({}, "https://acme.example/jobs", ""),
        ({}, "", ""),
        ({"utm_source": "x" * 300}, "", "x" * 120),
    ],
)
def test_a_source_is_named_or_the_site_that_linked(query: dict[str, str], referrer: str, source: str) -> None:
    assert touch_of(query, referrer=referrer, own_host="acme.example:8000").source == source


def test_a_touch_travels_to_the_next_page() -> None:
    assert Touch("fair", "qr", "").as_query() == "utm_source=fair&utm_medium=qr"


@pytest.mark.parametrize(
    ("agent", "robot"), [("Mozilla/5.0 Firefox", False), ("Googlebot/2.1", True), ("", True)]
)
def test_machines_that_say_so_are_machines(agent: str, robot: bool) -> None:
    assert is_robot(agent) is robot
