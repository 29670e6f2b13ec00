from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from crm.actions import users
from crm.forms.you import YouForm
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go


@permission_required("requisitions.view")  # every role has it
@require_http_methods(["GET", "POST"])
def edit(request: WorkspaceRequest) -> HttpResponse:
    user = request.membership.user
    form = YouForm(request.POST or None, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        users.rename(user=user, name=form.cleaned_data["name"])
        return go(request, reverse("crm:you", args=[request.workspace.slug]), toast=Toast("Saved."))
    return render(request, "crm/user/edit.html", {"form": form}, status=422 if form.errors else 200)
