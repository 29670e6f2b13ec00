from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from crm.models import CaptureForm
from crm.policies import page_blocks
from crm.queries import landing_pages as found
from crm.queries import public_pages
from crm.views.public_forms import opened_form, take
from crm.views.public_pages import Visit, public_view


@require_http_methods(["GET", "HEAD", "POST"])
@public_view
def show(visit: Visit, slug: str) -> HttpResponse:
    page = found.public_page(slug)
    if page is None:
        raise Http404
    touch = visit.touch(f"landing:{slug}")
    form = page.form if page.form and page.form.state == CaptureForm.State.LIVE else None
    fields = opened_form(visit, form, touch) if form else None
    if visit.request.method == "POST" and fields and take(visit, fields):
        return visit.page("crm/public/thanks.html", {"form": form})
    visit.count(f"landing:{slug}", touch.source)
    context: dict[str, Any] = {
        "page": page,
        "blocks": page_blocks.read(page.blocks),
        "openings": public_pages.openings(),
        "form": form,
        "fields": fields,
    }
    status = 422 if visit.request.method == "POST" else 200
    return visit.page("crm/public/landing_page.html", context, status=status)
