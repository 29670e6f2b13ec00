"""The demo's pools: filled with the people recruiters wrote to, since the day they first did."""

from django.db import connection

from crm.kernel.tenancy import workspace_scope
from crm.management.demo.chapters import Demo
from crm.models import Candidate, CaptureForm, Requisition
from talentpools.actions import form_pools, refreshes, shortlist_reviews, shortlists, starter
from talentpools.models import Member, Pool, SegmentMember, ShortlistEntry

SHORTLISTED = 5


def gather(demo: Demo) -> str:
    """Starter pools, members with their past, refreshed segments and two shortlists, one half judged."""
    with workspace_scope(demo.workspace.pk):
        starter.install(demo.staff["grace"])
        _remember_members()
        _fill_from_form(demo)
        refreshes.refresh_all(now=demo.now)
        wanted = _open_engineering()
        for requisition in wanted:
            _shortlist(demo, requisition)
        if wanted:
            _review(demo, wanted[0])
        pools, members = Pool.objects.count(), Member.objects.filter(left_at=None).count()
        silver = SegmentMember.objects.filter(segment__name="Silver medalists", left_at=None).count()
        return f"{members:,} members in {pools} pools, {silver} silver medalists"


def _remember_members() -> None:
    """Whoever was written to, met or replied joined the pool of their role family the day before."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO talentpools_member (workspace_id, pool_id, candidate_id, added_by_id, entered_at)
            SELECT c.workspace_id, p.id, c.id, c.owner_id, min(e.occurred_at) - interval '1 day'
            FROM crm_candidate c
            JOIN talentpools_pool p ON p.workspace_id = c.workspace_id AND p.role_family = c.role_family
            JOIN crm_event e ON e.workspace_id = c.workspace_id AND e.candidate_id = c.id
              AND e.kind IN ('message.sent', 'event.attended')
            GROUP BY c.workspace_id, p.id, c.id, c.owner_id
            ON CONFLICT DO NOTHING
            """
        )


def _fill_from_form(demo: Demo) -> None:
    form = CaptureForm.objects.filter(kind=CaptureForm.Kind.COMMUNITY).order_by("pk").first()
    pool = Pool.objects.filter(role_family="engineering").order_by("pk").first()
    if form and pool:
        form_pools.choose(form=form, pools=[pool], by=demo.staff["ada"])


def _open_engineering() -> list[Requisition]:
    open_ones = Requisition.objects.filter(status=Requisition.Status.OPEN, role_family="engineering")
    found = list(open_ones.order_by("-opened_at")[:3])
    return found[1:] or found


def _shortlist(demo: Demo, requisition: Requisition) -> None:
    warm = Candidate.objects.filter(role_family=requisition.role_family, in_process=False)
    warm = warm.exclude(last_replied_at=None).exclude(applications__requisition=requisition)
    people = list(warm.order_by("-last_replied_at").values_list("pk", flat=True)[:SHORTLISTED])
    shortlists.add(
        requisition=requisition, candidate_ids=people, by=demo.staff["ada"], note="Replied warmly this year."
    )


def _review(demo: Demo, requisition: Requisition) -> None:
    """The hiring manager has judged three people so far; the rest wait for them."""
    harry = demo.staff["harry"]
    review = shortlist_reviews.invite(
        requisition=requisition,
        email=harry.email,
        name=harry.name,
        request="Five people who know us already. Who should we talk to first?",
        by=demo.staff["ada"],
    )
    said = (("star", "", "Let us talk to this one tomorrow."), ("yes", "", ""), ("no", "too_junior", ""))
    listed = ShortlistEntry.objects.filter(requisition=requisition).order_by("pk")
    for entry, (verdict, reason, note) in zip(listed, said, strict=False):
        shortlist_reviews.judge(review=review, entry_id=entry.pk, verdict=verdict, reason=reason, note=note)
