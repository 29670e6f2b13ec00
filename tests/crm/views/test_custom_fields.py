from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.actions import candidates, custom_fields
from crm.models import CustomField, User
from talentpools.models import Segment

URL = "/w/acme/settings/fields/"
HTMX = {"HX-Request": "true"}
pytestmark = pytest.mark.usefixtures("scope")


def test_an_admin_adds_renames_moves_and_archives(client_as: Any, grace: User) -> None:
    client = client_as(grace)
    assert "What only you ask about people" in client.get(URL).text
    client.post(URL, {"label": "Shirt", "kind": "choice", "choices": "S\nM\n"})
    client.post(URL, {"label": "Level", "kind": "number"})
    shirt, level = CustomField.objects.get(key="shirt"), CustomField.objects.get(key="level")
    client.post(f"{URL}{level.pk}/place/", {"to": "up"})
    assert [field.key for field in client.get(URL).context["fields"]] == ["level", "shirt"]
    client.post(f"{URL}{shirt.pk}/", {"label": "T-shirt", "choices": "S\nM\nL"})
    shirt.refresh_from_db()
    assert (shirt.label, shirt.choices) == ("T-shirt", ["S", "M", "L"])
    client.post(f"{URL}{shirt.pk}/archive/")
    assert "T-shirt" in [field.label for field in client.get(URL).context["archived"]]
    client.post(f"{URL}{shirt.pk}/archive/")
    assert len(client.get(URL).context["fields"]) == 2


def test_bad_input_is_refused_with_the_form(client_as: Any, grace: User) -> None:
    client = client_as(grace)
    answer = client.post(URL, {"label": "Shirt", "kind": "choice"})
    assert (answer.status_code, "at least one option" in answer.text) == (422, True)
    field = custom_fields.add(label="Level", kind="number")
    answer = client.post(f"{URL}{field.pk}/", {"label": "City"})
    assert (answer.status_code, "There is a field" in answer.text) == (422, True)


def test_a_field_in_use_says_by_what(client_as: Any, grace: User) -> None:
    field = custom_fields.add(label="Level", kind="number")
    Segment.objects.create(name="Top", rules={"field": "custom.level", "op": "gt", "value": 3})
    answer = client_as(grace).post(f"{URL}{field.pk}/archive/")
    assert (answer.status_code, "segment “Top”" in answer.text) == (409, True)
    assert "Top" in client_as(grace).get(f"{URL}{field.pk}/").text


def test_outsiders_and_roles(client_as: Any, ada: User, mallory: User) -> None:
    field = custom_fields.add(label="Level", kind="number")
    for path in (URL, f"{URL}{field.pk}/"):
        assert client_as(ada).get(path).status_code == 403
        assert client_as(mallory).get(path).status_code == 404


def test_the_list_needs_the_same_statements_for_one_and_three(client_as: Any, grace: User) -> None:
    client, counts = client_as(grace), []
    for labels in (["A"], ["B", "C"]):
        for label in labels:
            custom_fields.add(label=label, kind="text")
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_own_fields_are_shown_and_edited_on_the_profile(client_as: Any, ada: User) -> None:
    custom_fields.add(label="Shirt", kind="choice", choices=("S", "M"))
    custom_fields.add(label="Badges", kind="set", choices=("Red", "Blue"))
    custom_fields.add(label="Cleared", kind="bool")
    custom_fields.add(label="Since", kind="date")
    given = {"shirt": "S", "badges": ["Red"], "cleared": True, "since": "2026-01-05"}
    person = candidates.create(given={"email": "a@example.com", "custom": given}, origin="manual")
    client, url = client_as(ada), f"/w/acme/candidates/{person.pk}/"
    shown = {fact.name: fact.value for fact in client.get(url).context["fields"]}
    assert [shown[f"custom.{key}"] for key in given] == ["S", ["Red"], "Yes", "5 Jan 2026"]
    one = f"{url}edit/?field=custom.badges"
    assert 'id="fact-custom-badges"' in client.get(one, headers=HTMX).text
    assert "Blue" in client.post(one, {"custom.badges": ["Red", "Blue"]}, headers=HTMX).text
    person.refresh_from_db()
    assert person.custom == given | {"badges": ["Red", "Blue"]}
    assert (
        client.post(f"{url}edit/?field=custom.shirt", {"custom.shirt": "XL"}, headers=HTMX).status_code == 422
    )
