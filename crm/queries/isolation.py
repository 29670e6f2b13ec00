"""Does the database isolate? Read from its catalogue: the same answer for a live database and a test's."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from crm.kernel.isolation import POLICY
from crm.kernel.tenancy import WorkspaceForeignKey
from crm.queries import catalogue

# Every table that belongs to no workspace, and why that is right.
SHARED_TABLES = {
    "account_emailaddress": "sign-in: a user's addresses",
    "account_emailconfirmation": "sign-in: confirmations of addresses",
    "auth_group": "Django's, unused",
    "auth_group_permissions": "Django's, unused",
    "auth_permission": "Django's, unused",
    "crm_membership": "read before any scope exists: it says which scope may be opened",
    "crm_user": "a person who signs in may belong to several workspaces",
    "crm_workspace": "the tenants themselves",
    "django_content_type": "Django's",
    "django_migrations": "Django's",
    "django_session": "sign-in: sessions",
    "mfa_authenticator": "sign-in: second factors",
    "usersessions_usersession": "sign-in: where a user is signed in",
}
# A view without the fence of one workspace may show which workspace has work, since when, and nothing else.
UNFENCED_COLUMNS = {"workspace_id", "waiting_since"}


@dataclass(frozen=True, slots=True)
class Gap:
    """Something through which one workspace could see another."""

    subject: str
    fault: str


def gaps() -> list[Gap]:
    """Every gap of the database this process is connected to; an empty list is the proof."""
    found = [*_table_gaps(), *_reference_gaps(), *_view_gaps(), *_role_gaps(), *_leaks()]
    return sorted(found, key=lambda gap: (gap.subject, gap.fault))


def tenant_tables() -> dict[str, type[models.Model]]:
    """The tables whose rows belong to a workspace, by name."""
    return {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if getattr(model, "is_workspace_owned", False) and model._meta.managed
    }


def _table_gaps() -> Iterator[Gap]:
    tenants, tables = tenant_tables(), catalogue.tables()
    for name in tenants.keys() - tables.keys():
        yield Gap(name, "the table is missing")
    for name in tables.keys() - tenants.keys() - SHARED_TABLES.keys():
        yield Gap(name, "neither a workspace's table nor on the list of shared tables")
    for table in tables.values():
        faults = _shared_faults(table) if table.name not in tenants else _tenant_faults(table)
        yield from (Gap(table.name, fault) for fault in faults)


def _shared_faults(table: catalogue.Table) -> Iterator[str]:
    yield from _privilege_faults(table)


def _tenant_faults(table: catalogue.Table) -> Iterator[str]:
    yield from _privilege_faults(table)
    if not table.has_rls:
        yield "row-level security is off"
    if not table.forces_rls:
        yield "row-level security is not forced on the owner"
    if table.primary_key != ("workspace_id", "id"):
        yield f"the primary key is {table.primary_key}, not (workspace_id, id)"
    for index, first in table.unique_indexes:
        if first != "workspace_id":
            yield f"unique index {index} does not start with workspace_id"
    if len(table.policies) != 1:
        yield f"{len(table.policies)} policies instead of one"
    for policy in table.policies:
        yield from _policy_faults(policy)


def _policy_faults(policy: catalogue.Policy) -> Iterator[str]:
    wanted = _bare(POLICY)
    if not (policy.is_permissive and policy.command == "*" and policy.is_for_everybody):
        yield f"policy {policy.name} does not bind every role and command"
    if _bare(policy.using) != wanted:
        yield f"policy {policy.name} has another condition: {policy.using}"
    if _bare(policy.check) != wanted:
        yield f"policy {policy.name} checks new rows by another condition: {policy.check}"


def _privilege_faults(table: catalogue.Table) -> Iterator[str]:
    if table.owner == settings.DATABASE_APP_ROLE:
        yield "the application's role owns the table"
    excess = table.app_privileges - {"SELECT", "INSERT", "UPDATE", "DELETE"}
    if excess:
        yield f"the application's role may {', '.join(sorted(excess))}"


def _reference_gaps() -> Iterator[Gap]:
    """Between tenant tables every reference carries the workspace, in the model and in the database."""
    tenants = tenant_tables()
    keys = catalogue.foreign_keys()
    for key in keys:
        if key.table in tenants and key.target in tenants and not key.is_within_workspace:
            yield Gap(key.table, f"foreign key {key.name} does not carry the workspace")
    held = {(key.table, key.columns, key.target) for key in keys}
    for table, model in tenants.items():
        for field in _references(model):
            target = field.related_model._meta.db_table
            if not isinstance(field, WorkspaceForeignKey):
                yield Gap(table, f"{field.name} refers to a workspace's row by a plain ForeignKey")
            elif (table, ("workspace_id", str(field.column)), target) not in held:
                yield Gap(table, f"{field.name} has no composite foreign key")


def _references(model: type[models.Model]) -> Iterable["models.ForeignKey[models.Model, models.Model]"]:
    for field in model._meta.local_fields:
        if isinstance(field, models.ForeignKey) and getattr(field.related_model, "is_workspace_owned", False):
            yield field


def _view_gaps() -> Iterator[Gap]:
    for view in catalogue.views():
        is_fenced = _bare(POLICY) in _bare(view.definition)
        if view.is_materialized:
            yield Gap(view.name, "a materialized view keeps rows of every workspace")
        elif view.owner != settings.DATABASE_SEARCH_ROLE and not view.is_invoker:
            yield Gap(view.name, f"the view is owned by {view.owner}, not by {settings.DATABASE_SEARCH_ROLE}")
        elif not is_fenced and not set(view.columns) <= UNFENCED_COLUMNS:
            yield Gap(view.name, "the view shows more than workspace ids and times without the fence")
        if view.app_privileges - {"SELECT"}:
            yield Gap(view.name, "the application's role may write through the view")


def _role_gaps() -> Iterator[Gap]:
    app = settings.DATABASE_APP_ROLE
    role = catalogue.role(app)
    if role is None:
        yield Gap(app, "the role is missing")
        return
    if role.current_user != app:
        yield Gap(role.current_user, f"the application connects as another role than {app}")
    for power in role.powers:
        yield Gap(app, f"the role has {power}")
    for name in catalogue.definer_functions():
        yield Gap(name, "a SECURITY DEFINER function runs past row-level security")


def _leaks() -> Iterator[Gap]:
    """Outside every scope the database must show nothing of anybody."""
    for name in sorted(tenant_tables().keys() & catalogue.tables().keys()):
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{name}")')  # noqa: S608 - a name from our own models
            if cursor.fetchone() != (False,):
                yield Gap(name, "rows are visible outside every scope")


def _bare(condition: str | None) -> str:
    """A condition without the brackets, casts and aliases PostgreSQL adds when it prints one."""
    return re.sub(r"::text|\s+as current_setting|[\s()\"]", "", (condition or "").lower())
