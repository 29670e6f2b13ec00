from celery import shared_task
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone

from crm.kernel.jobs import WorkspaceTask
from crm.kernel.tenancy import workspace_scope
from crm.models import Workspace
from talentpools.actions import shortlist_reviews
from talentpools.queries import shortlist_reviews as reviews


@shared_task(
    name="talentpools.send_review", base=WorkspaceTask, scoped=False, autoretry_for=(OSError,), max_retries=5
)
def send_review(*, workspace_id: int, review_id: int, **_: object) -> None:
    """Mail the link. A second copy harms nobody, so a failed send is simply tried again."""
    with workspace_scope(workspace_id):
        letter = reviews.letter(review_id, now=timezone.now())
        context = {"letter": letter, "link": shortlist_reviews.link(letter.review)}
        text = render_to_string("emails/shortlist_review.txt", context)
    EmailMessage(subject=letter.subject, body=text, to=[letter.review.reviewer_email]).send()
    with workspace_scope(workspace_id):
        shortlist_reviews.note_mailed(review_id=review_id, at=timezone.now())


@shared_task(
    name="talentpools.send_review_result",
    base=WorkspaceTask,
    scoped=False,
    autoretry_for=(OSError,),
    max_retries=5,
)
def send_review_result(*, workspace_id: int, review_id: int, **_: object) -> None:
    """Tell the recruiter who asked that everybody on the list is judged."""
    with workspace_scope(workspace_id):
        result = reviews.result(review_id)
        text = render_to_string("emails/shortlist_reviewed.txt", {"result": result})
    if result.to:
        EmailMessage(subject=result.subject, body=text, to=[result.to]).send()


@shared_task(name="talentpools.remind_reviewers")
def remind_reviewers(**_: object) -> None:
    """Remind, once, who was asked three days ago and has not answered."""
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        with workspace_scope(workspace_id):
            shortlist_reviews.remind_waiting(now=timezone.now())
