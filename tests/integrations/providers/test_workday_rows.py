"""Workday's rows and pokes → our records, per surprising shape. No network, no database."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.providers.rows import Skipped, Unreadable
from integrations.providers.workday import history, hooks, mapping, people, reports, requisitions
from integrations.providers.workday.mapping import Context, Held

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_poke_takes_basic_and_bearer() -> None:
    basic = base64.b64encode(b"anybody:secret").decode()
    assert hooks.signature_is_valid({"Authorization": f"Basic {basic}"}, "secret")
    assert hooks.signature_is_valid({"Authorization": "Bearer secret"}, "secret")
    for header in (f"Basic {basic}", "Basic §", "Bearer other", ""):
        assert not hooks.signature_is_valid({"Authorization": header}, "other secret")
    assert not hooks.signature_is_valid({"Authorization": "Bearer "}, "")
    told = hooks.hint(b'{"id": 7, "candidates": ["C-1", null], "requisitions": ["R-1"], "x": 1}')
    assert told.reread == (("candidate", "C-1"), ("requisition", "R-1"))
    assert hooks.hint(b"[]").reread == hooks.hint(b"\xff").reread == ()


def _held(**applied: Any) -> Held:
    row = {"Candidate_Reference": {"WID": "c1"}, "Candidate_Data": applied.pop("data", {})}
    references = {"Job_Application_Reference": {"WID": "a1"}, "Job_Requisition_Reference": {"WID": "j1"}}
    lines = tuple(applied.pop("lines", ()))
    return Held(row, references | {"Status_Timestamp": "2026-11-20T08:00:00.123-08:00"} | applied, lines)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-10-01T02:00:00.000-07:00", "2026-10-01T09:00:00+00:00"),
        ("2024-02-05T09:38:58.150000-08:00", "2024-02-05T17:38:58.150000+00:00"),
        ("2018-07-19+00:00", "2018-07-19T12:00:00+00:00"),
        ("2018-07-19", "2018-07-19T12:00:00+00:00"),
        ("2018-07-19Z", "2018-07-19T12:00:00+00:00"),
    ],
)
def test_times_carry_the_tenants_offset(text: str, wanted: str) -> None:
    found = mapping.moment(text, "x")
    assert found is not None
    assert found.astimezone(UTC).isoformat() == wanted


@pytest.mark.parametrize(
    ("applied", "wanted"),
    [
        ({}, "active"),
        ({"Disposition_Reference": {"Descriptor": "Not enough experience"}}, "rejected"),
        ({"Disposition_Reference": {"Recruiting_Disposition_ID": "Candidate_withdrew"}}, "withdrawn"),
        ({"data": {"Status_Data": {"Withdrawn": "1"}}}, "withdrawn"),
        ({"lines": [{"Hire_Date": "2026-12-01"}]}, "hired"),
        (
            {"lines": [{"Hire_Date": ""}], "Stage_Reference": {"Recruiting_Stage_ID": "READY_FOR_HIRE"}},
            "active",
        ),
        ({"Stage_Reference": {"Recruiting_Stage_ID": "READY_FOR_HIRE"}}, "active"),
        (
            {
                "Stage_Reference": {"Recruiting_Stage_ID": "READY_FOR_HIRE"},
                "data": {"Worker_Reference": {"Employee_ID": "1"}},
            },
            "hired",
        ),
        ({"lines": [{"Disposition_Date": "2026-11-01", "Hire_Date": "2026-10-01"}]}, "rejected"),
    ],
)
def test_outcome_is_told_and_never_guessed(applied: dict[str, Any], wanted: str) -> None:
    assert mapping.outcome(_held(**applied)) == wanted


def test_stage_is_known_by_its_id_not_by_its_words() -> None:
    assert mapping.stage_name("BACKGROUND_CHECK", "Hintergrund", "") == "Background check"
    assert mapping.stage_name("INTERVIEW", "Gespräch", "Panel") == "Interview: Panel"
    assert mapping.stage_name("", "Gespräch", "Gespräch") == "Gespräch"
    assert mapping.stage_name("9" * 32, "Own stage", "") == "Own stage"


def test_offers_are_versions_by_the_day_they_were_sent() -> None:
    lines = [
        {
            "Stage_ID": "OFFER",
            "Stage_Entered": "2026-11-01",
            "Offer_Sent": "2026-11-12",
            "Offer_Accepted": "",
        },
        {
            "Stage_ID": "OFFER",
            "Stage_Entered": "2026-11-01",
            "Offer_Sent": "2026-11-02",
            "Offer_Declined": "2026-11-05",
        },
        {"Stage_ID": "OFFER", "Stage_Entered": "2026-11-01", "Offer_Sent": "2026-11-12"},
    ]

    told = history.offers(_held(lines=lines))

    assert [(one.version, one.status) for one in told] == [(1, "declined"), (2, "pending")]
    assert len(history.stages(_held(lines=lines))) == 1


def test_purged_people_are_skipped_and_phones_get_their_country() -> None:
    with pytest.raises(Skipped, match="purged"):
        people.candidate({"Candidate_Reference": {"WID": "c1"}, "Candidate_Data": {}}, Context(AT))
    contact = {"Phone_Number": "555-0100", "Country_Phone_Code_Reference": {"Country_Phone_Code_ID": "USA_1"}}
    names = {"Legal_Name": {"Name_Detail_Data": {"Full_Name": "Łucja Pułaska"}}}
    place = {"Country_Reference": {"ISO_3166-1_Alpha-3_Code": "POL"}, "City": "Kraków"}
    data = {"Name_Data": names, "Contact_Data": contact | {"Location_Data": place}}

    told = people.candidate({"Candidate_Reference": {"WID": "c1"}, "Candidate_Data": data}, Context(AT))

    assert (told.first_name, told.last_name, told.country) == ("Łucja", "Pułaska", "PL")
    assert [one.value for one in told.contacts] == ["+1 555-0100"]


def _job(status: str, **told: str) -> Any:
    data = {"Job_Requisition_Status_Reference": {"Job_Requisition_Status_ID": status}}
    detail = {"Job_Posting_Title": "Buyer", "Positions_Allocated": "2.0"}
    row = {
        "Job_Requisition_Reference": {"WID": "j1", "Job_Requisition_ID": "R-1"},
        "Job_Requisition_Data": data | {"Job_Requisition_Detail_Data": detail},
    }
    own = requisitions.own_statuses("jr_parked=on_hold; JR_LIVE=open, X=nonsense")
    return requisitions.requisition(row, Context(AT, statuses=own, dates={"R-1": told}))


def test_requisition_has_its_dates_from_the_report() -> None:
    ended = {"Closed": "2026-11-01", "Filled": ""}

    assert (_job("FILLED", **ended).status, _job("FILLED", **ended).filled_at) == (
        "filled",
        mapping.moment("2026-11-01", ""),
    )
    assert _job("OPEN", **ended).closed_at is None  # opened again
    assert (_job("JR_PARKED").status, _job("JR_LIVE").status, _job("OPEN").openings) == ("on_hold", "open", 2)
    holds = _job("OPEN", On_Hold_From="2026-01-01;2026-02-01", On_Hold_To="2026-01-05").holds
    assert [end is None for _, end in holds] == [False, True]
    with pytest.raises(Skipped):
        _job("PENDING")
    with pytest.raises(Unreadable, match="NEW_ONE"):
        _job("NEW_ONE")


def test_report_without_rows_may_have_no_key() -> None:
    assert reports.rows(b"{}", "application/json") == []
    assert reports.rows(b'{"Report_Entry": {"a": "1"}}', "application/json") == [{"a": "1"}]
    with pytest.raises(ValueError, match="no object"):
        reports.rows(b"[]", "application/json")
    assert reports.texts({"x": [{"value": "1"}, {"value": ""}]}, "x") == ("1",)
