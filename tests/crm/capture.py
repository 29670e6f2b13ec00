"""What tests of public pages share: a live form and a visitor who takes their time."""

from typing import Any

import time_machine
from django.test import Client

from crm.actions import capture_forms
from crm.models import CaptureForm, User

ANSWERS = {
    "first_name": "Ines",
    "last_name": "Duarte",
    "email": "ines@people.example",
    "consent": "on",
}


def live_form(by: User, **given: Any) -> CaptureForm:
    form = capture_forms.create(title="Talent community", kind="community", company="Acme GmbH", by=by)
    if given:
        form = capture_forms.change(form=form, given=given, by=by)
    return capture_forms.publish(form=form, by=by)


def send(client: Client, path: str, clock: time_machine.Traveller, **answers: Any) -> Any:
    """Open the page, wait as a person would, send it."""
    page = client.get(path, headers={"User-Agent": "Mozilla/5.0"})
    clock.shift(9)
    return client.post(path, ANSWERS | {"token": page.context["fields"]["token"].value()} | answers)
