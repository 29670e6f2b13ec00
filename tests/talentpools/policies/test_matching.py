import datetime as dt
import json
import random

import pytest

from crm.policies import engagement
from talentpools.policies import matching
from talentpools.policies.matching import Person, Wanted

NOW = dt.datetime(2026, 6, 15, 9, 0, tzinfo=dt.UTC)
WANTED = Wanted(skills=("python", "django"), seniority="senior", city="berlin", country="DE")


def _days_ago(days: int) -> dt.datetime:
    return NOW - dt.timedelta(days=days)


def test_everything_right_is_one_hundred() -> None:
    person = Person(
        skills=("Python", "Django"),
        seniority="senior",
        city_folded="berlin",
        country="DE",
        stage="offer_ready",
        engagement_key=engagement.key_for_score(60, NOW),
        last_engaged_at=_days_ago(3),
    )
    fit = matching.fit(person, WANTED, now=NOW)

    assert fit.score == 100
    assert [reason.text for reason in fit.reasons] == [
        "2 of 2 skills: Python, Django",
        "Senior, as asked",
        "Same city",
        "Offer ready",
        "Engagement hot",
        "Last signal 3 days ago",
    ]


def test_nothing_known_is_zero_with_reasons() -> None:
    fit = matching.fit(Person(), WANTED, now=NOW)

    assert fit.score == 0
    assert [reason.text for reason in fit.reasons] == [
        "0 of 2 skills",
        "Level unknown",
        "Elsewhere",
        "No stage yet",
        "Never engaged",
        "No word yet",
    ]


@pytest.mark.parametrize(
    ("person", "criterion", "points", "text"),
    [
        (Person(skills=("Python",)), "skills", 20, "1 of 2 skills: Python"),
        (Person(seniority="staff"), "seniority", 7.5, "Staff, one level from senior"),
        (Person(seniority="junior"), "seniority", 0, "Junior"),
        (Person(country="DE"), "location", 9, "Same country"),
        (Person(would_relocate=True), "location", 7.5, "Would relocate"),
        (Person(stage="screening"), "stage", 5, "Screening"),
        (Person(engagement_key=engagement.key_for_score(20, NOW)), "engagement", 10.5, "Engagement warm"),
        (Person(last_engaged_at=_days_ago(90)), "recency", 3, "Last signal 90 days ago"),
        (Person(last_engaged_at=_days_ago(181)), "recency", 0, "Last signal 181 days ago"),
    ],
)
def test_each_criterion(person: Person, criterion: str, points: float, text: str) -> None:
    [reason] = [one for one in matching.fit(person, WANTED, now=NOW).reasons if one.criterion == criterion]

    assert reason.points == pytest.approx(points)
    assert reason.text == text


def test_what_is_not_asked_does_not_count() -> None:
    fit = matching.fit(Person(stage="offer_ready"), Wanted(), now=NOW)

    assert [reason.criterion for reason in fit.reasons] == ["stage", "engagement", "recency"]
    assert sum(reason.out_of for reason in fit.reasons) == pytest.approx(100)
    assert fit.score == 33


def test_a_remote_job_is_everywhere() -> None:
    [place] = [
        one
        for one in matching.fit(Person(), Wanted(is_remote=True), now=NOW).reasons
        if one.criterion == "location"
    ]
    assert place.text == "Remote job"


def test_a_score_comes_out_the_same_from_its_shares() -> None:
    dice = random.Random(3)
    for _ in range(10_000):
        person = Person(
            skills=tuple(dice.sample(["python", "django"], dice.randint(0, 2))),
            seniority=dice.choice(["", "senior", "staff", "junior"]),
            country=dice.choice(["", "DE"]),
            stage=dice.choice(["", "screening", "offer_ready"]),
            last_engaged_at=dice.choice([None, _days_ago(3), _days_ago(80)]),
        )
        wanted = dice.choice([WANTED, Wanted(), Wanted(skills=("python", "django"))])
        fit = matching.fit(person, wanted, now=NOW)
        stored = json.loads(json.dumps({one.criterion: one.share for one in reversed(fit.reasons)}))
        assert matching.rescored(stored, matching.WEIGHTS) == fit.score


def test_the_weights_of_a_requisition_add_up_and_say_what_they_mean() -> None:
    told = matching.explained(WANTED)
    assert [(criterion, points) for criterion, points, _ in told] == list(matching.WEIGHTS.items())
    assert [criterion for criterion, _, _ in matching.explained(Wanted())] == [
        "stage",
        "engagement",
        "recency",
    ]
    assert sum(points for _, points, _ in told) == 100
