from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm.actions import referrals
from crm.actions.referrals import LinkNotValid
from crm.forms.referrals import ReferralForm
from crm.kernel.errors import DomainError
from crm.kernel.rate_limits import is_allowed, visitor
from crm.models import Referral
from crm.policies.languages import told
from crm.views.public_pages import Visit, public_view

_MOST, _SPAN = 20, 600


@require_http_methods(["GET", "HEAD", "POST"])
@public_view
def refer(visit: Visit, token: str) -> HttpResponse:
    """For colleagues with the link."""
    if not referrals.is_page_token(token):
        raise Http404
    form = ReferralForm(visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid() and _is_welcome(visit, form):
        try:
            made = referrals.refer(given=form.cleaned_data, key=form.key)
        except DomainError as refusal:
            for name, sentence in refusal.fields.items():
                form.add_error(name if name in form.fields else None, told(sentence))
        else:
            path = reverse("referral_status", args=[visit.workspace.slug, made.key])
            return visit.page("crm/public/referred.html", {"status_path": path})
    return visit.page("crm/public/refer.html", {"fields": form}, status=422 if form.errors else 200)


@require_safe
@public_view
def status(visit: Visit, key: UUID) -> HttpResponse:
    """How it goes, for whoever made the referral: a state and no more."""
    found = Referral.objects.filter(key=key).first()
    if found is None:
        return visit.page("crm/public/gone.html", {}, status=404)
    return visit.page("crm/public/referral_status.html", {"referral": found})


@require_http_methods(["GET", "HEAD", "POST"])
@public_view
def answer(visit: Visit, token: str) -> HttpResponse:
    """For the person who was named: yes or no."""
    try:
        referral = referrals.by_token(token)
        if visit.request.method == "POST":
            decide = referrals.agree if visit.request.POST.get("answer") == "yes" else referrals.decline
            referral = decide(token=token)
    except LinkNotValid:
        return visit.page("crm/public/gone.html", {}, status=404)
    context = {"referral": referral, "words": referrals.consent_text().text}
    return visit.page("crm/public/referral_answer.html", context)


def _is_welcome(visit: Visit, form: ReferralForm) -> bool:
    counter = f"referral:{visit.workspace.pk}:{visitor(visit.request)}"
    if is_allowed(counter, most=_MOST, seconds=_SPAN):
        return True
    form.add_error(None, _("That was often. Please wait a few minutes and send it again."))
    return False
