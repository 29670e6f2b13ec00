from crm.models import CaptureForm
from journeys.models import Journey
from journeys.policies.form_welcomes import starts_from


def journeys_of(form: CaptureForm) -> list[Journey]:
    """Journeys that begin when this form is sent, by what runs or, before that, by the draft."""
    every = Journey.objects.select_related("version").order_by("name", "pk")
    return [
        one for one in every if starts_from(one.version.definition if one.version else one.draft, form.slug)
    ]
