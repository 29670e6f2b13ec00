"""Pressure, pace, branching, exits, triggers, job matching, rendering: tables without a database."""

import datetime as dt
from dataclasses import fields
from zoneinfo import ZoneInfo

import pytest

from journeys.policies import exits, triggers
from journeys.policies.branching import arm_for, is_held_out, plan, unchanged
from journeys.policies.calendars import calendar_for
from journeys.policies.file_format import Trigger
from journeys.policies.job_matching import Opening, Seeker, matches, ruled_out
from journeys.policies.pace import Limits, Mailbox
from journeys.policies.parsing import parse
from journeys.policies.pressure import Budget, Override, Touch, budget_for, slide_for
from journeys.policies.rendering import Content, fault_in, fields_of, render
from journeys.policies.zones import zone_for
from tests.journeys.policies.test_parsing import EXAMPLE

NOW = dt.datetime(2026, 6, 15, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ([], None),
        ([NOW - 7 * DAY], None),
        ([NOW - 7 * DAY + SECOND], (NOW + SECOND, "gap")),
        ([NOW - 29 * DAY, NOW - 20 * DAY, NOW - 10 * DAY], (NOW + DAY, "cap")),
        ([NOW - 30 * DAY, NOW - 20 * DAY, NOW - 10 * DAY], None),
        ([NOW - 10 * DAY, NOW - 28 * DAY, NOW - 20 * DAY, NOW - 27 * DAY], (NOW + 3 * DAY, "cap")),
    ],
)
def test_contact_pressure(sent: list[dt.datetime], expected: tuple[dt.datetime, str] | None) -> None:
    slide = slide_for(NOW, [Touch(at) for at in sent], Budget())
    assert (slide and (slide.until, slide.code)) == expected


def test_the_persons_own_gap_replaces_the_workspaces() -> None:
    assert budget_for(Budget(), None).gap == 7 * DAY
    assert budget_for(Budget(), 90).gap == 90 * DAY
    assert budget_for(Budget(), 1).gap == DAY


_JOBS_OFTEN = {"jobs": Override(gap_days=1, cap=10)}
_JOBS_RARELY = {"jobs": Override(gap_days=28, cap=1)}
_MONTHLY = {"": Override(gap_days=30)}


@pytest.mark.parametrize(
    ("chosen", "topics", "theirs", "sent", "waits"),
    [
        # A topic that may come more often follows other mail sooner.
        (None, _JOBS_OFTEN, {}, [(2, "career")], None),
        (None, _JOBS_OFTEN, {}, [(0.5, "jobs")], (0.5, "gap")),
        (None, _JOBS_OFTEN, {}, [(25, "a"), (20, "b"), (15, "c"), (2, "jobs")], None),
        # A topic that shall come more rarely counts its own mails alone.
        (None, _JOBS_RARELY, {}, [(10, "career")], None),
        (None, _JOBS_RARELY, {}, [(3, "career")], (4, "gap")),
        (None, _JOBS_RARELY, {}, [(29, "jobs")], (1, "cap")),
        # A colleague's numbers for the person stand above those for the topic.
        (None, _JOBS_OFTEN, _MONTHLY, [(10, "career")], (20, "gap")),
        (None, {}, {"jobs": Override(gap_days=60)}, [(40, "jobs")], (20, "gap")),
        # What the person chose wins over all of them, shorter or longer.
        (90, _JOBS_OFTEN, {"": Override(gap_days=1)}, [(10, "career")], (80, "gap")),
        (2, _JOBS_RARELY, _MONTHLY, [(3, "career")], None),
        (2, {"jobs": Override(gap_days=28)}, {}, [(3, "jobs")], None),
    ],
)
def test_overrides_by_topic_and_person(
    chosen: int | None, topics: dict[str, Override], theirs: dict[str, Override],
    sent: list[tuple[float, str]], waits: tuple[float, str] | None,
) -> None:  # fmt: skip
    budget = budget_for(Budget(), chosen, topic="jobs", topics=topics, theirs=theirs)
    slide = slide_for(NOW, [Touch(NOW - days * DAY, topic) for days, topic in sent], budget)
    assert (slide and ((slide.until - NOW) / DAY, slide.code)) == waits


def test_who_waits_is_told_who_wrote() -> None:
    slide = slide_for(NOW, [Touch(NOW - DAY, "", "“Silver medalists”")], Budget())
    assert slide is not None
    assert slide.sentence == (
        "Heard from us on 14 Jun from “Silver medalists”; at least 7 days lie between two messages."
    )


