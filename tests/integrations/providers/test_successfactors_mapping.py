"""SuccessFactors' applications, people and offers: every surprising shape of the sheet."""

from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.providers.rows import Skipped, Unreadable
from integrations.providers.successfactors import (
    extras,
    mapping,
)


def ms(day: int) -> str:
    return f"/Date({int(datetime(2025, 10, day, 12, tzinfo=UTC).timestamp() * 1000)}+0000)/"


def change(number: int, day: int, name: str | None, **more: Any) -> dict[str, Any]:
    status = {"appStatusName": name} if name else None
    return {
        "revNumber": str(number),
        "createdDateTime": ms(day),
        "skippedStatus": 0,
        "jobAppStatus": status,
    } | more


def applied(*changes: dict[str, Any], status: str = "Open", current: str = "", **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "applicationId": "9001",
        "candidateId": "7001",
        "jobReqId": "2980",
        "status": status,
    }
    row |= {
        "applicationDate": ms(1),
        "lastModifiedDateTime": ms(20),
        "jobAppStatus": {"appStatusName": current},
    }
    return row | {"jobApplicationStatusAuditTrail": {"results": list(changes)}} | more


def test_trail_without_names_skips_and_comments_becomes_stays() -> None:
    row = applied(
        change(3, 9, None),
        change(1, 1, "New Application"),
        change(2, 5, "Interview One"),
        change(9, 6, "Manager Review", skippedStatus=1),
        change(4, 7, "Interview One", statusComments="called"),
        current="Interview Two",
    )

    told = mapping.trail(row)

    stays = [(stay.external_id, stay.name, stay.entered_at.day, stay.left_at) for stay in told.stays]
    assert [stay[:3] for stay in stays] == [
        ("1", "New Application", 1),
        ("2", "Interview One", 5),
        ("3", "Interview Two", 9),
    ]
    assert [stay[3].day if stay[3] else None for stay in stays] == [5, 9, None]
    assert told.is_told
    assert mapping.application(row).stage_name == "Interview Two"


def test_last_status_of_what_ended_is_the_reason_and_no_stay() -> None:
    row = applied(
        change(1, 1, "New Application"), change(2, 8, "Runner-up"), status="Disqualified", current="Runner-up"
    )

    told = mapping.rejection(row)

    assert told
    assert (told.outcome, told.reason, told.reason_text, told.ended_at and told.ended_at.day) == (
        "rejected",
        "runner_up",
        "Runner-up",
        8,
    )
    assert [stay.name for stay in mapping.trail(row).stays] == ["New Application"]


def test_comment_is_the_reason_where_the_status_says_nothing() -> None:
    end = change(2, 8, "Auto Disqualified")
    row = applied(end, status="1", current="Auto Disqualified", statusComments="No work permit")

    told = mapping.rejection(row)

    assert told
    assert (told.reason, told.reason_text) == ("location", "No work permit")


def test_application_closed_from_outside_keeps_its_last_stage() -> None:
    row = applied(change(1, 1, "New Application"), change(2, 5, "Onsite"), status="Closed", current="Onsite")

    stays = mapping.trail(row).stays

    assert [(stay.name, stay.left_at and stay.left_at.day) for stay in stays] == [
        ("New Application", 5),
        ("Onsite", 20),
    ]
    assert mapping.outcome_of(row) == "rejected"


def test_hire_is_a_date_or_a_status_of_that_very_name() -> None:
    dated = applied(change(1, 1, "Offer"), status="Closed", current="Offer", hiredOn=ms(12))
    named = applied(change(1, 1, "Offer"), change(2, 13, "Hired"), current="Hired")
    other = applied(status="Closed", current="Hired On Other Requisition")

    assert [found and found.hired_at.day for found in map(mapping.hire, (dated, named, other))] == [
        12,
        13,
        None,
    ]
    assert mapping.outcome_of(other) == "rejected"


@pytest.mark.parametrize("status", ["Saved Application", "5", "Draft Application"])
def test_what_was_never_sent_is_no_application(status: str) -> None:
    with pytest.raises(Skipped):
        mapping.application(applied(status=status))


def test_status_in_another_language_is_a_warning() -> None:
    with pytest.raises(Unreadable, match="offen"):
        mapping.application(applied(status="Offen"))


def test_anonymized_people_are_skipped_in_every_form() -> None:
    for told in ({"anonymized": "Yes"}, {"anonymized": "1"}, {"anonymizedDateTime": ms(3)}):
        with pytest.raises(Skipped, match="anonymized"):
            mapping.candidate({"candidateId": "1"} | told)


def test_person_is_told_by_profile_background_and_custom_fields() -> None:
    row: dict[str, Any] = {
        "candidateId": "9007199254740993",
        "firstName": "Alex",
        "creationDateTime": ms(1),
        "externalCandidate": False,
    }
    row |= {
        "primaryEmail": "Alex@Example.org",
        "contactEmail": "alex@example.org",
        "custWeb": "https://x.example/alex",
    }
    jobs = [
        {"startTitle": "Buyer", "employer": "Old"},
        {"startTitle": "Head", "employer": "Acme", "presentEmployer": "Yes"},
    ]
    row |= {"outsideWorkExperience": jobs, "tags": {"results": [{"label": "vip"}]}}

    told = mapping.candidate(row, links=("custWeb",))

    assert [(one.kind, one.value) for one in told.contacts] == [
        ("email", "alex@example.org"),
        ("link", "https://x.example/alex"),
    ]
    assert (told.external_id, told.current_title, told.current_company) == (
        "9007199254740993",
        "Head",
        "Acme",
    )
    assert told.tags == ("vip", "internal")


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("ACCEPTED", "accepted"),
        ("Accepted, PENDING_CANDIDATE", "pending"),
        ("NOT_VIEWED_BY_CAND", "pending"),
        ("Declined by candidate", "declined"),
        ("CANCELLED", "withdrawn"),
        ("Expired", "expired"),
    ],
)
def test_offer_letters_speak_by_code_or_label(written: str, status: str) -> None:
    letter = {"offerLetterId": "5", "status": written, "offerSentDate": ms(5), "candResponseDate": ms(7)}

    assert extras.offer(letter, "9001", 2).status == status


def test_offer_that_was_not_sent_is_none_yet() -> None:
    with pytest.raises(Skipped, match="not sent"):
        extras.offer({"offerLetterId": "5", "status": "PENDING"}, "9001", 1)
