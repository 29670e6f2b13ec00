from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.forms.ticked import ticked
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.models import Requisition
from crm.views.paging import page_of
from talentpools.actions import match_views
from talentpools.actions import shortlists as actions
from talentpools.actions.shortlist_reviews import link
from talentpools.forms.matches import read_filters
from talentpools.forms.shortlist_reviews import InviteForm
from talentpools.models import Receipt, ReviewVerdict, ShortlistEntry
from talentpools.queries import comparisons, matches, shortlists
from talentpools.queries import shortlist_reviews as reviews
from talentpools.views.requisitions import around, page_url


@permission_required("shortlists.view")
@require_safe
def index(request: WorkspaceRequest, requisition_id: int) -> HttpResponse:
    requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
    now, listed = timezone.now(), _listed(requisition, request.GET)
    ordered = shortlists.in_order(listed, request.GET.get("sort", ""), requisition, now=now)
    page = page_of(request, ordered)
    rows = _rows(page.rows, requisition)
    match_views.record(
        requisition=requisition,
        matches=[row.match for row in rows if row.match],
        by=request.membership.user,
        on="shortlist",
    )
    context = around(request, requisition, "shortlist") | _line(request)
    context |= {
        "page": page,
        "rows": rows,
        "q": request.GET.get("q", ""),
        "verdict": request.GET.get("verdict", ""),
        "verdict_chips": _verdict_chips(requisition, request.GET),
        "reviews": _reviews(requisition),
        "invite_form": InviteForm(initial=_manager(requisition)),
    }
    return render_page(request, "talentpools/requisition/shortlist.html", context, partial="people")


@permission_required("shortlists.view")
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: WorkspaceRequest, requisition_id: int) -> HttpResponse:
    requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
    if request.method == "POST":
        # The form of the list carries more than an address should.
        asked = QueryDict(mutable=True)
        picked = _picked(request, requisition)
        asked.setlist("ids", [str(pk) for pk in picked[: comparisons.MOST]])
        some = Toast(f"Five side by side at most: the first five of your {len(picked)}.")
        toast = some if len(picked) > comparisons.MOST else None
        return go(request, f"{request.path}?{asked.urlencode()}", toast=toast)
    people = comparisons.compare(requisition, ticked(request.GET), now=timezone.now())
    compared = [one.match for one in people if one.match]
    match_views.record(requisition=requisition, matches=compared, by=request.membership.user, on="comparison")
    context = around(request, requisition, "shortlist") | {
        "people": people,
        "may_see_people": "candidates.view" in request.permissions,
    }
    return render(request, "talentpools/requisition/comparison.html", context)


@permission_required("shortlists.edit")
@require_POST
def add(request: WorkspaceRequest, requisition_id: int) -> HttpResponse:
    requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
    try:
        ids = _chosen(request, requisition)
    except DomainError as refusal:
        return refuse(request, refusal)
    note = request.POST.get("note", "").strip()[:1000]
    receipt = actions.add(requisition=requisition, candidate_ids=ids, by=request.membership.user, note=note)
    known = f", {receipt.unchanged} on it already" if receipt.unchanged else ""
    toast = Toast(f"{_people(receipt.changed)} on the shortlist{known}.", undo_url=_undo(request, receipt))
    here = request.POST.getlist("ids")[-1:]
    row = f"#match-{here[0]}" if here and here[0].isdecimal() else ""
    return go(request, f"{page_url(request, requisition)}{_same_list(request)}{row}", toast=toast)


@permission_required("shortlists.edit")
@require_POST
def remove(request: WorkspaceRequest, requisition_id: int) -> HttpResponse:
    requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
    ids = _picked(request, requisition)
    receipt = actions.remove(requisition=requisition, candidate_ids=ids, by=request.membership.user)
    toast = Toast(f"{_people(receipt.changed)} taken off the shortlist.", undo_url=_undo(request, receipt))
    return go(request, f"{_list_url(request, requisition.pk)}{_same_list(request)}", toast=toast)


@permission_required("shortlists.edit")
@require_POST
def note(request: WorkspaceRequest, requisition_id: int, entry_id: int) -> HttpResponse:
    entry = get_object_or_404(ShortlistEntry.objects, pk=entry_id, requisition_id=requisition_id)
    entry = actions.note(entry=entry, text=request.POST.get("note", "")[:1000])
    if not request.htmx:
        back = f"{_list_url(request, requisition_id)}{_same_list(request)}#entry-{entry.pk}"
        return go(request, back, toast=Toast("Note kept."))
    (row,) = _rows([entry], entry.requisition)
    context = _line(request) | {"requisition": entry.requisition, "row": row}
    return render(request, "talentpools/requisition/shortlist_row.html", context)


