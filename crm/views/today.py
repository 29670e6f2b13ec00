from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.forms.candidates import TaskForm
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.policies import due_times
from crm.policies.event_words import words_for
from crm.queries.candidate_list import owners
from crm.queries.candidates import living
from crm.queries.today import today


@permission_required("requisitions.view")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    if "candidates.view" not in request.permissions:
        return redirect("analytics:kpis", request.workspace.slug)  # an analyst's day begins with figures
    on, now = timezone.localdate(), timezone.now()
    found = today(user_id=request.membership.user_id, on=on, now=now)
    context = {
        "today": on,
        "found": found,
        "is_new": found.is_empty and not living().exists(),
        "now": now,
        "task_form": TaskForm(members=owners()),
        "snoozes": due_times.SNOOZES.items(),
        "signals": [(event, words_for(event.kind, event.data)) for event in found.signals],
        "panels": _panels(request),
    }
    return render(request, "crm/today/index.html", context)


def _panels(request: WorkspaceRequest) -> list[str]:
    urls = []
    for name in settings.TODAY_PANELS:
        try:
            urls.append(reverse(name, args=[request.workspace.slug]))
        except NoReverseMatch:
            continue
    return urls
