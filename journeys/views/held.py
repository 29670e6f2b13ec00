from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.forms.ticked import ticked
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, render_page
from journeys.actions import enrollments
from journeys.queries import enrollments as standings

PAGE = 50


@permission_required("journeys.view")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    now, code = timezone.now(), request.GET.get("code", "")
    codes = standings.held_codes(now)
    rows = standings.held(now, code).order_by("enrolled_at", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    query = f"code={code}&" if code else ""
    context = {
        "rows": [(row, standings.sentence_for(row)) for row in page],
        "page": page,
        "total": page.paginator.count,
        "tabs": _tabs(code, codes),
        "previous_url": f"?{query}page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?{query}page={page.next_page_number()}" if page.has_next() else "",
    }
    return render_page(request, "journeys/enrollment/held.html", context)


@permission_required("enrollments.edit")
@require_POST
def decide(request: WorkspaceRequest) -> HttpResponse:
    ids, by = _chosen(request), request.membership.user
    if request.POST.get("action") == "exit":
        count = enrollments.exit_people(enrollment_ids=ids, reason="manual", now=timezone.now(), by=by)
        toast = Toast(f"{count} taken out.")
    else:
        count = enrollments.release_many(enrollment_ids=ids, by=by)
        left = len(ids) - count
        toast = Toast(f"{count} tried again now." + (f" {left} wait for the inbox." if left else ""))
    return go(request, reverse("journeys:held", args=[request.workspace.slug]), toast=toast)


def _chosen(request: WorkspaceRequest) -> list[int]:
    if request.POST.get("all") == "1":
        code = QueryDict(request.POST.get("query", "")).get("code", "")
        return list(standings.held(timezone.now(), code).values_list("pk", flat=True))
    return ticked(request.POST)


def _tabs(code: str, codes: list[tuple[str, int]]) -> list[dict[str, object]]:
    every = [("", sum(count for _, count in codes)), *codes]
    return [
        {
            "label": name.replace("_", " ").capitalize() if name else "Everybody",
            "href": f"?code={name}" if name else "?",
            "current": name == code,
            "count": count,
        }
        for name, count in every
    ]
