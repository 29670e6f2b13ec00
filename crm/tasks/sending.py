from celery import shared_task

from crm.actions import mail_accounts, provider_events, reply_mailboxes, sender_domains
from crm.kernel.jobs import WorkspaceTask, enqueue
from crm.kernel.tenancy import workspace_scope
from crm.queries import due


@shared_task(name="crm.send_test_mail", base=WorkspaceTask, scoped=False)
def send_test_mail(*, workspace_id: int, user_id: int, **_: object) -> None:
    """Try the workspace's own mail account. Unscoped: it calls the network."""
    mail_accounts.send_test(workspace_id=workspace_id, user_id=user_id)


@shared_task(name="crm.check_mail_domain", base=WorkspaceTask, scoped=False)
def check_mail_domain(*, workspace_id: int, **_: object) -> None:
    """Ask the name servers about the sender's domain. Unscoped: it calls the network."""
    sender_domains.check(workspace_id=workspace_id)


@shared_task(name="crm.sweep_mail_domains")
def sweep_mail_domains(**_: object) -> None:
    """Ask again once a day: records change behind everybody's back."""
    for workspace_id in due.workspaces("crm_due_mail_domains"):
        with workspace_scope(workspace_id):
            enqueue("crm.check_mail_domain")


@shared_task(name="crm.apply_provider_events", base=WorkspaceTask, scoped=False)
def apply_provider_events(*, workspace_id: int, **_: object) -> None:
    """Act on what providers told. Unscoped: each notice is counted as tried first."""
    provider_events.apply_waiting(workspace_id=workspace_id)


@shared_task(name="crm.sweep_provider_events")
def sweep_provider_events(**_: object) -> None:
    """Wake the reading of notices whose hint was lost, or that came before their time."""
    for workspace_id in due.workspaces("crm_due_provider_events"):
        with workspace_scope(workspace_id):
            provider_events.forget_old()
            enqueue("crm.apply_provider_events")


@shared_task(name="crm.read_mailboxes", base=WorkspaceTask, scoped=False)
def read_mailboxes(*, workspace_id: int, **_: object) -> None:
    """Read the mailboxes replies land in. Unscoped: it calls the network."""
    reply_mailboxes.read_due(workspace_id=workspace_id)


@shared_task(name="crm.wake_mailboxes")
def wake_mailboxes(**_: object) -> None:
    """Have the mailboxes read whose time has come."""
    for workspace_id in due.workspaces("crm_due_mailboxes"):
        with workspace_scope(workspace_id):
            enqueue("crm.read_mailboxes")
