import csv
import datetime as dt
import io
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from openpyxl import load_workbook

from analytics.actions import mailings, sending, views
from analytics.models import Copy, Mailing, Preference, Recipient, Report, Target
from analytics.policies.recurrence import next_after
from analytics.policies.targets import GOALS, in_words
from analytics.policies.words import lift
from analytics.queries.dashboards.registry import DASHBOARDS
from crm.models import User, Workspace
from journeys.models import Enrollment, Journey, JourneyVersion
from tests.analytics.histories import BERLIN, NOW, at, event, hire, in_pool, question
from tests.factories import CandidateFactory

As = Callable[[User], Client]
MARCH = "from=2026-03-01&to=2026-03-31"


@pytest.fixture
def history(scope: Workspace) -> None:
    person = hire(at(1), at(11)).candidate
    in_pool(person, at(1, 12, 2))
    event(person, "message.delivered", at(2))
    event(person, "message.replied", at(3))
    event(person, "stage.changed", at(4), **{"from": "", "to": "screening"})


@pytest.mark.parametrize("page", DASHBOARDS)
def test_every_page_makes_files(client_as: As, ada: User, history: None, page: str) -> None:
    Preference.objects.create(shows_recruiters=True)
    client = client_as(ada)
    book = client.get(f"/w/acme/analytics/dashboards/{page}/export.xlsx?{MARCH}")
    made = load_workbook(io.BytesIO(book.content))
    assert len(made.worksheets) == len(DASHBOARDS[page](question()).sections) + 1
    about = {row[0]: row[1] for row in made.worksheets[-1].values}
    assert (about["Shows"], about["Definitions"]) == ("1 Mar 2026 – 31 Mar 2026", "version 1")
    for section in DASHBOARDS[page](question()).sections:
        url = f"/w/acme/analytics/dashboards/{page}/export.csv?{MARCH}&section={section.id}"
        text = client.get(url).content.decode("utf-8-sig")
        assert next(csv.reader(io.StringIO(text))) == list(section.headers)


def test_unknown_pages_kinds_and_sections(client_as: As, ada: User, scope: Workspace) -> None:
    client = client_as(ada)
    for path in ("luck/", "funnel/export.pdf", "funnel/export.csv?section=luck", "recruiters/"):
        assert client.get(f"/w/acme/analytics/dashboards/{path}").status_code == 404, path


def test_recruiters_are_shown_only_where_switched_on(
    client_as: As, ada: User, grace: User, scope: Workspace
) -> None:
    url = "/w/acme/analytics/preferences/"
    assert client_as(ada).get(url).status_code == 403
    form = {"shows_recruiters": "on", "pivot_on": "2026-02-01", "time_to_hire": "30", "reply_rate": "25"}
    assert client_as(grace).post(url, form | {"reply_rate": "250"}).status_code == 422
    assert client_as(grace).post(url, form).status_code == 302
    assert client_as(ada).get("/w/acme/analytics/dashboards/recruiters/").status_code == 200
    assert dict(Target.objects.values_list("key", "value")) == {"time_to_hire": 30.0, "reply_rate": 0.25}
    page = client_as(ada).get("/w/acme/analytics/before-and-after/").content.decode()
    assert "compare_to=2026-01-31" in page
    client_as(grace).post(url, {"time_to_hire": "20"})
    assert dict(Target.objects.values_list("key", "value")) == {"time_to_hire": 20.0}


def test_targets_in_words() -> None:
    assert in_words(GOALS["time_to_hire"], 28.0, 30.0) == "Target 30 days: met"
    assert in_words(GOALS["reply_rate"], 0.2, 0.25) == "Target 25 %: missed by 5.0 points"
    assert in_words(GOALS["reply_rate"], None, 0.25) == "Target 25 %"


def test_a_published_report_keeps_its_figures(client_as: As, ada: User, grace: User, history: None) -> None:
    url = f"/w/acme/analytics/reports/new/?{MARCH}"
    assert client_as(ada).post(url).status_code == 403
    assert client_as(grace).post(url, {"name": "March"}).status_code == 302
    hire(at(2), at(9))
    report = Report.objects.get()
    page = client_as(ada).get(f"/w/acme/analytics/reports/{report.pk}/").content.decode()
    assert "by version 1" in page
    assert ["Share of hires from CRM", "0.0 %", "1"] in [row[:3] for row in report.figures["rows"]]
    assert "March" in client_as(ada).get("/w/acme/analytics/reports/").content.decode()