def test_a_mailbox_spaces_and_limits() -> None:
    box = Mailbox(Limits(daily=3, spacing=dt.timedelta(seconds=60)), ZoneInfo("UTC"))
    slots = [box.take(NOW) for _ in range(5)]
    midnight = dt.datetime(2026, 6, 16, tzinfo=dt.UTC)
    minute = dt.timedelta(minutes=1)
    assert slots == [NOW, NOW + minute, NOW + 2 * minute, midnight, midnight + minute]


def test_a_new_mailbox_warms_up() -> None:
    box = Mailbox(Limits(daily=200, spacing=dt.timedelta(0), warm_up=(1, 2)), ZoneInfo("UTC"), opened_at=NOW)
    days = [box.take(NOW).date() - NOW.date() for _ in range(5)]
    assert [day.days for day in days] == [0, 1, 1, 2, 2]


def test_branches_rejoin_after_their_block() -> None:
    journey = parse(EXAMPLE).journey
    assert journey is not None
    walk = plan(journey)
    steps = walk.steps
    assert walk.first == "m1"
    assert walk.after(steps["b1"], "then") == "t1"
    assert walk.after(steps["b1"], "else") == "m2"
    assert walk.after(steps["t1"]) == "m2"
    assert walk.after(steps["s1"], "B") == "m3"
    assert walk.after(steps["e"]) == ""


def test_an_arm_is_stable_and_the_shares_are_about_right() -> None:
    journey = parse(EXAMPLE).journey
    assert journey is not None
    split = plan(journey).steps["s1"]
    arms = [arm_for(split, person=person, journey=1) for person in range(4_000)]
    assert arms == [arm_for(split, person=person, journey=1) for person in range(4_000)]
    assert 1_850 < arms.count("A") < 2_150
    assert 320 < sum(is_held_out(10, person=person, journey=1) for person in range(4_000)) < 480
    assert not any(is_held_out(0, person=person, journey=1) for person in range(100))


def test_people_may_move_who_stand_before_the_first_change() -> None:
    old = parse(EXAMPLE).journey
    changed = [dict(step) for step in EXAMPLE["steps"]]
    changed[2]["after"] = {"weeks": 5}
    new = parse(EXAMPLE | {"steps": changed}).journey
    assert old is not None
    assert new is not None
    assert unchanged(old, new) == {"m1", "b1", "t1"}


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        ("message.replied", {"automatic": False}, "replied"),
        ("message.replied", {"automatic": True}, ""),
        ("message.bounced", {"hard": True}, "hard_bounce"),
        ("message.bounced", {"hard": False}, ""),
        ("candidate.unsubscribed", {"channel": "mail"}, "unsubscribed"),
        ("candidate.unsubscribed", {"topic": "jobs"}, ""),
        ("application.created", {}, "applied"),
        ("application.hired", {}, "hired"),
        ("candidate.restricted", {}, "do_not_contact"),
        ("note.added", {}, ""),
    ],
)
def test_exit_reasons(kind: str, data: dict[str, object], reason: str) -> None:
    assert exits.reason_for(kind, data) == reason


def test_nobody_can_ignore_an_unsubscribe() -> None:
    assert exits.leaves("unsubscribed", frozenset())
    assert exits.leaves("replied", frozenset({"replied"}))
    assert not exits.leaves("replied", frozenset())
    assert not exits.leaves("", frozenset({"replied"}))


@pytest.mark.parametrize(
    ("trigger", "kind", "data", "fired"),
    [
        (Trigger("segment.entered", {"segment": 4}), "segment.entered", {"segment": 4}, True),
        (Trigger("segment.entered", {"segment": 4}), "segment.entered", {"segment": 5}, False),
        (Trigger("stage.changed", {"to": "a"}), "stage.changed", {"from": "b", "to": "a"}, True),
        (
            Trigger("stage.changed", {"from": "c", "to": "a"}),
            "stage.changed",
            {"from": "b", "to": "a"},
            False,
        ),
        (Trigger("event.attended", {}), "event.attended", {}, True),
        (Trigger("event.attended", {"event": "x"}), "event.attended", {"event": "y"}, False),
        (Trigger("form.submitted", {"form": "plans"}), "form.submitted", {"form": "plans"}, True),
        (Trigger("application.rejected", {}), "application.rejected", {}, True),
        (Trigger("manual", {}), "event.attended", {}, False),
    ],
)
def test_triggers(trigger: Trigger, kind: str, data: dict[str, object], fired: bool) -> None:
    assert triggers.fires(trigger, kind, data) is fired


@pytest.mark.parametrize(
    ("own", "country", "city", "expected"),
    [
        ("Asia/Tokyo", "DE", "", "Asia/Tokyo"),
        ("Nowhere/Land", "JP", "", "Asia/Tokyo"),
        ("", "FR", "", "Europe/Paris"),
        ("", "US", "", "America/New_York"),
        ("", "US", "Los Angeles", "America/Los_Angeles"),
        ("", "AU", "", "Australia/Sydney"),
        ("", "", "", "Europe/Vienna"),
        ("", "XX", "", "Europe/Vienna"),
    ],
)
def test_a_persons_zone(own: str, country: str, city: str, expected: str) -> None:
    assert zone_for(own, country, city, "Europe/Vienna").key == expected


