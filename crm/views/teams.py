from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from crm.actions import teams as actions
from crm.forms.teams import TeamForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go
from crm.models import Membership, Team
from crm.queries.memberships import members_of
from crm.queries.teams import teams


@permission_required("members.manage")
@require_http_methods(["GET", "POST"])
def index(request: WorkspaceRequest) -> HttpResponse:
    form = TeamForm(request.POST or None, colleagues=_colleagues(request))
    if request.method == "POST" and form.is_valid() and (team := _saved(request, form, None)):
        return go(request, _index(request), toast=Toast(f"Team “{team.name}” made."))
    context = {"form": form, "teams": teams()}
    return render(request, "crm/team/list.html", context, status=422 if form.errors else 200)


@permission_required("members.manage")
@require_http_methods(["GET", "POST"])
def edit(request: WorkspaceRequest, team_id: int) -> HttpResponse:
    team = get_object_or_404(teams(), pk=team_id)
    values = {"name": team.name, "members": [one.user_id for one in team.members.all()]}
    form = TeamForm(request.POST or None, initial=values, colleagues=_colleagues(request))
    if request.method == "POST" and form.is_valid() and _saved(request, form, team):
        return go(request, _index(request), toast=Toast("Saved."))
    context = {"form": form, "team": team}
    return render(request, "crm/team/form.html", context, status=422 if form.errors else 200)


@permission_required("members.manage")
@require_POST
def delete(request: WorkspaceRequest, team_id: int) -> HttpResponse:
    team = get_object_or_404(Team.objects, pk=team_id)
    actions.delete(team=team, by=request.membership.user)
    return go(request, _index(request), toast=Toast(f"Team “{team.name}” deleted."))


def _saved(request: WorkspaceRequest, form: TeamForm, team: Team | None) -> Team | None:
    name, user_ids = form.cleaned_data["name"], form.cleaned_data["members"]
    by = request.membership.user
    try:
        if team is None:
            return actions.create(name=name, user_ids=user_ids, by=by)
        return actions.update(team=team, name=name, user_ids=user_ids, by=by)
    except DomainError as refusal:
        form.add_error("name", refusal.sentence)
        return None


def _colleagues(request: WorkspaceRequest) -> list[Membership]:
    return list(members_of(request.workspace.pk).filter(deactivated_at=None))


def _index(request: WorkspaceRequest) -> str:
    return reverse("crm:teams", args=[request.workspace.slug])
