from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from crm.actions import brands
from crm.forms.capture_forms import BrandForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go
from crm.policies import brand_colors
from crm.queries import public_pages
from crm.views.capture_tabs import capture_tabs


@permission_required("capture.edit")
@require_http_methods(["GET", "POST"])
def edit(request: WorkspaceRequest) -> HttpResponse:
    look = public_pages.look(request.workspace)
    initial = {"accent": look.accent, "privacy_url": look.privacy_url}
    form = BrandForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            brands.change(given=form.cleaned_data, logo=form.logo_bytes(), by=request.membership.user)
        except DomainError as refusal:
            for name, sentence in refusal.fields.items():
                form.add_error(name, sentence)
        else:
            address = reverse("crm:brand", args=[request.workspace.slug])
            return go(request, address, toast=Toast("Saved. Public pages look like this from now on."))
    context = {
        "form": form,
        "look": look,
        "contrast": brand_colors.contrast(look.accent, brand_colors.WHITE),
        "tabs": capture_tabs(request, "crm:brand"),
    }
    return render(request, "crm/brand/edit.html", context, status=422 if form.errors else 200)
