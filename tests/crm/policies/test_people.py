from typing import Any

import pytest

from crm.models import CustomField
from crm.policies import people
from crm.policies.people import InvalidPerson


def read(**given: Any) -> people.Person:
    return people.read(given, custom_fields={}, members={"ada@acme.example": 7, "7": 7})


@pytest.mark.parametrize(
    ("given", "columns"),
    [
        ({"first_name": " Ada \n King "}, {"first_name": "Ada King"}),
        ({"country": "Germany"}, {"country": "DE"}),
        ({"country": "deutschland"}, {"country": "DE"}),
        ({"country": "gb"}, {"country": "GB"}),
        ({"role_family": "Customer Success"}, {"role_family": "customer_success"}),
        ({"role_family": "Legal & Risk"}, {"role_family": "legal_risk"}),
        ({"stage": "Offer ready"}, {"stage": "offer_ready"}),
        ({"years_experience": "7,5"}, {"years_experience": 7.5}),
        ({"relocation": "Ja"}, {"relocation": True}),
        ({"languages": "German; english,German"}, {"languages": ["german", "english"]}),
        ({"full_name": "Ada King Lovelace"}, {"first_name": "Ada King", "last_name": "Lovelace"}),
        ({"full_name": "Lovelace, Ada"}, {"first_name": "Ada", "last_name": "Lovelace"}),
        ({"owner": "ADA@acme.example"}, {"owner_id": 7}),
        ({"owner": ""}, {"owner_id": None}),
        ({"not_before": "1.9.2026"}, {"not_before": "2026-09-01"}),
    ],
)
def test_values_are_stored_in_one_form(given: dict[str, Any], columns: dict[str, Any]) -> None:
    assert dict(read(**given).columns) == columns


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"first_name": "x" * 2_000}, "first_name"),
        ({"first_name": {"a": 1}}, "first_name"),
        ({"full_name": "x" * 2_000}, "full_name"),
        ({"country": "Atlantis"}, "country"),
        ({"stage": "hired"}, "stage"),
        ({"years_experience": "many"}, "years_experience"),
        ({"years_experience": 1e30}, "years_experience"),
        ({"time_zone": "Berlin"}, "time_zone"),
        ({"email": "nope"}, "email"),
        ({"phones": ["+1"]}, "phones"),
        ({"owner": "nobody@acme.example"}, "owner"),
        ({"custom": {"shoe": 1}}, "custom.shoe"),
        ({"custom": [][:0] or "x"}, "custom"),
        ({"shoe_size": 1}, "shoe_size"),
        ({"not_before": "never"}, "not_before"),
        ({"external_id": "x" * 201}, "external_id"),
        ({"skills": ["x" * 81]}, "skills"),
    ],
)
def test_what_cannot_be_stored_is_named(given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidPerson) as refusal:
        read(**given)
    assert list(refusal.value.fields) == [field]


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(InvalidPerson) as refusal:
        read(email="nope", country="Atlantis", typo=1)
    assert sorted(refusal.value.fields) == ["country", "email", "typo"]


def test_addresses_profiles_and_outside_ids_say_who_somebody_is() -> None:
    person = read(
        email="A@b.de", phone="+49301234567", links=["https://acme.com", "linkedin.com/in/a"], external_id="7"
    )
    assert person.identities == (("email", "a@b.de"), ("link", "linkedin.com/in/a"), ("external", "7"))


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [("number", "3,5", 3.5), ("bool", "no", False), ("date", "2026-01-02", "2026-01-02"),
     ("text", " x ", "x"), ("choice", "red", "red"), ("set", "red;blue", ["red", "blue"]),
     ("text", "", None)],
)  # fmt: skip
def test_own_fields_are_read_by_their_kind(kind: str, value: str, stored: Any) -> None:
    definition = CustomField(key="k", kind=kind, choices=["red", "blue"], workspace_id=1)
    person = people.read({"custom": {"k": value}}, custom_fields={"k": definition})
    assert dict(person.custom) == {"k": stored}
