"""How the demo is told: chapters of all apps in order, each catching up with the facts of the one before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from celery import current_app
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils.module_loading import import_string

from crm.actions import events
from crm.actions.users import create as create_user
from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, EventHandoff, Membership, Role, User, Workspace

SLUG = "demo"
PASSWORD = "rekindle-demo"  # noqa: S105 - printed for everybody to read
STAFF = (
    ("olivia@northwind.example", "Olivia Brandt", "Head of Talent", Role.OWNER),
    ("grace@northwind.example", "Grace Okafor", "Talent Operations", Role.ADMIN),
    ("ada@northwind.example", "Ada Lindqvist", "Senior Recruiter", Role.RECRUITER),
    ("ben@northwind.example", "Ben Castillo", "Recruiter", Role.RECRUITER),
    ("chidi@northwind.example", "Chidi Mbeki", "Recruiter", Role.RECRUITER),
    ("harry@northwind.example", "Harry Vogel", "VP Engineering", Role.HIRING_MANAGER),
    ("ana@northwind.example", "Ana Ricci", "People Analytics", Role.ANALYST),
)
RIVAL_STAFF = (("mallory@kestrel.example", "Mallory Finch", "Head of Recruiting", Role.OWNER),)


@dataclass(frozen=True, slots=True)
class Demo:
    """What a chapter gets: the workspace, the people who work in it by first name, and the hour."""

    workspace: Workspace
    staff: dict[str, User]
    now: datetime


def tell(now: datetime, say: Callable[[str], None]) -> Demo:
    """Make the two demo workspaces and run every chapter of settings.DEMO_CHAPTERS over the first."""
    demo = _workspace("Northwind Labs", SLUG, "Europe/Berlin", "DE", STAFF, now)
    for path in settings.DEMO_CHAPTERS:
        say(import_string(path)(demo))
        _catch_up(demo.workspace.pk)
    _rival(now)
    return demo


def _workspace(
    name: str,
    slug: str,
    zone: str,
    country: str,
    staff: tuple[tuple[str, str, str, Role], ...],
    now: datetime,
) -> Demo:
    workspace = Workspace.objects.create(
        name=name,
        slug=slug,
        time_zone=zone,
        country=country,
        legal_name=f"{name} GmbH",
        postal_address="Torstraße 12, 10119 Berlin, Germany",
    )
    people: dict[str, User] = {}
    hashed = make_password(PASSWORD)
    for email, full_name, title, role in staff:
        user = create_user(email=email, name=full_name, verified=True)
        user.title, user.password = title, hashed
        user.save(update_fields=["title", "password"])
        Membership.objects.create(workspace=workspace, user=user, role=role)
        people[full_name.split()[0].lower()] = user
    with workspace_scope(workspace.pk):
        events.record("workspace.created", by=next(iter(people.values())))
    _catch_up(workspace.pk)
    return Demo(workspace, people, now)


def _rival(now: datetime) -> None:
    """A second tenant with a few people, so that separation has something to separate."""
    rival = _workspace("Kestrel Robotics", "kestrel", "Europe/London", "GB", RIVAL_STAFF, now)
    with workspace_scope(rival.workspace.pk):
        Candidate.objects.bulk_create(
            Candidate(first_name=first, last_name="Rivalsen", email=f"{first.lower()}@rivalsen.example")
            for first in ("Ines", "Jon", "Kari", "Lone")
        )


def _catch_up(workspace_id: int) -> None:
    """Let the subscribers take what was handed to them, as the worker would."""
    for _ in range(200):
        with workspace_scope(workspace_id):
            waiting = list(EventHandoff.objects.values_list("subscriber", flat=True).distinct())
        if not waiting:
            return
        for subscriber in waiting:
            current_app.tasks[subscriber].apply(kwargs={"workspace_id": workspace_id}, throw=True)
