from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from crm.actions import memberships
from crm.kernel.jobs import WorkspaceTask
from crm.kernel.tenancy import workspace_scope


@shared_task(
    name="crm.send_invitation", base=WorkspaceTask, scoped=False, autoretry_for=(OSError,), max_retries=5
)
def send_invitation(*, workspace_id: int, invitation_id: int, **_: object) -> None:
    """Mail the link. A second copy of an invitation harms nobody, so a failed send is simply tried again."""
    with workspace_scope(workspace_id):
        invitation = memberships.open_invitation(invitation_id)
        link = settings.BASE_URL + reverse("join", args=[memberships.token_of(invitation)])
        context = {
            "invitation": invitation,
            "workspace": invitation.workspace,
            "by": invitation.invited_by,
            "link": link,
        }
        subject = f"{invitation.invited_by} invites you to {invitation.workspace.name} on Rekindle"
        text = render_to_string("emails/invitation.txt", context)
    EmailMultiAlternatives(subject=subject, body=text, to=[invitation.email]).send()
