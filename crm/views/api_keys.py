from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from crm.actions import api_keys
from crm.forms.api_keys import ApiKeyForm
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go
from crm.models import ApiKey


@permission_required("keys.manage")
@require_http_methods(["GET", "POST"])
def index(request: WorkspaceRequest) -> HttpResponse:
    form = ApiKeyForm(request.POST or None)
    made = None
    if request.method == "POST" and form.is_valid():
        made = api_keys.create(**form.cleaned_data, by=request.membership.user)
        form = ApiKeyForm()
    keys = ApiKey.objects.select_related("created_by").order_by("revoked_at", "-created_at")
    context = {"form": form, "keys": keys, "made": made}
    return render(request, "crm/api_key/list.html", context, status=422 if form.errors else 200)


@permission_required("keys.manage")
@require_POST
def revoke(request: WorkspaceRequest, key_id: int) -> HttpResponse:
    key = get_object_or_404(ApiKey.objects, pk=key_id)
    api_keys.revoke(key=key, by=request.membership.user)
    url = reverse("crm:api_keys", args=[request.workspace.slug])
    return go(request, url, toast=Toast(f"The key “{key.name}” opens nothing from now on."))
