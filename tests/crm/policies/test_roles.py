import pytest

from crm.models import Role
from crm.policies.roles import PERMISSIONS, may_grant, permissions_of


def test_every_role_has_its_row() -> None:
    assert set(PERMISSIONS) == set(Role.values)


@pytest.mark.parametrize(
    ("role", "permission", "may"),
    [
        (Role.OWNER, "members.manage", True),
        (Role.ADMIN, "connections.manage", True),
        (Role.RECRUITER, "connections.manage", False),
        (Role.RECRUITER, "pushes.create", True),
        (Role.HIRING_MANAGER, "candidates.edit", False),
        (Role.HIRING_MANAGER, "shortlists.view", True),
        (Role.ANALYST, "analytics.view", True),
        (Role.ANALYST, "candidates.view", False),
        ("stranger", "candidates.view", False),
    ],
)
def test_permissions(role: str, permission: str, may: bool) -> None:
    assert (permission in permissions_of(role)) is may


@pytest.mark.parametrize(
    ("by", "granted", "may"),
    [
        (Role.OWNER, Role.OWNER, True),
        (Role.ADMIN, Role.ADMIN, True),
        (Role.ADMIN, Role.OWNER, False),
        (Role.RECRUITER, Role.ANALYST, False),
    ],
)
def test_may_grant(by: str, granted: str, may: bool) -> None:
    assert may_grant(by, granted) is may
