from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from crm.forms.ticked import ticked
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go
from crm.models import CaptureForm
from talentpools.actions import form_pools
from talentpools.models import FormPool, Pool


@permission_required("capture.edit")
@require_http_methods(["GET", "POST"])
def panel(request: WorkspaceRequest, form_id: int) -> HttpResponse:
    """On a form's page: the pools it fills."""
    form = get_object_or_404(CaptureForm.objects, pk=form_id)
    offered = Pool.objects.filter(archived_at=None, visibility=Pool.Visibility.WORKSPACE).order_by("name")
    if request.method == "POST":
        ids = ticked(request.POST, "pools")
        chosen = list(offered.filter(pk__in=ids))
        form_pools.choose(form=form, pools=chosen, by=request.membership.user)
        url = reverse("crm:form", args=[request.workspace.slug, form.pk])
        return go(request, url, toast=Toast("Saved. It holds for everybody who sends it from now on."))
    chosen_ids = set(FormPool.objects.filter(form=form).values_list("pool_id", flat=True))
    pools = [(pool, pool.pk in chosen_ids) for pool in offered]
    return render(request, "talentpools/pool/of_form.html", {"form": form, "pools": pools})
