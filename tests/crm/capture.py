"""What tests of public pages share: a live form and a visitor who takes their time."""

from datetime import timedelta
from typing import Any

import time_machine
from django.test import Client
from django.utils import timezone

from crm.actions import capture_forms, talent_events
from crm.models import CaptureForm, TalentEvent, User

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


def live_event(by: User, **given: Any) -> TalentEvent:
    start = timezone.now() + timedelta(days=3)
    values = {"name": "Open evening", "kind": "open_house", "starts_at": start, "place": "Torstraße 12",
              "ends_at": start + timedelta(hours=2), "time_zone": "Europe/Berlin"}  # fmt: skip
    event = talent_events.create(given=values | given, company="Acme GmbH", by=by)
    return talent_events.publish(event=event, by=by)
