import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from analytics.actions import preferences
from analytics.models import Cost, Preference
from analytics.policies.asking import FILTERS
from analytics.policies.definitions import DEFINITIONS
from analytics.queries import stuck
from analytics.queries.dashboards.registry import DASHBOARDS
from analytics.views.dashboards import ignored_by
from crm.models import User, Workspace
from journeys.models import Journey
from tests.analytics.histories import at, event, hire, in_pool, mailed, question
from tests.factories import CandidateFactory, RequisitionFactory

As = Callable[[User], Client]
MARCH = "from=2026-03-01&to=2026-03-31"
PAGES = [
    "", "before-and-after/", "costs/", "dashboards/funnel/", "dashboards/velocity/", "dashboards/journeys/",
    "dashboards/pools/", "dashboards/sources/", "dashboards/requisitions/",
]  # fmt: skip


@pytest.fixture
def history(scope: Workspace) -> None:
    person = hire(at(1), at(11)).candidate
    in_pool(person, at(1, 12, 2))
    event(person, "message.delivered", at(2, 12, 2))
    event(person, "message.replied", at(3, 12, 2))
    event(person, "stage.changed", at(4), **{"from": "", "to": "screening"})
    Cost.objects.create(origin="crm", category="Agency", amount_cents=90_000, incurred_on=at(1).date())


@pytest.mark.parametrize("path", PAGES)
def test_pages_show_figures(client_as: As, ada: User, history: None, path: str) -> None:
    answer = client_as(ada).get(f"/w/acme/analytics/{path}?{MARCH}")

    assert answer.status_code == 200
    assert "Before and after" in answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_pages_stand_empty(client_as: As, ana: User, path: str) -> None:
    answer = client_as(ana).get(f"/w/acme/analytics/{path}")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("data-chart=") == page.count("data-chart-area")


def test_overview_shows_the_four_with_n_links_and_targets(
    client_as: As, ada: User, grace: User, history: None
) -> None:
    preferences.set_targets(values={"time_to_hire": 30.0, "reply_rate": 0.5}, by=grace)
    page = client_as(ada).get(f"/w/acme/analytics/?{MARCH}").content.decode()

    assert "n = 1" in page
    assert "/w/acme/analytics/people/time_to_hire/?from=2026-03-01&amp;to=2026-03-31&amp;group=crm" in page
    assert "/w/acme/analytics/definitions/offer_acceptance/" in page
    assert "The CRM brought 1 of 1 hires (100.0 %)." in page
    assert "Target 30 days: missed by" in page
    assert "Compared with 29 Jan 2026 – 28 Feb 2026" in page


def test_overview_says_how_the_figures_changed(client_as: As, ada: User, history: None) -> None:
    client, url = client_as(ada), f"/w/acme/analytics/changes/?{MARCH}&compare=year"
    assert client.get(url)["Location"].startswith("/w/acme/analytics/before-and-after/?")
    changes = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert changes.count("hx-swap-oob") == 7
    assert 'id="change-time_to_hire"' in changes
    assert "too few to say" in changes


def test_an_empty_workspace_is_told_where_figures_come_from(
    client_as: As, ada: User, grace: User, scope: Workspace
) -> None:
    page = client_as(grace).get("/w/acme/analytics/").content.decode()
    assert "Connect your ATS" in page
    assert "Connect your ATS" not in client_as(ada).get("/w/acme/analytics/").content.decode()
    filtered = client_as(ada).get("/w/acme/analytics/?location=Berlin").content.decode()
    assert "Nothing in this period under these filters" in filtered


@pytest.mark.parametrize("path", [*PAGES, "definitions/velocity/", "people/velocity/"])
def test_wrong_role_is_refused_and_mallory_sees_nothing(
    client_as: As, harry: User, mallory: User, path: str
) -> None:
    assert client_as(harry).get(f"/w/acme/analytics/{path}").status_code == 403
    assert client_as(mallory).get(f"/w/acme/analytics/{path}").status_code == 404


@pytest.mark.parametrize("path", [*PAGES, "definitions/velocity/", "people/velocity/"])
def test_a_malformed_question_is_refused(client_as: As, ada: User, path: str) -> None:
    assert client_as(ada).get(f"/w/acme/analytics/{path}?from=soon&to=later").status_code == 400


