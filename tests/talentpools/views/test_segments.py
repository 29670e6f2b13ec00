import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crm.models import User, Workspace
from talentpools.actions import segments
from talentpools.actions.segments import Draft
from talentpools.models import Segment, SegmentDecision, SegmentMember
from tests.factories import CandidateFactory

As = Callable[[User], Client]
GERMANS = {"match": "all", "rules": [{"field": "country", "op": "eq", "value": "DE"}]}
POSTED = {
    "n.kind": "group",
    "n.match": "all",
    "n-0.kind": "rule",
    "n-0.before": "field:country",
    "n-0.subject": "field:country",
    "n-0.op": "eq",
    "n-0.value": "de",
}
ALONE = {"format": "rekindle.segment/1", "name": "Germans", "rules": GERMANS}
ABOUT = {"name": "Germans", "mode": "automatic"}


@pytest.fixture
def segment(scope: Workspace, grace: User) -> Segment:
    CandidateFactory.create(first_name="Emmy", last_name="Noether", country="DE")
    return segments.create(draft=Draft("Germans", GERMANS), by=grace)


def test_the_builder_saves_rules_without_json(scope: Workspace, grace: User, client_as: As) -> None:
    CandidateFactory.create(country="DE")

    answer = client_as(grace).post("/w/acme/pools/segments/new/", ABOUT | POSTED)

    made = Segment.objects.get()
    assert answer.status_code == 302
    assert made.rules == {"match": "all", "rules": [{"field": "country", "op": "eq", "value": "de"}]}
    assert made.size == 1


def test_faults_stand_beside_their_rule(scope: Workspace, grace: User, client_as: As) -> None:
    answer = client_as(grace).post("/w/acme/pools/segments/new/", ABOUT | POSTED | {"n-0.value": "Germany"})

    assert answer.status_code == 422
    assert answer.context["row"].rows[0].faults == ["This must be a two-letter country code like DE."]
    assert not Segment.objects.exists()


def test_buttons_change_the_rules_and_save_nothing(scope: Workspace, grace: User, client_as: As) -> None:
    client = client_as(grace)

    added = client.post("/w/acme/pools/segments/builder/", POSTED | {"do": "add:n"})
    grouped = client.post("/w/acme/pools/segments/new/", ABOUT | POSTED | {"do": "group:n"})
    removed = client.post("/w/acme/pools/segments/builder/", POSTED | {"do": "remove:n-0"})

    assert [row.node.kind for row in added.context["row"].rows] == ["rule", "rule"]
    assert [row.node.kind for row in grouped.context["row"].rows] == ["rule", "group"]
    assert removed.context["row"].rows == ()
    assert not Segment.objects.exists()


def test_choosing_another_field_offers_its_operators(scope: Workspace, grace: User, client_as: As) -> None:
    changed = POSTED | {"n-0.subject": "activity:event.attended"}

    answer = client_as(grace).post("/w/acme/pools/segments/builder/", changed)

    row = answer.context["row"].rows[0]
    assert [key for key, _ in row.operators] == ["at_least", "at_most", "exactly"]
    assert (row.node.op, row.node.one("value")) == ("at_least", "")


def test_the_preview_counts_while_editing(segment: Segment, grace: User, client_as: As) -> None:
    answer = client_as(grace).post("/w/acme/pools/segments/preview/", POSTED)

    assert "1</span> person matches" in answer.content.decode()
    assert "Emmy Noether" in answer.content.decode()


def test_every_tab_opens(segment: Segment, grace: User, client_as: As) -> None:
    client = client_as(grace)
    for tab in ("", "people/", "history/", "review/", "explanation/", "edit/", "export/"):
        assert client.get(f"/w/acme/pools/segments/{segment.pk}/{tab}").status_code == 200


def test_why_somebody_is_in(segment: Segment, ada: User, client_as: As) -> None:
    emmy = SegmentMember.objects.get().candidate_id

    page = client_as(ada).get(f"/w/acme/pools/segments/{segment.pk}/explanation/?candidate={emmy}")

    assert page.context["explained"].matches
    assert "theirs: DE" in page.content.decode()


def test_a_recruiter_decides_and_does_not_edit(segment: Segment, ada: User, client_as: As) -> None:
    emmy = SegmentMember.objects.get().candidate_id
    client, base = client_as(ada), f"/w/acme/pools/segments/{segment.pk}"

    client.post(f"{base}/decisions/", {"candidate": emmy, "verdict": "exclude"})

    assert SegmentDecision.objects.get().verdict == "exclude"
    assert not SegmentMember.objects.filter(left_at=None).exists()
    assert client.get(f"{base}/edit/").status_code == 403
    assert client.post(f"{base}/deletion/").status_code == 403


def test_reviewing_accepts_and_refuses(scope: Workspace, ada: User, client_as: As) -> None:
    yes, no = CandidateFactory.create(country="DE"), CandidateFactory.create(country="DE")
    segment = segments.create(draft=Draft("Review", GERMANS, mode="review"), by=ada)
    client, here = client_as(ada), f"/w/acme/pools/segments/{segment.pk}/review/"

    client.post(here, {"ids": [yes.pk], "verdict": "accept"})
    client.post(here, {"all": "1", "verdict": "refuse"})

    stays = SegmentMember.objects.filter(left_at=None).values_list("candidate_id", "is_reviewed")
    assert list(stays) == [(yes.pk, True)]
    assert SegmentDecision.objects.get().candidate_id == no.pk


