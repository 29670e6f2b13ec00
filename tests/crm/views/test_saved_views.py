import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crm.actions import candidates, custom_fields, saved_views
from crm.models import Candidate, SavedView, User

LIST = "/w/acme/candidates/"
URL = f"{LIST}views/"
pytestmark = pytest.mark.usefixtures("scope")


def create(**given: Any) -> Candidate:
    return candidates.create(given=given, origin="manual")


def names(page: Any) -> list[str]:
    return sorted(row.candidate.first_name for row in page.context["page"].rows)


def test_a_list_is_saved_opened_changed_and_deleted(client_as: Any, ada: User) -> None:
    create(email="a@example.com", first_name="Ada", stage="screening")
    create(email="b@example.com", first_name="Bo")
    client = client_as(ada)
    answer = client.post(URL, {"name": "Screened", "query": "stage=screening&column=email"})
    view = SavedView.objects.get()
    assert answer["Location"] == f"{LIST}?view={view.pk}"
    page = client.get(f"{LIST}?view={view.pk}")
    assert (names(page), [c.key for c in page.context["columns"]]) == (["Ada"], ["email"])
    assert not page.context["view_is_edited"]
    edited = client.get(f"{LIST}?view={view.pk}&stage=screening&column=email&sort=name")
    assert edited.context["view_is_edited"]
    client.post(f"{URL}{view.pk}/", {"query": edited.context["view_query"]})
    view.refresh_from_db()
    assert view.query == "stage=screening&column=email&sort=name"
    client.post(f"{URL}{view.pk}/default/")
    assert names(client.get(LIST)) == ["Ada"]
    assert names(client.get(f"{LIST}?view=all")) == ["Ada", "Bo"]
    client.post(f"{URL}{view.pk}/default/", {"default": "0"})
    assert names(client.get(LIST)) == ["Ada", "Bo"]
    assert "Screened" in client.get(URL).text
    client.post(f"{URL}{view.pk}/removal/")
    assert "No views yet" in client.get(URL).text


def test_views_of_others(client_as: Any, ada: User, grace: User, mallory: User) -> None:
    mine = saved_views.save(name="Mine", query="", by=ada)
    shared = saved_views.save(name="Shared", query="stage=screening", by=ada, is_shared=True)
    client = client_as(grace)
    assert client.post(f"{URL}{mine.pk}/removal/").status_code == 404
    assert client.get(f"{LIST}?view={mine.pk}").context["views"].opened is None
    assert client.get(f"{LIST}?view={shared.pk}").context["views"].opened == shared
    client.post(f"{URL}{shared.pk}/", {"name": "Ours", "is_shared": "1"})
    shared.refresh_from_db()
    assert (shared.name, shared.query) == ("Ours", "stage=screening")
    assert client_as(mallory).get(URL).status_code == 404


def test_bad_names_are_refused(client_as: Any, ada: User, grace: User) -> None:
    shared = saved_views.save(name="Shared", query="", by=grace, is_shared=True)
    client = client_as(ada)
    assert client.post(URL, {"name": " "}).status_code == 422
    assert client.post(f"{URL}{shared.pk}/", {"name": "X"}).status_code == 403
    assert client.post(f"{URL}{shared.pk}/removal/").status_code == 403


def test_rules_narrow_the_list_and_are_read_aloud(client_as: Any, ada: User) -> None:
    custom_fields.add(label="Level", kind="number")
    create(email="a@example.com", first_name="Ada", custom={"level": 5}, tags=["vip"])
    create(email="b@example.com", first_name="Bo", custom={"level": 1})
    client = client_as(ada)
    for field, op, value, found in (
        ("custom.level", "gte", "3", ["Ada"]), ("tags", "any_of", "vip, x", ["Ada"]),
        ("custom.level", "between", "0 and 2", ["Bo"]), ("stage", "is_empty", "", ["Ada", "Bo"]),
        ("created_at", "in_last_days", "7", ["Ada", "Bo"]), ("stage", "eq", "Screening", []),
    ):  # fmt: skip
        answer = client.get(LIST, {"rule_field": field, "rule_op": op, "rule_value": value, "sort": "name"})
        assert answer.status_code == 302, answer.text
        page = client.get(answer["Location"])
        assert names(page) == found, (field, op)
        assert "sort=name" in answer["Location"]
    two = client.get(
        f"{page.request['PATH_INFO']}?{page.request['QUERY_STRING']}&rule_field=city&rule_op=is_empty"
    )
    said = client.get(two["Location"]).context["rules_said"]
    assert [one.sentence for one in said] == ["Stage is Screening", "City is empty"]
    left = parse_qs(urlsplit(said[0].remove_url).query)["rules"][0]
    assert json.loads(left)["rules"] == [{"field": "city", "op": "is_empty"}]
    assert "rules" not in parse_qs(
        urlsplit(client.get(f"{LIST}{said[0].remove_url}").context["rules_said"][0].remove_url).query
    )


@pytest.mark.parametrize("rules", ["{", "[]", '{"field":"nonsense","op":"eq","value":1}'])
def test_rules_nobody_understands_never_mean_everybody(client_as: Any, ada: User, rules: str) -> None:
    create(email="a@example.com")
    client = client_as(ada)
    assert client.get(LIST, {"rules": rules}).status_code == 400
    assert client.get(f"{LIST}export/", {"rules": rules}).status_code == 400
    answer = client.post(f"{LIST}bulk/", {"all": "1", "query": f"rules={rules}", "stage": "screening"})
    assert answer.status_code == 400
    assert client.get(LIST, {"rule_field": "nope", "rule_op": "eq"}).status_code == 400
    assert not Candidate.objects.filter(stage="screening").exists()


def test_columns_show_what_is_asked_for(client_as: Any, ada: User) -> None:
    custom_fields.add(label="Badges", kind="set", choices=("Red", "Blue"))
    create(email="a@example.com", role_family="engineering", custom={"badges": ["Red", "Blue"]})
    page = client_as(ada).get(f"{LIST}?column=role_family&column=custom.badges&column=nope")
    ((_, _, cells),) = page.context["rows"]
    assert [(cell.column.label, cell.value) for cell in cells] == [
        ("Role family", "Engineering"), ("Badges", "Red, Blue"),
    ]  # fmt: skip


def test_a_mistyped_name_finds_those_close_to_it(client_as: Any, ada: User) -> None:
    create(email="a@example.com", first_name="Ada", last_name="Lovelace")
    create(email="b@example.com", first_name="Bo", last_name="Other")
    page = client_as(ada).get(f"{LIST}?q=lovelase")
    assert (names(page), page.context["is_close"]) == (["Ada"], True)
    assert "these come close" in page.text
    assert client_as(ada).get(f"{LIST}?q=qqqqqqq").context["page"].total == 0
