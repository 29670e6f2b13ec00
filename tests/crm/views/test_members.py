from typing import Any

import pytest
from django.test import Client

from crm.actions import memberships
from crm.kernel.tenancy import workspace_scope
from crm.models import Invitation, Membership, Role, User, Workspace

URL = "/w/acme/settings/members/"


def test_members_shows_everybody(client_as: Any, grace: User, ada: User) -> None:
    page = client_as(grace).get(URL)
    assert page.status_code == 200
    assert ada.email in page.text


def test_members_is_closed_to_recruiters(client_as: Any, ada: User) -> None:
    assert client_as(ada).get(URL).status_code == 403


def test_members_does_not_exist_for_outsiders(client_as: Any, grace: User, mallory: User) -> None:
    assert client_as(mallory).get(URL).status_code == 404


def test_members_asks_strangers_to_sign_in(client: Client, workspace: Workspace) -> None:
    answer = client.get(URL)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_expired_session_sends_htmx_to_sign_in(client: Client, workspace: Workspace) -> None:
    answer = client.get(URL, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/accounts/login/"


def test_invite_refuses_a_bad_address(client_as: Any, grace: User, workspace: Workspace) -> None:
    answer = client_as(grace).post("/w/acme/settings/invitations/", {"email": "nope", "role": "recruiter"})
    assert answer.status_code == 422
    with workspace_scope(workspace.pk):
        assert Invitation.objects.count() == 0


def test_change_role(client_as: Any, grace: User, ada: User) -> None:
    membership = Membership.objects.get(user=ada)
    url = f"{URL}{membership.pk}/"
    answer = client_as(grace).post(url, {"role": "admin", "is_active": "on"})
    assert answer.status_code == 302
    membership.refresh_from_db()
    assert membership.role == Role.ADMIN


def test_change_of_a_member_elsewhere_is_not_found(client_as: Any, grace: User, mallory: User) -> None:
    membership = Membership.objects.get(user=mallory)
    answer = client_as(grace).post(f"{URL}{membership.pk}/", {"role": "analyst", "is_active": "on"})
    assert answer.status_code == 404


@pytest.fixture
def link(grace: User, workspace: Workspace) -> str:
    with workspace_scope(workspace.pk):
        invitation = memberships.invite(
            email="new@acme.example", role=Role.RECRUITER, by=Membership.objects.get(user=grace)
        )
        return f"/join/{memberships.token_of(invitation)}/"


def test_join_as_somebody_new(client: Client, link: str) -> None:
    assert client.get(link).status_code == 200
    answer = client.post(link, {"name": "Nina", "password": "correct horse battery"})
    assert answer["Location"] == "/w/acme/"
    assert Membership.objects.get(user__email="new@acme.example").role == Role.RECRUITER
    assert client.get(link).status_code == 404


def test_join_refuses_a_weak_password(client: Client, link: str) -> None:
    answer = client.post(link, {"name": "Nina", "password": "password12"})
    assert answer.status_code == 422
    assert not User.objects.filter(email="new@acme.example").exists()


def test_join_with_a_forged_link(client: Client) -> None:
    assert client.get("/join/forged/").status_code == 404
