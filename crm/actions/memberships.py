from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import current_workspace_id
from crm.models import Invitation, Membership, Role, User
from crm.policies.roles import may_grant

LIFETIME = timedelta(days=14)
_SALT = "crm.invitation"


class AlreadyMember(DomainError):
    """This person is a member already."""


class MayNotGrant(DomainError):
    """Only an owner may make somebody an owner, and only admins and owners may change roles."""


class LastOwner(DomainError):
    """A workspace keeps at least one owner. Make somebody else an owner first."""


class InvitationOver(DomainError):
    """This invitation was used, taken back or has expired. Ask for a new one."""


@transaction.atomic
def invite(*, email: str, role: str, by: Membership) -> Invitation:
    """Invite an address; inviting it again while the first is open sends the mail again with the new role."""
    if not may_grant(by.role, role):
        raise MayNotGrant(fields={"role": str(MayNotGrant.__doc__)})
    email = email.strip().lower()
    workspace_id = current_workspace_id()
    if Membership.objects.filter(workspace_id=workspace_id, user__email=email, deactivated_at=None).exists():
        raise AlreadyMember(fields={"email": str(AlreadyMember.__doc__)})
    invitation, _ = Invitation.objects.update_or_create(
        email=email,
        accepted_at=None,
        revoked_at=None,
        defaults={"role": role, "invited_by": by.user, "expires_at": timezone.now() + LIFETIME},
    )
    events.record("member.invited", by=by.user, data={"invitation": invitation.pk, "role": role})
    enqueue("crm.send_invitation", invitation_id=invitation.pk)
    return invitation


def token_of(invitation: Invitation) -> str:
    """The signed part of the link in the mail."""
    return signing.dumps([invitation.workspace_id, invitation.pk], salt=_SALT)


def read_token(token: str) -> tuple[int, int]:
    """(workspace id, invitation id) of a link. Raises InvitationOver when it was not made here."""
    try:
        workspace_id, invitation_id = signing.loads(token, salt=_SALT, max_age=LIFETIME)
    except signing.BadSignature as forged:
        raise InvitationOver from forged
    return workspace_id, invitation_id


def open_invitation(invitation_id: int) -> Invitation:
    """The invitation if it can still be used. Raises InvitationOver otherwise."""
    invitation = Invitation.objects.filter(pk=invitation_id, accepted_at=None, revoked_at=None).first()
    if invitation is None or invitation.expires_at <= timezone.now():
        raise InvitationOver
    return invitation


@transaction.atomic
def accept(*, invitation: Invitation, user: User) -> Membership:
    """Make the user a member with the invited role. Accepting uses the invitation up."""
    used = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(
        accepted_at=timezone.now()
    )
    if not used:
        raise InvitationOver
    membership, _ = Membership.objects.update_or_create(
        workspace_id=current_workspace_id(),
        user=user,
        defaults={"role": invitation.role, "deactivated_at": None},
    )
    events.record("member.joined", by=user, data={"role": invitation.role})
    return membership


@transaction.atomic
def revoke(*, invitation: Invitation, by: User) -> None:
    """Take an open invitation back; its link stops working. Twice is once."""
    Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    events.record("member.invitation_revoked", by=by, data={"invitation": invitation.pk})


@transaction.atomic
def change_role(*, membership: Membership, role: str, by: Membership) -> Membership:
    """Give a member another role. Refuses to take the last owner away."""
    if not may_grant(by.role, role) or not may_grant(by.role, membership.role):
        raise MayNotGrant
    if membership.role == Role.OWNER and role != Role.OWNER:
        _demand_another_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    events.record("member.role_changed", by=by.user, data={"user": membership.user_id, "role": role})
    return membership


@transaction.atomic
def deactivate(*, membership: Membership, by: Membership) -> Membership:
    """End a membership; the person is out at the next click. What they did stays."""
    if not may_grant(by.role, membership.role):
        raise MayNotGrant
    if membership.role == Role.OWNER:
        _demand_another_owner(membership)
    membership.deactivated_at = membership.deactivated_at or timezone.now()
    membership.save(update_fields=["deactivated_at"])
    events.record("member.deactivated", by=by.user, data={"user": membership.user_id})
    return membership


@transaction.atomic
def reactivate(*, membership: Membership, by: Membership) -> Membership:
    """Let a former member back in with the role they had."""
    if not may_grant(by.role, membership.role):
        raise MayNotGrant
    membership.deactivated_at = None
    membership.save(update_fields=["deactivated_at"])
    events.record("member.reactivated", by=by.user, data={"user": membership.user_id})
    return membership


def _demand_another_owner(membership: Membership) -> None:
    owners = Membership.objects.select_for_update().filter(
        workspace_id=membership.workspace_id, role=Role.OWNER, deactivated_at=None
    )
    if not [owner for owner in owners if owner.pk != membership.pk]:
        raise LastOwner