def test_a_view_is_mailed_with_pictures_to_members_until_they_stop(
    client_as: As, ada: User, grace: User, mallory: User, history: None
) -> None:
    view = views.save(name="Weekly", page="funnel", query={}, days=365, is_shared=True, by=ada)
    create = f"/w/acme/analytics/views/{view.pk}/mailings/"
    client = client_as(ada)
    assert client.post(create, {"every": "week", "users": [mallory.pk]}).status_code == 422
    assert client.post(create, {"every": "week", "users": [ada.pk, grace.pk]}).status_code == 302
    Mailing.objects.update(next_at=at(1, 6, 6))
    mine = Recipient.objects.get(user=grace)
    stop = f"/w/acme/analytics/mailings/{mine.pk}/unsubscription/"
    assert client.post(stop).status_code == 404
    assert client_as(grace).get(stop).status_code == 200
    assert client_as(grace).post(stop).status_code == 302

    waiting = mailings.queue_due(now=NOW)
    assert mailings.queue_due(now=NOW) == waiting
    for copy_id in [*waiting, *waiting]:
        sending.send(workspace_id=view.workspace.pk, copy_id=copy_id)

    [sent] = mail.outbox
    assert sent.to == [ada.email]
    assert "Weekly" in sent.subject
    pictures = [part for part in sent.attachments if getattr(part, "get_content_type", str)() == "image/png"]
    assert len(pictures) == 2
    link = str(sent.extra_headers["List-Unsubscribe"]).strip("<>").partition("/figures/")[2]
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    nobody = Client()
    assert "Stop mailing you" in nobody.get(f"/figures/{link}").content.decode()
    assert Recipient.objects.get(user=ada).unsubscribed_at is None
    answer = nobody.post(f"/figures/{link}", {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.cookies) == (200, {})
    assert Recipient.objects.get(user=ada).unsubscribed_at is not None
    forged = f"stop/{'b' if link[5] == 'a' else 'a'}{link[6:]}"
    assert nobody.post(f"/figures/{forged}").status_code == 404
    assert Copy.objects.get().state == "sent"
    assert Mailing.objects.get().next_at > NOW
    assert client.post(f"/w/acme/analytics/mailings/{Mailing.objects.get().pk}/removal/").status_code == 302
    assert not Mailing.objects.exists()


@pytest.mark.parametrize(
    ("every", "expected"), [("week", dt.date(2026, 6, 22)), ("month", dt.date(2026, 7, 1))]
)
def test_next_mailing(every: str, expected: dt.date) -> None:
    assert next_after(NOW, every, BERLIN) == dt.datetime.combine(expected, dt.time(7), BERLIN)


def test_hold_out_says_when_there_are_too_few(scope: Workspace) -> None:
    journey = Journey.objects.create(name="Warm", draft={})
    version = JourneyVersion.objects.create(journey=journey, number=1, definition={}, published_at=at(1))
    for state in (Enrollment.State.ACTIVE, Enrollment.State.HOLDOUT):
        person = CandidateFactory.create()
        Enrollment.objects.create(
            journey=journey, version=version, candidate=person, state=state, enrolled_at=at(5)
        )
    section = DASHBOARDS["journeys"](question()).sections[0]
    assert [row[1].text for row in section.rows] == ["Applied afterwards", "Screened afterwards"]
    assert section.rows[0][7].text == "Not enough people yet: 29 more needed in the smaller group."


def test_lift_in_words() -> None:
    assert lift((0.02, 0.1), (50, 50)) == "The journey helps: 2.0 to 10.0 points more (95 % sure)."
    assert lift((-0.1, -0.02), (50, 50)) == "The journey harms: 2.0 to 10.0 points less (95 % sure)."
    assert lift((-0.1, 0.02), (50, 50)) == "No difference can be told: -10.0 to +2.0 points (95 % sure)."
