"""Rules as they travel: what a stored tree names by id is named by name in a file, and back."""

from typing import Any

from crm.kernel.errors import DomainError
from crm.kernel.tenancy import current_workspace_id
from crm.models import Membership, Requisition, User
from crm.policies.rules.places import Place
from crm.policies.rules.relations import Language

Tree = dict[str, Any]
_DEEPEST = 40


class NotPortable(DomainError):
    """These rules name something that is gone, or that you may not see, so they cannot become a file."""

    code = "not_portable"
    status = 409


def to_file(tree: Tree, spoken: Language) -> Tree:
    """The stored tree with names instead of ids. Refuses one that names what the reader may not know of."""
    if "rules" in tree:
        return tree | {"rules": [to_file(inner, spoken) for inner in tree["rules"]]}
    if "not" in tree:
        return tree | {"not": to_file(tree["not"], spoken)}
    if tree.get("field") == "owner" and "value" in tree:
        return tree | {"value": _each(tree["value"], user_named)}
    if requisition := tree.get("application", {}).get("requisition"):
        return {"application": tree["application"] | {"requisition": _requisition_named(requisition)}}
    name = next((name for name in spoken.relations if name in tree), "")
    return _told(spoken.relations[name].to_file(tree)) if name else tree


def from_file(tree: Any, place: Place, spoken: Language) -> Any:
    """The tree with the ids of this workspace; each name that is not here is a fault at its place.

    What is no rule at all passes: `rules.parse` says what is wrong with it.
    """
    if not isinstance(tree, dict) or len(place.path) > _DEEPEST:
        return tree
    if isinstance(tree.get("rules"), list):
        inner = [from_file(one, place.at("rules", n), spoken) for n, one in enumerate(tree["rules"])]
        return tree | {"rules": inner}
    if "not" in tree:
        return tree | {"not": from_file(tree["not"], place.at("not"), spoken)}
    return _single_from_file(tree, place, spoken)


def _single_from_file(rule: Tree, place: Place, spoken: Language) -> Tree:
    if rule.get("field") == "owner" and "value" in rule:
        return rule | {"value": _each(rule["value"], lambda one: user_here(one, place.at("value")))}
    application = rule.get("application")
    if isinstance(application, dict) and isinstance(application.get("requisition"), dict):
        where = place.at("application", "requisition")
        return {
            "application": application | {"requisition": _requisition_here(application["requisition"], where)}
        }
    name = next((name for name in spoken.relations if name in rule), "")
    return spoken.relations[name].from_file(rule, place) if name else rule


def _each(value: Any, change: Any) -> Any:
    return [change(one) for one in value] if isinstance(value, list) else change(value)


def _told(found: Tree | None) -> Tree:
    if found is None:
        raise NotPortable
    return found


def user_named(pk: int) -> Tree:
    """How files call a colleague."""
    user = User.objects.filter(pk=pk).first()
    return _told({"email": user.email, "name": user.name} if user else None)


def user_here(told: Any, place: Place) -> Any:
    """Whoever has this address here, or the only one of this name."""
    if not isinstance(told, dict):
        return told
    members = Membership.objects.filter(workspace_id=current_workspace_id(), deactivated_at=None)
    email, name = str(told.get("email", "")), str(told.get("name", ""))
    found = list(members.filter(user__email__iexact=email).values_list("user_id", flat=True))
    found = found or list(members.filter(user__name=name).values_list("user_id", flat=True))
    return place.one_called("member", name or email, found)


def _requisition_named(pk: int) -> Tree:
    found = Requisition.objects.filter(pk=pk).values("title", "code").first()
    return _told(found and dict(found))


def _requisition_here(told: Tree, place: Place) -> int:
    title, code = str(told.get("title", "")), str(told.get("code", ""))
    called = Requisition.objects.filter(title=title)
    found = list((called.filter(code=code) if code else called).values_list("pk", flat=True)[:2])
    return place.one_called("requisition", title, found)