@permission_required("shortlists.edit")
@require_POST
def undo(request: WorkspaceRequest, receipt_id: int) -> HttpResponse:
    kinds = (Receipt.Kind.SHORTLIST_ADD, Receipt.Kind.SHORTLIST_REMOVE)
    receipt = get_object_or_404(Receipt.objects, pk=receipt_id, kind__in=kinds)
    try:
        actions.undo(receipt=receipt, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _list_url(request, receipt.target_id), toast=Toast("Undone."))


def _listed(requisition: Requisition, asked: QueryDict) -> QuerySet[ShortlistEntry]:
    """The list as its address narrows it."""
    return shortlists.entries(requisition, verdict=asked.get("verdict", ""), text=asked.get("q", ""))


def _picked(request: WorkspaceRequest, requisition: Requisition) -> list[int]:
    """The people ticked, or with `all` everybody on the list as it was narrowed."""
    if not request.POST.get("all"):
        return ticked(request.POST)
    narrowed = _listed(requisition, QueryDict(request.POST.get("query", "")))
    return list(narrowed.values_list("candidate_id", flat=True))


@dataclass(frozen=True, slots=True)
class _Row:
    """A person on the list, how well they fit, and what each reviewer said."""

    entry: ShortlistEntry
    match: matches.Match | None
    said: list[ReviewVerdict]


def _rows(entries: Sequence[ShortlistEntry], requisition: Requisition) -> list[_Row]:
    people = [entry.candidate_id for entry in entries]
    fits = matches.of_people(people, requisition, now=timezone.now())
    said = reviews.verdicts_on(entries)
    return [_Row(entry, fits.get(entry.candidate_id), said.get(entry.pk, [])) for entry in entries]


def _line(request: WorkspaceRequest) -> dict[str, Any]:
    """What a row of the list needs to know of its reader."""
    return {
        "may_see_people": "candidates.view" in request.permissions,
        "may_shortlist": "shortlists.edit" in request.permissions,
        "query": request.POST.get("query", request.GET.urlencode()),
    }


def _verdict_chips(requisition: Requisition, asked: QueryDict) -> list[dict[str, Any]]:
    chosen = asked.get("verdict", "")
    return [
        {
            "label": f"{label} {people}",
            "href": _narrowed(asked, "" if value == chosen else value),
            "is_on": value == chosen,
        }
        for value, label, people in shortlists.by_verdict(requisition)
    ]


def _narrowed(asked: QueryDict, verdict: str) -> str:
    query = asked.copy()
    query.pop("page", None)
    query.pop("verdict", None)
    if verdict:
        query["verdict"] = verdict
    return f"?{query.urlencode()}"


def _manager(requisition: Requisition) -> dict[str, str]:
    """Whom the requisition names as its hiring manager, as far as it does."""
    named = requisition.hiring_manager
    if named is None:
        return {"name": requisition.hiring_manager_name}
    return {"name": named.name, "email": named.email}


def _reviews(requisition: Requisition) -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {"review": review, "is_open": review.is_open(now), "link": link(review)}
        for review in reviews.of_requisition(requisition)[:20]
    ]


def _chosen(request: WorkspaceRequest, requisition: Requisition) -> list[int]:
    """The people ticked, or with `all` everybody the list under the form shows."""
    if not request.POST.get("all"):
        return ticked(request.POST)
    asked = dict(QueryDict(request.POST.get("query", "")).lists())
    filters = read_filters(asked, requisition, reader=request.membership.user_id)
    found = matches.people(requisition, filters, now=timezone.now())
    return list(found.order_by().values_list("pk", flat=True))


def _same_list(request: WorkspaceRequest) -> str:
    """The query string of the list the form stood under, so that it is shown again."""
    query = QueryDict(request.POST.get("query", "")).urlencode()
    return f"?{query}" if query else ""


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _undo(request: WorkspaceRequest, receipt: Receipt) -> str:
    return reverse("talentpools:shortlist_undo", args=[request.workspace.slug, receipt.pk])


def _list_url(request: WorkspaceRequest, requisition_id: int) -> str:
    return reverse("talentpools:shortlist", args=[request.workspace.slug, requisition_id])
