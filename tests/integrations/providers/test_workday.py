"""What only Workday has: envelopes, faults that come with 500, two ways to sign in, reports, odd rows."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from lxml import etree

from integrations.providers.base import Access, Forbidden, Person, Rejected, Retryable, Revoked
from integrations.providers.workday import history, mapping, soap
from integrations.providers.workday.client import Client
from integrations.providers.workday.connector import WorkdayConnector
from tests.simulators.workday import Simulator
from tests.simulators.workday_reports import REPORTS
from tests.simulators.workday_writes import HEAD, TAIL

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    cache.clear()
    started = Simulator(people=8, uses_oauth=False).start()
    yield started
    started.stop()


def _client(simulator: Simulator, **settings: str) -> Any:
    access = Access(1, 61, simulator.settings | settings, simulator.credentials)
    return closing(Client(access, lane="sync", patience=5))


def _connector(simulator: Simulator, **settings: str) -> Any:
    access = Access(1, 62, simulator.settings | settings, simulator.credentials)
    return closing(WorkdayConnector(access, patience=5))


# Envelopes.


def test_entities_and_document_types_are_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + HEAD.encode() + b"<x>&a;</x>"

    for content in (bomb + TAIL.encode(), b"<html>busy</html>", b"<broken"):
        with pytest.raises(soap.NotXml):
            soap.body_of(content)


def test_row_reads_ids_by_type_and_leaves_protected_data_out() -> None:
    xml = (
        f'<d xmlns="{soap.BSVC}" xmlns:w="{soap.BSVC}"><R w:Descriptor="Ada">'
        '<ID w:type="Candidate_ID">C-1</ID>'
        '<ID w:type="WID">a1</ID></R><T>1</T><T>2</T><E/><Personal_Information_Data><Ethnicity>x</Ethnicity>'
        "</Personal_Information_Data><A><File_Content>QUJD</File_Content><Filename>cv</Filename></A></d>"
    )

    row = soap.row(etree.fromstring(xml))

    named = {"Descriptor": "Ada", "Candidate_ID": "C-1", "WID": "a1"}
    assert row == {"R": named, "T": ["1", "2"], "E": "", "A": {"Filename": "cv"}}


def test_envelope_signs_with_the_tenant_and_drops_what_xml_cannot_carry() -> None:
    name = soap.node("Name", "A\x00d\x0ba")
    sent = soap.envelope(soap.node("Get", name), version="v45.2", username="u@t", password="p<")

    assert b"<bsvc:Name>Ada</bsvc:Name>" in sent
    assert b"Username>u@t<" in sent
    assert b"p&lt;" in sent
    assert b'bsvc:version="v45.2"' in sent


# Signing in and refusals.


def test_integration_user_reads_services_and_reports(simulator: Simulator) -> None:
    with _client(simulator) as client:
        listing = client.page("Get_Candidates", moment=client.moment(), count=3)
        job = simulator.world.jobs.copy().popitem()[1]
        rows = client.report("CRM_Requisition_Dates", {"Job_Requisitions!WID": job.id.replace("-", "")})

    assert (len(listing.rows), listing.total, listing.following) == (3, 8, 2)
    assert [row["Job_Req_ID"] for row in rows] == [job.code]


def test_csv_report_tells_the_same(simulator: Simulator) -> None:
    held = next(held for held in simulator.world.applications.values() if held.meetings)
    asked = {"Job_Applications!WID": held.id.replace("-", "")}
    with _client(simulator) as client:
        plain = client.report("CRM_Interviews", asked)
    with _client(simulator, report_format="csv") as client:
        listed = client.report("CRM_Interviews", asked)

    assert [history.interview(row, "a") for row in listed] == [history.interview(row, "a") for row in plain]


def test_clock_of_the_server_serves_where_the_operation_is_refused(simulator: Simulator) -> None:
    simulator.faults.denied = {"Server_Timestamp_Get"}
    with _client(simulator) as client:
        moment = datetime.fromisoformat(client.moment())

    assert abs((moment - simulator.now()).total_seconds()) < 60


def test_wrong_password_comes_with_500_and_is_revoked(simulator: Simulator) -> None:
    simulator.password = "changed"
    with _client(simulator) as client:
        with pytest.raises(Revoked):
            client.page("Get_Candidates")
        with pytest.raises(Revoked):
            client.report("CRM_Interviews", {})
    assert len(simulator.requests) == 2  # neither is worth a second try


def test_faults_mean_what_they_say(simulator: Simulator) -> None:
    simulator.faults.denied = {"Get_Workers", "CRM_Interviews"}
    with _client(simulator) as client:
        with pytest.raises(Forbidden, match="Public Worker Reports"):
            client.page("Get_Workers", service="Human_Resources")
        with pytest.raises(Forbidden, match="shared with the integration user"):
            client.report("CRM_Interviews", {})
        with pytest.raises(Rejected, match="Count is out of range"):
            client.page("Get_Candidates", count=1000)
        simulator.faults.fail = 99
        with pytest.raises(Retryable):
            client.page("Get_Candidates")


def test_check_names_what_a_report_lacks_and_what_nobody_shows(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(REPORTS, "CRM_Application_History", ("Job_Application_ID", "Stage"))
    simulator.faults.denied = {"Put_Candidate"}
    monkeypatch.setattr(simulator.shapes, "_contact", lambda person: "")

    with _connector(simulator, interview_report="") as connector:
        verdict = connector.check()

    lacking = {right.name for right in verdict.rights if not right.is_granted}
    assert any("columns Candidate_ID, Stage_ID" in name for name in lacking)
    assert {"Candidate Data: Put", "no interview report"} <= lacking
    assert "Candidate Data: Personal Information (contact)" in lacking
    assert len(simulator.world.people) == 8  # the refused write made nobody


def test_history_that_is_no_longer_shared_stops_the_run(simulator: Simulator) -> None:
    simulator.faults.denied = {"CRM_Application_History"}

    with _connector(simulator) as connector, pytest.raises(Rejected, match="CRM_Application_History"):
        list(connector.pages(since=None, marks={}, position={}))


# Walking.


def test_pages_of_one_moment_hold_together(simulator: Simulator) -> None:
    world = simulator.world
    with _client(simulator) as client:
        moment = client.moment()
        read = client.page("Get_Candidates", moment=moment, count=3).rows
        new = world.add_person(first="New", last="Comer", email="n@example.org", at=AT)
        world.people = {new.id: world.people.pop(new.id)} | world.people
        for number in (2, 3):
            read += client.page("Get_Candidates", moment=moment, count=3, number=number).rows

        assert len({mapping.identity(row, "Candidate_Reference") for row in read}) == len(read) == 8
        assert client.page("Get_Candidates", moment=client.moment(), count=3).total == 9


def test_without_reports_the_present_is_told(simulator: Simulator) -> None:
    blank = {"history_report": "", "requisition_report": "", "interview_report": ""}
    with _connector(simulator, **blank) as connector:
        found: dict[str, list[Any]] = {}
        for page in connector.pages(since=None, marks={}, position={}):
            assert not page.whole
            found.setdefault(page.kind, []).extend(row.record for row in page.rows if row.record)

    world = simulator.world
    outcomes = {one.external_id: one.outcome for one in found["application"]}
    assert outcomes == {held.id.replace("-", ""): held.outcome for held in world.applications.values()}
    assert len(found["stage"]) == len(world.applications)
    assert "offer" not in found


def test_older_versions_are_asked_for_everything(simulator: Simulator) -> None:
    with _connector(simulator, version="v40.1") as connector:
        read = [row for page in connector.pages(since=AT, marks={}, position={}) for row in page.rows]
    assert len([row for row in read if row.record and row.external_id]) > 8


# Pushing.


def test_key_of_ours_is_given_once(simulator: Simulator) -> None:
    job = next(job for job in simulator.world.jobs.values() if job.status == "open")
    number = job.id.replace("-", "")
    person = Person("", "Zoë", "<Quick>", ("zoe@example.org",), ("+49 30 5550100",), (), "", "")
    with _connector(simulator) as connector:
        first = connector.push(person, number, "", "note")
        # As if the answer had been lost, and the search by address knew nothing yet.
        again = connector.push(person, number, "", "note")
        closed = next(job for job in simulator.world.jobs.values() if job.status == "closed")
        with pytest.raises(Rejected, match="not open"):
            connector.push(person, closed.id.replace("-", ""), first.candidate_id, "note")

    assert first == again
    made = simulator.world.by_email("zoe@example.org")
    assert [(one.first, one.last, one.tags) for one in made] == [("Zoë", "<Quick>", ["rekindle"])]
    assert [held.notes for held in simulator.world.of_person(made[0])] == [["note"]]