def test_which_calendar_a_setting_means() -> None:
    assert calendar_for("candidate_country", "DE").country == "DE"
    assert calendar_for("FR", "DE").country == "FR"
    assert calendar_for("", "DE").country == ""
    assert calendar_for("candidate_country", "ZZ").country == ""


FIELD, LEVEL = frozenset({"engineering"}), frozenset({"senior"})


def opening(number: int, **more: object) -> Opening:
    given: dict[str, object] = {
        "id": number, "title": "Engineer", "location": "Berlin", "country": "DE", "is_remote": False,
        "role_family": "engineering", "seniority": "senior", "skills": frozenset({"python"}),
    }  # fmt: skip
    return Opening(**(given | more))  # type: ignore[arg-type]


def test_a_job_fits_for_stated_reasons_only() -> None:
    seeker = Seeker(FIELD, LEVEL, "DE", False, frozenset({"python", "sql"}))
    openings = [
        opening(1),
        opening(2, role_family="sales", skills=frozenset()),
        opening(3, country="US"),
        opening(4, country="US", is_remote=True),
        opening(5, role_family="", skills=frozenset({"python", "sql"})),
    ]
    found = matches(seeker, openings, 3)
    assert [match.opening.id for match in found] == [1, 4, 5]
    assert "it asks for python, which you know" in found[0].reasons
    assert "you can work from anywhere" in found[1].reasons


def test_the_score_is_the_sum_of_its_reasons_and_wishes_count() -> None:
    seeker = Seeker(FIELD, LEVEL, "FR", False, frozenset({"python"}), ("Berlin", "Paris"), "", 80_000)
    (found,) = matches(seeker, [opening(1, pay_to=90_000)], 3)
    assert [(one.words, one.points) for one in found.because] == [
        ("it is in your field, engineering", 4),
        ("it asks for python, which you know", 2),
        ("the level is senior", 1),
        ("it pays what you asked for", 1),
        ("it is in Berlin, where you want to work", 2),
    ]
    assert found.score == 10
    assert matches(seeker, [opening(1, pay_to=70_000)], 3) == []
    assert ruled_out(seeker, opening(1, pay_to=70_000)) == "it pays less than they asked for"
    at_home = Seeker(FIELD, LEVEL, "DE", False, frozenset(), remote="only")
    assert [one.opening.id for one in matches(at_home, [opening(1), opening(2, is_remote=True)], 3)] == [2]


def test_nothing_about_who_somebody_is_can_decide() -> None:
    assert {field.name for field in fields(Seeker)} == {
        "role_families", "seniorities", "country", "relocation", "skills", "places", "remote",
        "salary_floor",
    }  # fmt: skip


def test_rendering_escapes_values_and_names_what_is_missing() -> None:
    content = Content(
        "Hi {{ a.name }}", "Dear {{ a.name }},\n\n[see {{ a.city | default: 'it' }}]({{ url }})\n{{ a.gone }}"
    )
    rendered = render(content, {"a": {"name": "<b>Mia"}, "url": "https://x.example/?a=1&b=2"})
    assert rendered.subject == "Hi <b>Mia"
    assert rendered.missing == ("a.gone",)
    assert "<p>Dear &lt;b&gt;Mia,</p>" in rendered.html
    assert "see it: https://x.example/?a=1&b=2" in rendered.text


@pytest.mark.parametrize("hostile", ["javascript:alert(1)", '"><script>x</script>', "data:text/html,x"])
def test_a_hostile_value_stays_a_value(hostile: str) -> None:
    rendered = render(Content("s", "[go]({{ url }}) {{ url }}"), {"url": hostile})
    assert "<script" not in rendered.html
    assert 'href="javascript' not in rendered.html
    assert 'href="data' not in rendered.html


@pytest.mark.parametrize(
    "body",
    ["{% for x in y %}{% endfor %}", "{{ x | nofilter }}", "{{ x", "{% include 'x' %}", "{% assign x = 1 %}"],
)
def test_liquid_beyond_what_mail_needs_is_refused(body: str) -> None:
    assert fault_in(Content("s", body))


def test_values_in_values_are_not_run() -> None:
    rendered = render(Content("{{ a }}", "{{ a }}"), {"a": "{{ b }}"})
    assert (rendered.subject, rendered.text) == ("{{ b }}", "{{ b }}")
    assert fields_of(Content("{{ a.b }}", "{% if c %}{{ d | default: 'x' }}{% endif %}")) == ("a.b", "c", "d")