def test_definition_opens_as_a_page_and_as_a_panel(client_as: As, ada: User, history: None) -> None:
    client = client_as(ada)
    page = client.get("/w/acme/analytics/definitions/time_to_hire/")
    panel = client.get("/w/acme/analytics/definitions/time_to_hire/", headers={"HX-Request": "true"})

    assert "Clock starts" in page.content.decode()
    assert "<html" not in panel.content.decode()
    for key in DEFINITIONS:
        url = f"/w/acme/analytics/definitions/{key}/?{MARCH}"
        told = client.get(url, headers={"HX-Request": "true"}).content.decode()
        n = 0 if key in ("conversion_to_screening", "drop_off", "reply_rate") else 1
        assert f"n = {n}</span>, 1 Mar 2026 – 31 Mar 2026" in told, key
    assert client.get("/w/acme/analytics/definitions/luck/").status_code == 404


def test_people_behind_are_listed_with_the_reason(client_as: As, ada: User, history: None) -> None:
    page = client_as(ada).get(f"/w/acme/analytics/people/time_to_accept/?{MARCH}&group=crm").content.decode()

    assert "In a pool or segment since 1 Feb 2026, replied on 3 Feb 2026." in page
    assert "10.0" in page


def test_who_is_stuck_beyond_the_first_is_one_link_away(
    client_as: As, ada: User, scope: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stuck, "MOST", 1)
    for name, day in (("Ida", 5), ("Sam", 6), ("Eve", 7)):
        person = CandidateFactory.create(first_name=name)
        event(person, "stage.changed", at(day), **{"from": "", "to": "screening"})
    client = client_as(ada)
    page = client.get(f"/w/acme/analytics/dashboards/velocity/?{MARCH}").content.decode()
    assert "The 1 who wait longest, of 3." in page
    assert "/people/stuck/?" in page
    assert ("Ida" in page, "Sam" in page) == (True, False)
    listed = client.get(f"/w/acme/analytics/people/stuck/?{MARCH}").content.decode()
    assert [name in listed for name in ("Ida", "Sam", "Eve")] == [True] * 3
    assert (
        "Nobody in this period"
        in client.get(f"/w/acme/analytics/people/stuck/?{MARCH}&group=offer_ready").content.decode()
    )


def test_a_list_of_requisitions_has_no_people_in_it(client_as: As, ada: User, scope: Workspace) -> None:
    opening = RequisitionFactory.create(title="Baker", opened_at=at(1))
    page = client_as(ada).get(f"/w/acme/analytics/people/time_to_fill/?{MARCH}&group=still_open")
    told = page.content.decode()
    assert "Time to fill: the requisitions behind it" in told
    assert f'href="/w/acme/requisitions/{opening.pk}/">Baker</a>' in told
    assert "1–1 of 1 requisitions" in told


def test_a_point_of_a_chart_leads_where_its_cell_does(client_as: As, ada: User, history: None) -> None:
    page = client_as(ada).get(f"/w/acme/analytics/?{MARCH}").content.decode()
    told = [json.loads(text) for text in re.findall(r'<script type="application/json">(.*?)</script>', page)]
    crm = told[0]["series"][0]
    assert (crm["name"], crm["data"]) == ("CRM", [crm["data"][0]])
    assert "/people/time_to_hire/?" in crm["links"][0]
    assert "group=crm" in crm["links"][0]
    assert "group=external" not in str(told[0]["series"][1]["links"])


def test_a_part_of_a_figure_has_a_list_of_its_own(client_as: As, ada: User, scope: Workspace) -> None:
    mailed(CandidateFactory.create(first_name="Ida"), "m1", "a", at(5), replied=at(6))
    mailed(CandidateFactory.create(first_name="Sam"), "m2", "", at(5))
    client, journey = client_as(ada), Journey.objects.get().pk
    url = f"/w/acme/analytics/people/reply_rate/?{MARCH}&group=replied&by=step&of={journey}:m1"

    page = client.get(url).content.decode()
    assert ("Ida" in page, "Sam" in page, "Warm · m1" in page) == (True, False, True)
    assert f"days=90&amp;group=replied&amp;by=step&amp;of={journey}%3Am1" in page
    for wrong in ("by=luck&of=1", "by=step", "of=1", "by=pool&of=999"):
        assert client.get(f"/w/acme/analytics/people/reply_rate/?{MARCH}&{wrong}").status_code == 400, wrong
    assert client.get("/w/acme/analytics/people/promises/").status_code == 404
    Preference.objects.create(shows_recruiters=True)
    assert client.get("/w/acme/analytics/people/promises/").status_code == 200