def test_a_file_says_what_it_changes_before_it_is_brought_in(
    segment: Segment, grace: User, client_as: As
) -> None:
    client = client_as(grace)
    exported = json.loads(client.get(f"/w/acme/pools/segments/{segment.pk}/export/").content)
    text = json.dumps(exported | {"mode": "review"})

    seen = client.post("/w/acme/pools/import/", {"file": SimpleUploadedFile("germans.json", text.encode())})
    assert b"Matches wait for a person" in seen.content
    assert Segment.objects.get().mode == "automatic"

    done = client.post("/w/acme/pools/import/", {"text": text, "do": "import"})
    assert (done.status_code, done["Location"]) == (302, f"/w/acme/pools/segments/{segment.pk}/")
    assert Segment.objects.get().mode == "review"

    answer = client.post("/w/acme/pools/import/", {"text": text, "do": "builder"})
    page = client.get(answer["Location"])
    assert page.context["row"].rows[0].node.subject == "field:country"
    assert page.context["form"]["name"].value() == "Germans"


@pytest.mark.parametrize(
    "text",
    ["", "{", "[" * 3_000, "[]", json.dumps({"format": "other"}), json.dumps(ALONE | {"rules": {"x": 1}})],
)
def test_a_file_that_is_no_segment_is_refused(
    scope: Workspace, grace: User, client_as: As, text: str
) -> None:
    assert client_as(grace).post("/w/acme/pools/import/", {"text": text}).status_code == 422
    assert not Segment.objects.exists()


def test_a_segment_under_a_private_pool_is_hidden_too(
    scope: Workspace, ada: User, grace: User, client_as: As
) -> None:
    from talentpools.actions import pools

    secret = pools.create(draft=pools.Draft("Secret", visibility="private"), by=grace)
    hidden = segments.create(draft=Draft("Hidden", GERMANS, pool=secret), by=grace)

    assert client_as(ada).get(f"/w/acme/pools/segments/{hidden.pk}/").status_code == 404
    assert "Hidden" not in client_as(ada).get("/w/acme/pools/segments/").content.decode()


def test_rules_go_through_the_builder_unchanged(scope: Workspace) -> None:
    from crm.queries import rules
    from talentpools.policies import rule_drafts

    tree: dict[str, Any] = {
        "match": "any",
        "rules": [
            {"not": {"field": "engagement", "op": "between", "value": [15, 50.5]}},
            {"field": "skills", "op": "all_of", "value": ["Go", "Python"]},
            {"field": "created_at", "op": "between", "value": ["2026-01-01", None]},
            {"field": "stage", "op": "in", "value": ["screening", "offer_ready"]},
            {"field": "headline", "op": "is_empty"},
            {"activity": "event.attended", "op": "at_most", "count": 0, "within_days": 30},
            {"application": {"outcome": "rejected", "rejection_reason_in": ["timing", "runner_up"],
                             "was_in_stage": "offer", "during": [None, "2026-03-31"]}},
            {"not": {"match": "all", "rules": [{"segment": 4}, {"pool": 5}]}},
            {"journey": 7, "state": "exited", "exit_reason_in": ["replied", "hired"]},
            {"message": {"was": "opened"}},
            {"not": {"message": {"was": "replied", "journey": 7, "step": "thanks"}}},
            {"message": {"was": "sent", "step": "thanks"}},
        ],
    }  # fmt: skip

    assert rule_drafts.to_tree(rule_drafts.from_tree(tree), rules.language().fields) == tree


def test_journeys_and_their_mails_are_chosen_by_name(scope: Workspace, client_as: Any, grace: Any) -> None:
    from journeys.models import Journey

    steps = [{"id": "thanks", "type": "message"}, {"id": "wait", "type": "wait"}]
    journey = Journey.objects.create(name="Keep in touch", draft={"steps": steps})
    posted = {"n.kind": "group", "n.match": "all", "n-0.kind": "rule", "n-0.subject": "message",
              "n-0.before": "message", "n-0.value": f"{journey.pk}:thanks", "n-0.was": "clicked"}  # fmt: skip
    page = client_as(grace).post("/w/acme/pools/segments/builder/", posted).content.decode()
    assert f'<option value="{journey.pk}:thanks" selected>Keep in touch, thanks</option>' in page
    assert '<option value="clicked" selected>' in page
    assert page.count('name="n-0.was"') == 1
    assert "Keep in touch, wait" not in page
    stay = posted | {"n-0.subject": "journey", "n-0.value": str(journey.pk), "do": "group:n"}
    page = client_as(grace).post("/w/acme/pools/segments/builder/", stay).content.decode()
    assert re.search(r'id="n-1-match"[^>]* autofocus', page)
    gone = client_as(grace).post("/w/acme/pools/segments/builder/", posted | {"do": "remove:n-0"})
    assert re.search(r'id="n-match"[^>]* autofocus', gone.content.decode())
