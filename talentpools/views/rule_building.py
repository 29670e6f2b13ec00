"""The rule builder on a page: segments and the matches of a requisition are written with the same one."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest
from crm.queries import rules
from crm.queries.rules import Preview
from talentpools.forms import rule_builder
from talentpools.forms.rule_builder import RuleBuilder
from talentpools.policies.rule_drafts import Node
from talentpools.queries import pools


def built(
    request: WorkspaceRequest,
    root: Node,
    previewed: Callable[[Any], Preview],
    faults: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The rows of the builder, each with its faults, and whom the rules would match: `previewed(tree)`."""
    reader = request.membership.user_id
    related = {
        "pool": [(str(pool.pk), pool.name) for pool in pools.visible_to(reader)],
        "segment": [(str(one.pk), one.name) for one in pools.segments_visible_to(reader)],
        **{noun: import_string(path)() for noun, path in settings.RULE_CHOICES.items()},
    }
    builder = RuleBuilder(root, rules.language(), related=related)
    found = None
    try:
        found = previewed(builder.tree)
    except DomainError as refusal:
        faults = refusal.fields | dict(faults or {})
    return {
        "row": builder.row(faults),
        "preview": found,
        "faults": faults,
        "offers": rule_builder.conditions(),
        "focus": rule_builder.focus(root, request.POST.get("do", "")),
        "may_see_people": "candidates.view" in request.permissions,
    }