def test_unknown_group_and_key(client_as: As, ada: User) -> None:
    client = client_as(ada)
    assert client.get("/w/acme/analytics/people/velocity/?group=x").status_code == 400
    assert client.get("/w/acme/analytics/people/luck/").status_code == 404
    assert client.get("/w/acme/analytics/people/velocity/export.pdf").status_code == 404
    assert client.get("/w/acme/analytics/people/velocity/export.csv?from=x&to=y").status_code == 400


def test_exports_hold_the_same_rows_and_no_formulas(client_as: As, ada: User, scope: Workspace) -> None:
    person = hire(at(1), at(11)).candidate
    person.first_name, person.last_name = "=1+1", "Hacker"
    person.save()
    client = client_as(ada)

    text = client.get(f"/w/acme/analytics/people/time_to_accept/export.csv?{MARCH}").content.decode(
        "utf-8-sig"
    )
    [head, row] = list(csv.reader(io.StringIO(text)))
    assert dict(zip(head, row, strict=True))["name"] == "'=1+1 Hacker"
    book = client.get(f"/w/acme/analytics/people/time_to_accept/export.xlsx?{MARCH}")
    sheet = load_workbook(io.BytesIO(book.content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][1] == "'=1+1 Hacker"


def test_an_analyst_sees_people_but_exports_nobody(client_as: As, ana: User, history: None) -> None:
    client = client_as(ana)
    assert (
        "export.csv" not in client.get(f"/w/acme/analytics/people/time_to_accept/?{MARCH}").content.decode()
    )
    assert client.get("/w/acme/analytics/people/time_to_accept/export.csv").status_code == 403


def test_people_page_asks_as_much_for_three_as_for_one(client_as: As, ada: User, scope: Workspace) -> None:
    client = client_as(ada)
    hire(at(1), at(11))
    one = _queries(client)
    hire(at(1), at(12))
    hire(at(1), at(13))
    assert _queries(client) == one


def _queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(f"/w/acme/analytics/people/time_to_accept/?{MARCH}")
    return len(captured)


def test_people_come_in_pages(client_as: As, ada: User, scope: Workspace) -> None:
    for _ in range(51):
        event(CandidateFactory.create(), "message.delivered", at(5))
    client = client_as(ada)

    first = client.get(f"/w/acme/analytics/people/reply_rate/?{MARCH}").content.decode()
    assert "1–50 of 51" in first
    assert (
        "51–51 of 51" in client.get(f"/w/acme/analytics/people/reply_rate/?{MARCH}&after=50").content.decode()
    )


def test_filters_are_chips_in_the_address(client_as: As, ada: User, history: None) -> None:
    client = client_as(ada)
    page = client.get(f"/w/acme/analytics/dashboards/funnel/?{MARCH}&role_family=sales").content.decode()

    assert "Remove filter Role family Sales" in page
    assert page.count("Not narrowed by role family") == 1
    costs = client.get(f"/w/acme/analytics/dashboards/sources/?{MARCH}&role_family=sales&location=Rome")
    assert costs.content.decode().count("Not narrowed by role family, location") == 4


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_nobody_passes_empties_every_figure_that_does_not_say_otherwise(
    history: None, name: str
) -> None:
    field = {"role_family": "role_families"}.get(name, f"{name}s")
    nobody: Any = ("nowhere",) if name in ("role_family", "department", "location") else (10**9,)
    for key, page in DASHBOARDS.items():
        for section in page(question(**{field: nobody})).sections:
            told = (*section.ignores, *ignored_by(section.definition))
            if name in told or section.id in ("figures", "differences", "medians"):
                continue
            counted = [c.value for row in section.rows for c in row if isinstance(c.value, int | float)]
            assert not any(counted), (key, section.id)
