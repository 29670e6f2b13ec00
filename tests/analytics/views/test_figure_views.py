from collections.abc import Callable

import pytest
from django.test import Client

from analytics.actions import mailings, views
from analytics.models import Copy, FigureView, Mailing
from crm.models import Event, User, Workspace
from tests.analytics.histories import NOW, at

As = Callable[[User], Client]
MARCH = "from=2026-03-01&to=2026-03-31"
VIEWS = "/w/acme/analytics/views/"


@pytest.fixture
def view(scope: Workspace, ada: User) -> FigureView:
    query = {"role_family": ["sales"]}
    return views.save(name="Sales", page="funnel", query=query, days=90, is_shared=True, by=ada)


def test_a_page_is_saved_as_a_view_and_opens_as_it_was(client_as: As, ada: User, scope: Workspace) -> None:
    client = client_as(ada)
    body = {"name": "Sales", "page": "funnel", "query": f"{MARCH}&role_family=sales&compare=year&days="}
    assert client.post(f"{VIEWS}new/", body | {"name": " "}).status_code == 422
    assert client.post(f"{VIEWS}new/", body | {"page": "luck"}).status_code == 422
    answer = client.post(f"{VIEWS}new/", body)
    view = FigureView.objects.get()
    assert (view.days, view.query["from"], view.is_shared) == (None, ["2026-03-01"], False)
    for kept in ("/dashboards/funnel/?", "role_family=sales", "from=2026-03-01", f"view={view.pk}"):
        assert kept in answer["Location"], kept
    page = client.get(answer["Location"]).content.decode()
    assert "Changed" not in page
    assert "Save changes" in client.get(f"{answer['Location']}&location=Berlin").content.decode()


def test_views_of_the_last_days_of_any_page(client_as: As, ada: User, scope: Workspace) -> None:
    client = client_as(ada)
    for page, path in (("overview", ""), ("comparison", "before-and-after/"), ("pools", "dashboards/pools/")):
        body = {"name": page, "page": page, "query": "days=30"}
        address = client.post(f"{VIEWS}new/", body)["Location"]
        assert address.startswith(f"/w/acme/analytics/{path}?days=30"), page
        assert "Changed" not in client.get(address).content.decode(), page
        assert "Changed" in client.get(address.replace("days=30", "days=90")).content.decode(), page


def test_only_its_owner_changes_or_forgets_a_shared_view(
    client_as: As, ada: User, grace: User, mallory: User, view: FigureView
) -> None:
    url = f"{VIEWS}{view.pk}/"
    assert "role_family=sales" in client_as(grace).get(url)["Location"]
    for verb in ("change", "removal", "restoral"):
        assert client_as(grace).post(f"{url}{verb}/", {"name": "Mine"}).status_code == 404, verb
        assert client_as(mallory).post(f"{url}{verb}/").status_code == 404, verb
    assert client_as(ada).post(f"{url}change/", {"name": " "}).status_code == 422
    assert client_as(ada).post(f"{url}change/", {"query": "days=30&pool="}).status_code == 302
    view.refresh_from_db()
    assert (view.name, view.is_shared, view.days, view.query) == ("Sales", True, 30, {})
    assert client_as(ada).post(f"{url}change/", {"name": "Sales, mine"}).status_code == 302
    assert client_as(grace).get(url).status_code == 404


def test_a_forgotten_view_comes_back_with_its_mailing(client_as: As, ada: User, view: FigureView) -> None:
    client, url = client_as(ada), f"{VIEWS}{view.pk}/"
    mailings.create(view=view, every="week", users=[ada.pk], by=ada, now=at(1))
    gone = client.post(f"{url}removal/", follow=True).content.decode()
    assert f"{url}restoral/" in gone
    assert client.get(url).status_code == 404
    Mailing.objects.update(next_at=at(2))
    assert mailings.queue_due(now=NOW) == []

    assert client.post(f"{url}restoral/").status_code == 302
    assert client.post(f"{url}restoral/").status_code == 302
    assert Event.objects.filter(kind="view.restored").count() == 1
    Mailing.objects.update(next_at=at(3))
    [copy] = mailings.queue_due(now=NOW)
    client.post(f"{url}removal/")
    assert mailings.claim(copy_id=copy, now=NOW) is None
    assert mailings.queue_due(now=NOW) == []
    assert Copy.objects.get().failure == "Stopped before it was sent."


def test_figures_open_with_the_view_one_chose(
    client_as: As, ada: User, grace: User, view: FigureView
) -> None:
    client = client_as(grace)
    assert client.post(f"{VIEWS}{view.pk}/opening/", {"opens": "1"}).status_code == 302
    opened = client.get("/w/acme/analytics/")
    assert opened["Location"].startswith("/w/acme/analytics/dashboards/funnel/?")
    assert client.get("/w/acme/analytics/?days=365").status_code == 200
    assert client_as(ada).get("/w/acme/analytics/").status_code == 200
    views.change(view=view, name="Sales", is_shared=False, days=90, by=ada)
    assert client.get("/w/acme/analytics/").status_code == 200

    client_as(ada).post(f"{VIEWS}{view.pk}/opening/", {"opens": "1"})
    assert client_as(ada).get("/w/acme/analytics/").status_code == 302
    client_as(ada).post(f"{VIEWS}{view.pk}/opening/", {"opens": "0"})
    assert client_as(ada).get("/w/acme/analytics/").status_code == 200


@pytest.mark.parametrize("query", ["days=0", "days=x", "days=99999", "compare=luck"])
def test_days_and_comparisons_that_cannot_be(client_as: As, ada: User, query: str) -> None:
    assert client_as(ada).get(f"/w/acme/analytics/?{query}").status_code == 400
