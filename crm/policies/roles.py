"""Who may do what. The one table; views, API and templates read it, nothing else decides."""

from crm.models import Role

_READS = frozenset({"candidates.view", "pools.view", "journeys.view", "requisitions.view", "shortlists.view"})
_RECRUITS = _READS | {
    "candidates.edit",
    "candidates.export",
    "pools.edit",
    "enrollments.edit",
    "inbox.view",
    "messages.send",
    "requisitions.edit",
    "shortlists.edit",
    "pushes.create",
    "analytics.view",
    "imports.run",
    "capture.edit",
}
_ADMINISTERS = _RECRUITS | {
    "segments.manage",
    "journeys.manage",
    "content.manage",
    "connections.manage",
    "members.manage",
    "keys.manage",
    "fields.manage",
    "costs.edit",
    "candidates.erase",
    "workspace.manage",
}

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.OWNER: _ADMINISTERS | {"workspace.own"},
    Role.ADMIN: _ADMINISTERS,
    Role.RECRUITER: _RECRUITS,
    Role.HIRING_MANAGER: frozenset({"requisitions.view", "shortlists.view", "candidates.view"}),
    Role.ANALYST: frozenset({"analytics.view", "requisitions.view", "pools.view", "journeys.view"}),
}


def permissions_of(role: str) -> frozenset[str]:
    """What a member with this role may do; nothing for an unknown role."""
    return PERMISSIONS.get(role, frozenset())


def may_grant(role: str, granted: str) -> bool:
    """An owner may make anybody anything; an admin anything but owner; others nobody anything."""
    if role == Role.OWNER:
        return True
    return role == Role.ADMIN and granted != Role.OWNER
