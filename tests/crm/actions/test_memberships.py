import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from crm.actions import memberships
from crm.actions.memberships import AlreadyMember, InvitationOver, LastOwner, MayNotGrant
from crm.models import Invitation, Membership, Role, User, Workspace
from tests.factories import UserFactory

pytestmark = pytest.mark.usefixtures("scope")


def of(user: User) -> Membership:
    return Membership.objects.get(user=user)


def test_invite_mails_a_link_that_opens_the_invitation(grace: User, on_commit: Any) -> None:
    with on_commit():
        invitation = memberships.invite(email="New@Acme.example", role=Role.RECRUITER, by=of(grace))
    link = re.search(r"/join/(\S+)/", str(mail.outbox[0].body))
    assert link is not None
    assert memberships.read_token(link[1]) == (invitation.workspace_id, invitation.pk)
    assert mail.outbox[0].to == ["new@acme.example"]


def test_invite_twice_is_one_invitation_with_the_newer_role(grace: User) -> None:
    memberships.invite(email="new@acme.example", role=Role.RECRUITER, by=of(grace))
    memberships.invite(email="new@acme.example", role=Role.ANALYST, by=of(grace))
    assert list(Invitation.objects.values_list("email", "role")) == [("new@acme.example", "analyst")]


def test_invite_refuses_a_member(grace: User, ada: User) -> None:
    with pytest.raises(AlreadyMember):
        memberships.invite(email=ada.email, role=Role.RECRUITER, by=of(grace))
    assert Invitation.objects.count() == 0


def test_invite_refuses_an_owner_made_by_an_admin(grace: User) -> None:
    with pytest.raises(MayNotGrant):
        memberships.invite(email="boss@acme.example", role=Role.OWNER, by=of(grace))


def test_accept_makes_a_member_once(grace: User, workspace: Workspace) -> None:
    invitation = memberships.invite(email="new@acme.example", role=Role.ANALYST, by=of(grace))
    user = UserFactory.create(email="new@acme.example")
    assert memberships.accept(invitation=invitation, user=user).role == Role.ANALYST
    with pytest.raises(InvitationOver):
        memberships.accept(invitation=invitation, user=user)
    assert Membership.objects.filter(user=user, workspace=workspace).count() == 1


def test_revoked_and_old_invitations_open_nothing(grace: User, clock: Any) -> None:
    revoked = memberships.invite(email="a@acme.example", role=Role.ANALYST, by=of(grace))
    memberships.revoke(invitation=revoked, by=grace)
    old = memberships.invite(email="b@acme.example", role=Role.ANALYST, by=of(grace))
    clock.shift(timedelta(days=15))
    for invitation in (revoked, old):
        with pytest.raises(InvitationOver):
            memberships.open_invitation(invitation.pk)


def test_forged_token_opens_nothing() -> None:
    with pytest.raises(InvitationOver):
        memberships.read_token("WzEsMV0:forged:signature")


def test_last_owner_stays(olivia: User) -> None:
    for change in (
        lambda: memberships.change_role(membership=of(olivia), role=Role.ADMIN, by=of(olivia)),
        lambda: memberships.deactivate(membership=of(olivia), by=of(olivia)),
    ):
        with pytest.raises(LastOwner):
            change()
    assert of(olivia).role == Role.OWNER
    assert of(olivia).is_active


def test_admin_changes_roles_but_not_an_owners(grace: User, ada: User, olivia: User) -> None:
    assert memberships.change_role(membership=of(ada), role=Role.ADMIN, by=of(grace)).role == Role.ADMIN
    with pytest.raises(MayNotGrant):
        memberships.change_role(membership=of(olivia), role=Role.ADMIN, by=of(grace))


def test_deactivate_and_back(grace: User, ada: User) -> None:
    memberships.deactivate(membership=of(ada), by=of(grace))
    assert not of(ada).is_active
    memberships.reactivate(membership=of(ada), by=of(grace))
    assert of(ada).is_active
