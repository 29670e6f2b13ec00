from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from analytics.actions import preferences
from analytics.forms.preferences import PreferencesForm
from analytics.queries.preferences import preference, targets
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, render_page


@permission_required("workspace.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: WorkspaceRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, PreferencesForm.showing(preference(), targets()))
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    preferences.save(
        shows_recruiters=form.cleaned_data["shows_recruiters"],
        pivot_on=form.cleaned_data["pivot_on"],
        by=request.membership.user,
    )
    preferences.set_targets(values=form.targets, by=request.membership.user)
    url = reverse("analytics:kpis", args=[request.workspace.slug])
    return go(request, url, toast=Toast("Targets and preferences are kept."))


def _page(request: WorkspaceRequest, form: PreferencesForm, status: int = 200) -> HttpResponse:
    return render_page(request, "analytics/preference/form.html", {"form": form}, status=status)
