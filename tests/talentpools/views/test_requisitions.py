from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.models import Event, Requisition, User, Workspace
from talentpools.models import Pool, Receipt, ShortlistEntry
from tests.factories import ApplicationFactory, CandidateFactory, RequisitionFactory

As = Callable[[User], Client]
LIST = "/w/acme/requisitions/"


@pytest.fixture
def requisition(scope: Workspace) -> Requisition:
    return RequisitionFactory.create(title="Platform engineer", role_family="engineering", skills=["Go"])


def _page(requisition: Requisition, rest: str = "") -> str:
    return f"{LIST}{requisition.pk}/{rest}"


def test_list_shows_and_narrows(client_as: As, ada: User, requisition: Requisition) -> None:
    RequisitionFactory.create(title="Account executive", status="closed", department="Sales", recruiter=ada)
    client = client_as(ada)

    assert "Platform engineer" in client.get(LIST).content.decode()
    narrowed = client.get(
        f"{LIST}?status=closed&department=Sales&recruiter={ada.pk}&q=account"
    ).content.decode()
    assert "Account executive" in narrowed
    assert "Platform engineer" not in narrowed
    rows = client.get(f"{LIST}?q=platform", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in rows
    assert "Platform engineer" in rows


def test_scores_shown_are_logged_once_with_their_parts(
    client_as: As, ada: User, grace: User, requisition: Requisition
) -> None:
    person = CandidateFactory.create(first_name="Nina", role_family="engineering")
    for _ in range(2):
        client_as(ada).get(_page(requisition))
    seen = Event.objects.get(kind="matches.viewed")
    assert (seen.actor_id, seen.data["model"], seen.data["weights"]["skills"]) == (ada.pk, "fit-1", 40)
    told = seen.data["people"][0]
    assert (told["candidate"], told["score"]) == (person.pk, int(sum(told["points"].values()) + 0.5))

    client_as(grace).get(_page(requisition))
    client_as(ada).get(_page(requisition, "?reach=no_consent"))
    lines = b"".join(client_as(grace).get(_page(requisition, "scores/export/"))).decode().splitlines()
    page = client_as(grace).get(_page(requisition, "scores/")).content.decode()

    assert Event.objects.filter(kind="matches.viewed").count() == 2
    assert lines[0].lstrip("\ufeff").startswith("seen_at,seen_by,seen_on,model,candidate,score,skills")
    assert [line.split(",")[1:5] for line in lines[1:]] == [
        [grace.email, "matches", "fit-1", str(person.pk)],
        [ada.email, "matches", "fit-1", str(person.pk)],
    ]
    assert page.count("The same") == 2
    assert "Nina" in page


def test_each_figure_of_the_depth_opens_its_people(
    client_as: As, ada: User, requisition: Requisition
) -> None:
    CandidateFactory.create(last_name="Free", role_family="engineering", consent="granted")
    CandidateFactory.create(last_name="Silent", role_family="engineering")
    client = client_as(ada)
    for code, there, gone in (("reachable", "Free", "Silent"), ("no_consent", "Silent", "Free")):
        shown = client.get(_page(requisition, f"?reach={code}")).content.decode()
        assert there in shown.split("<tbody")[1]
        assert gone not in shown.split("<tbody")[1]
    assert "reach=no_consent" in client.get(_page(requisition)).content.decode()
    assert "Nobody stands here" in client.get(_page(requisition, "?reach=capped")).content.decode()
    assert client.get(_page(requisition, "?reach=mars")).status_code == 400


def test_list_asks_as_much_for_three_as_for_one(client_as: As, ada: User, requisition: Requisition) -> None:
    client = client_as(ada)
    one = _queries(client, LIST)
    for _ in range(2):
        ApplicationFactory.create(requisition=RequisitionFactory.create(recruiter=ada))
    assert _queries(client, LIST) == one


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)


def test_making_and_changing_by_hand(client_as: As, ada: User, scope: Workspace) -> None:
    client = client_as(ada)
    body = {
        "title": "Designer",
        "status": "open",
        "openings": "2",
        "skills": "Figma, Research",
        "country": "de",
    }

    assert client.post(f"{LIST}new/", body).status_code == 302
    made = Requisition.objects.get()
    assert (made.skills, made.country, made.openings) == (["Figma", "Research"], "DE", 2)
    assert client.post(_page(made, "edit/"), body | {"status": "on_hold"}).status_code == 302
    made.refresh_from_db()
    assert made.status == "on_hold"


@pytest.mark.parametrize(
    "body", [{}, {"title": "x", "status": "luck", "openings": "0", "country": "Germany"}]
)
def test_a_bad_form_is_422(client_as: As, ada: User, scope: Workspace, body: dict[str, str]) -> None:
    assert client_as(ada).post(f"{LIST}new/", body).status_code == 422
    assert not Requisition.objects.exists()


