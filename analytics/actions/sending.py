from django.utils import timezone

from analytics.actions import mailed_views, mailings
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import workspace_scope
from crm.policies.sending import Verdict
from crm.providers.courier import Courier


def send(*, workspace_id: int, copy_id: int) -> None:
    """Send one copy of a mailed view: claimed first, read in the workspace, sent outside any transaction."""
    with workspace_scope(workspace_id):
        copy = mailings.claim(copy_id=copy_id, now=timezone.now())
    if copy is None:
        return
    try:
        with workspace_scope(workspace_id):
            mailed = mailed_views.read(copy=copy, now=timezone.now())
        failure = _deliver(mailed)
    except DomainError as refusal:
        failure = refusal.sentence
    with workspace_scope(workspace_id):
        mailings.settle(copy_id=copy_id, failure=failure, now=timezone.now())


def _deliver(mailed: mailed_views.Mailed) -> str:
    mail = mailed_views.compose(mailed)
    with Courier() as courier:
        answer = courier.reach() or courier.send(mail)
    return "" if answer.verdict == Verdict.ACCEPTED else f"{answer.verdict}: {answer.text}"
