"""Make a workspace and its owner."""

import json
from argparse import ArgumentParser
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.urls import reverse

from crm.actions import users, workspaces
from crm.kernel.errors import DomainError
from crm.models import User


class Command(BaseCommand):
    help = "Make a workspace; its owner gets a one-time link to set a password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--owner", required=True, metavar="EMAIL")
        parser.add_argument("--workspace", default="", metavar="SLUG", help="the address it is to have")
        parser.add_argument("--time-zone", default="UTC")
        parser.add_argument("--country", default="")
        parser.add_argument("--json", action="store_true", help="print one JSON line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["owner"])
        except ValidationError as wrong:
            raise CommandError(f"{options['owner']} is not an e-mail address.") from wrong
        owner = users.find_or_create(email=options["owner"])
        try:
            workspace = workspaces.create(
                name=options["name"], owner=owner, slug=options["workspace"],
                time_zone=options["time_zone"], country=options["country"],
            )  # fmt: skip
        except DomainError as refusal:
            raise CommandError(refusal.sentence) from refusal
        report = {
            "slug": workspace.slug,
            "id": workspace.pk,
            "name": workspace.name,
            "owner": owner.email,
            "url": f"{settings.BASE_URL}/w/{workspace.slug}/",
            "set_password_url": _set_password_url(owner),
        }
        lines = [json.dumps(report)] if options["json"] else [f"{k}: {v}" for k, v in report.items() if v]
        self.stdout.write("\n".join(lines))


def _set_password_url(user: User) -> str | None:
    """Works once; None for somebody who has a password already."""
    if user.has_usable_password():
        return None
    proof = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    path = reverse("account_reset_password_from_key", kwargs=proof)
    return f"{settings.BASE_URL}{path}"