def test_page_ranks_people_with_reasons(client_as: As, ada: User, requisition: Requisition) -> None:
    CandidateFactory.create(
        first_name="Ben", last_name="Best", role_family="engineering", stage="offer_ready"
    )
    CandidateFactory.create(first_name="Wim", last_name="Weak", role_family="engineering")
    CandidateFactory.create(first_name="Sal", last_name="Sales", role_family="sales")
    client = client_as(ada)

    page = client.get(_page(requisition)).content.decode()
    assert page.index("Ben Best") < page.index("Wim Weak")
    assert "Sal Sales" not in page
    assert "Offer ready" in page
    assert "Sal Sales" in client.get(_page(requisition, "?role_family=any")).content.decode()
    fragment = client.get(_page(requisition), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment


def test_matches_ask_as_much_for_three_as_for_one(client_as: As, ada: User, requisition: Requisition) -> None:
    client = client_as(ada)
    CandidateFactory.create(role_family="engineering")
    one = _queries(client, _page(requisition))
    for _ in range(2):
        CandidateFactory.create(role_family="engineering")
    assert _queries(client, _page(requisition)) == one


@pytest.mark.parametrize(
    "query", ["?stage=luck", "?engagement=boiling", "?pool=99999", "?segment=x", "?rules={"]
)
def test_a_filter_that_means_nothing_is_refused(
    client_as: As, ada: User, requisition: Requisition, query: str
) -> None:
    assert client_as(ada).get(_page(requisition, query)).status_code == 400


def test_a_confidential_pool_of_others_is_not_there(
    client_as: As, ada: User, requisition: Requisition
) -> None:
    pool = Pool.objects.create(name="Secret", visibility="confidential")

    assert client_as(ada).get(_page(requisition, f"?pool={pool.pk}")).status_code == 400
    assert "Secret" not in client_as(ada).get(_page(requisition)).content.decode()


def test_shortlisting_with_note_undo_and_removal(client_as: As, ada: User, requisition: Requisition) -> None:
    one, two = CandidateFactory.create(), CandidateFactory.create()
    client = client_as(ada)

    added = client.post(
        _page(requisition, "shortlist/additions/"), {"ids": [one.pk, two.pk], "note": "Both strong"}
    )
    assert added["Location"] == _page(requisition, f"#match-{two.pk}")
    assert list(ShortlistEntry.objects.values_list("note", flat=True)) == ["Both strong"] * 2
    assert "Both strong" in client.get(_page(requisition, "shortlist/")).content.decode()

    client.post(_page(requisition, "shortlist/removals/"), {"ids": [one.pk]})
    assert ShortlistEntry.objects.count() == 1
    receipt = Receipt.objects.latest("pk")
    assert client.post(f"/w/acme/shortlists/receipts/{receipt.pk}/undo/").status_code == 302
    assert ShortlistEntry.objects.count() == 2
    assert client.post(f"/w/acme/shortlists/receipts/{receipt.pk}/undo/").status_code == 409


def test_all_results_are_shortlisted_by_the_query(client_as: As, ada: User, requisition: Requisition) -> None:
    for family in ("sales", "sales", "engineering"):
        CandidateFactory.create(role_family=family)
    body = {"all": "1", "query": "role_family=sales"}
    added = client_as(ada).post(_page(requisition, "shortlist/additions/"), body)
    assert added["Location"] == _page(requisition, "?role_family=sales")

    families = ShortlistEntry.objects.values_list("candidate__role_family", flat=True)
    assert list(families) == ["sales", "sales"]
    bad = client_as(ada).post(_page(requisition, "shortlist/additions/"), {"all": "1", "query": "stage=luck"})
    assert bad.status_code == 400


def test_today_lists_what_opened_lately(
    client_as: As, ada: User, requisition: Requisition, clock: object
) -> None:
    from django.utils import timezone

    Requisition.objects.update(opened_at=timezone.now())
    assert "Platform engineer" in client_as(ada).get(f"{LIST}opened/").content.decode()


def test_roles_and_outsiders(
    client_as: As, requisition: Requisition, harry: User, ana: User, mallory: User
) -> None:
    entry = ShortlistEntry.objects.create(requisition=requisition, candidate=CandidateFactory.create())
    writes = [
        f"{LIST}new/",
        _page(requisition, "edit/"),
        _page(requisition, "shortlist/additions/"),
        _page(requisition, "shortlist/removals/"),
        _page(requisition, f"shortlist/{entry.pk}/note/"),
    ]
    reads = [LIST, _page(requisition), _page(requisition, "shortlist/"), f"{LIST}opened/"]

    for path in writes:
        assert client_as(harry).post(path).status_code == 403, path
        assert client_as(mallory).post(path).status_code == 404, path
    for path in reads:
        assert client_as(harry).get(path).status_code == 200, path
        assert client_as(mallory).get(path).status_code == 404, path
    assert client_as(ana).get(_page(requisition, "shortlist/")).status_code == 403
    assert client_as(ana).get(_page(requisition)).status_code == 200
    assert ShortlistEntry.objects.count() == 1
