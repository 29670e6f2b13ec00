"""Every address of the product, with the objects its parameters name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from crm.models import Membership, User, Workspace
from tests.factories import MembershipFactory
from tests.factories.rows import any_row

# What a word in an address stands for where not any word will do; a number always names a row.
WORDS: dict[str, str] = {
    "step": "m1",
    "topic": "jobs",
    "words": "tags",
    "key": "time_to_hire",
    "path": "nothing/here",
    "kind": "csv",
    "service": "smtp",
    "page": "funnel",
}
# Parameters named otherwise than their model.
MODELS: dict[str, str] = {
    "delivery_id": "integrations.WebhookDelivery",
    "form_id": "crm.CaptureForm",
    "batch_id": "crm.MergeBatch",
    "mailing_id": "analytics.Mailing",
    "recipient_id": "analytics.Recipient",
    "report_id": "analytics.Report",
    "entry_id": "talentpools.ShortlistEntry",
    "key_id": "crm.ApiKey",
    "item_id": "integrations.PushItem",
    "override_id": "talentpools.AccessOverride",
    "merge_id": "crm.Event",  # the receipt of a merge is its event
    "mark_id": "crm.DoNotContact",
    "pair_id": "crm.DuplicatePair",
    "point_id": "crm.ContactPoint",
    "alias_id": "crm.SkillAlias",
    "word_id": "crm.Tag",
    "review_id": "talentpools.ShortlistReview",
    "removal_id": "crm.Event",
    "run_id": "crm.ImportRun",
    "sync_id": "integrations.SyncRun",
}
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Address:
    """A route below /w/<slug>/ or /api/v1/."""

    route: str

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters that name a row of a workspace."""
        return tuple(name for kind, name in _PARAMETER.findall(self.route) if kind in ("int", "uuid"))

    def path(self, *, workspace: str, rows: dict[str, int]) -> str:
        values = WORDS | {"workspace": workspace} | {name: str(row) for name, row in rows.items()}
        return "/" + _PARAMETER.sub(lambda match: values.get(match[2], "word"), self.route)


def addresses(prefix: str) -> list[Address]:
    found = (Address(route) for route in _routes(get_resolver()) if route.startswith(prefix))
    # With and without the slash at the end is one address.
    return sorted({address for address in found if not _has_twin(address)}, key=lambda address: address.route)


def rows(address: Address, workspace: Workspace) -> dict[str, int]:
    """A row of this workspace for each parameter. Fails for a parameter nobody has said the model of."""
    return {name: _row(name, workspace).pk for name in address.names}


def _row(name: str, workspace: Workspace) -> models.Model:
    model = model_of(name)
    if model is Membership:
        return MembershipFactory.create(workspace=workspace)
    if model is User:
        return MembershipFactory.create(workspace=workspace).user
    return any_row(model)


def model_of(name: str) -> type[models.Model]:
    if name in MODELS:
        return apps.get_model(MODELS[name])
    wanted = name.removesuffix("_id").replace("_", "")
    for model in apps.get_models():
        if model._meta.model_name == wanted:
            return model
    raise LookupError(f"Say in tests/architecture/addresses.py which model the parameter <{name}> names.")


def _routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route


def _has_twin(address: Address) -> bool:
    return address.route.startswith("api/") and address.route.endswith("/")
