"""What only SuccessFactors has: OData's shapes, its customers' templates, a password for a signature."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.providers.base import Revoked
from integrations.providers.rows import Skipped, Unreadable
from integrations.providers.successfactors import (
    assertion,
    hooks,
    odata,
    requisitions,
    schema,
)
from tests.simulators.successfactors_door import keys

NOON = datetime(2025, 10, 1, 12, tzinfo=UTC)


def ms(day: int) -> str:
    return f"/Date({int(datetime(2025, 10, day, 12, tzinfo=UTC).timestamp() * 1000)}+0000)/"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("/Date(1759320000000)/", NOON),
        ("/Date(1759320000000+0000)/", NOON),
        ("/Date(1759320000000+0060)/", NOON),
        ("2025-10-01T12:00:00Z", NOON),
        ("/Date(-1000)/", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (None, None),
    ],
)
def test_dates_are_the_same_instant_in_every_form(written: str | None, read: datetime | None) -> None:
    assert odata.moment({"at": written}, "at") == read


def test_date_that_is_none_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="at is not a time"):
        odata.moment({"at": "/Date(yesterday)/"}, "at")


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ({"results": [{"id": "11391", "externalCode": "reqStatus_Open"}]}, ("reqStatus_Open",)),
        ({"externalCode": "o", "label_defaultValue": "Open"}, ("o", "Open")),
        ([{"picklistLabels": {"results": [{"locale": "en_US", "label": "On Hold"}]}}], ("On Hold",)),
        ("Filled", ("Filled",)),
        (11391, ("11391",)),
        ({"__deferred": {"uri": "…"}}, ()),
        (None, ()),
    ],
)
def test_picklists_speak_by_codes_labels_or_ids(held: Any, told: tuple[str, ...]) -> None:
    assert odata.words({"status": held}, "status") == told


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("JobApplication/applicationId=9001", "9001"),
        ("Candidate(7001L)", "7001"),
        ("JobApplication(applicationId=741)", "741"),
        ("7001", "7001"),
        ("", ""),
    ],
)
def test_keys_of_upserts_come_in_several_forms(written: str, number: str) -> None:
    assert odata.key_of(written) == number


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({"internalStatus": "1"}, "open"),
        ({"internalStatus": "1", "status": "On Hold"}, "on_hold"),
        (
            {"internalStatus": "1", "status": {"results": [{"externalCode": "reqStatus_Cancelled"}]}},
            "cancelled",
        ),
        ({"internalStatus": "2", "status": "Open"}, "closed"),
        ({"internalStatus": "2", "numberOpenings": "2.0", "openingsFilled": "2"}, "filled"),
        ({"internalStatus": "2", "numberOpenings": "2", "openingsFilled": "1"}, "closed"),
        ({"status": {"results": [{"externalCode": "x", "localeLabel": "Sourcing"}]}}, "open"),
    ],
)
def test_requisition_status_is_told_by_picklist_within_the_internal_one(
    row: dict[str, Any], status: str
) -> None:
    assert requisitions.status_of(row) == status


def test_requisition_that_is_none_is_skipped_with_its_reason() -> None:
    for row, reason in (
        ({"internalStatus": "0"}, "not approved yet"),
        ({"internalStatus": "1", "isDraft": True}, "draft"),
    ):
        with pytest.raises(Skipped, match=reason):
            requisitions.status_of(row)
    with pytest.raises(Skipped, match="deleted"):
        requisitions.requisition({"deleted": "Deleted"})
    with pytest.raises(Unreadable, match="internalStatus is “7”"):
        requisitions.status_of({"internalStatus": "7"})


def test_requisition_names_are_freed_of_codes_and_titles_are_of_its_language() -> None:
    locales = [{"locale": "en_US", "jobTitle": "Senior Buyer"}, {"locale": "de_DE", "jobTitle": "Einkäufer"}]
    row: dict[str, Any] = {
        "jobReqId": "2980",
        "internalStatus": "1",
        "lastModifiedDateTime": ms(3),
        "defaultLanguage": "de_DE",
    }
    row |= {"jobReqLocale": {"results": locales}, "department": "Procurement (5000123)", "country": "Germany"}
    row |= {"location_obj": {"name": "Berlin"}, "location": "ignored (DE01)", "custSkills": "Buying; Excel"}
    row |= {"jobReqPostings": [{"postStartDate": ms(9)}, {"postStartDateOffset": ms(4)}]}

    told = requisitions.requisition(row, ("custSkills",))

    assert (told.title, told.department, told.location) == ("Einkäufer", "Procurement", "Berlin")
    assert (told.country, told.skills, told.code) == ("DE", ("Buying", "Excel"), "2980")
    assert told.opened_at == datetime(2025, 10, 4, 12, tzinfo=UTC)


def test_schema_knows_what_the_templates_have() -> None:
    document = (
        b'<edmx:Edmx xmlns:edmx="e" xmlns:sap="s"><Schema xmlns="x"><EntityContainer>'
        b'<EntitySet Name="CandidateTags" sap:upsertable="false" sap:creatable="false"/></EntityContainer>'
        b'<EntityType Name="CandidateTags"/>'
        b'<EntityType Name="Candidate"><Property Name="city" sap:label="City"/>'
        b'<Property Name="cust_17" sap:label="LinkedIn profile" sap:upsertable="false"/>'
        b'<NavigationProperty Name="tags"/></EntityType></Schema></edmx:Edmx>'
    )

    told = schema.restored(schema.read(document).plain())

    assert told.only("Candidate", ("city", "zip", "tags/label")) == ("city", "tags/label")
    assert told.named_like("Candidate", "linkedin") == ("cust_17",)
    assert not told.can_write("Candidate", "cust_17")
    assert told.can_write("Candidate", "city")
    assert not told.can_write("CandidateTags")
    assert not told.knows("JobOffer")
    assert schema.Schema().has("Candidate", "anything")
    with pytest.raises(Unreadable):
        schema.read(b"<html><p>maintenance")


def test_key_is_read_however_it_was_pasted() -> None:
    text = keys()[0]
    for written in (
        text,
        f"-----BEGIN ENCRYPTED PRIVATE KEY-----\n{text}\n-----END ENCRYPTED PRIVATE KEY-----",
        f"-----BEGIN PRIVATE KEY----- {text[:64]} {text[64:]} -----END PRIVATE KEY-----",
    ):
        assert assertion.keys_of(written)[0].key_size == 2_048
    for broken in ("", "no key", text[:-40]):
        with pytest.raises(Revoked, match=r"private key|RSA"):
            assertion.keys_of(broken)


def test_password_lets_a_call_in_and_every_number_in_it_is_read_again() -> None:
    token = base64.b64encode(b"anybody:sesame").decode()
    body = b'{"job_application":{"application_id":4541,"candidate":{"candidateId":"4148"},"status":10}}'

    assert hooks.signature_is_valid({"Authorization": f"Basic {token}"}, "sesame")
    assert not hooks.signature_is_valid({"Authorization": f"Basic {token}"}, "other")
    assert not hooks.signature_is_valid({"Authorization": f"Bearer {token}"}, "sesame")
    assert not hooks.signature_is_valid({}, "")
    told = hooks.hint(body, now=1_000.0)
    assert told.reread == (("application", "4541"), ("candidate", "4148"))
    assert hooks.hint(body, now=1_100.0).event_id == told.event_id
    assert hooks.hint(body, now=9_000.0).event_id != told.event_id
    assert hooks.hint(b"<xml/>").reread == ()
