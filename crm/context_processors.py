"""What the frame around every page needs. To add a page to the rail, add a line to NAVIGATION."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from crm.kernel.responses import Toast
from crm.models import User, Workspace
from crm.queries.memberships import memberships_of


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the rail: shown to members with the permission, once its URL exists. `key` follows g.

    `also` are parts of the path below the workspace that belong to it as well; `count` is the workspace's
    column that says how many things wait there.
    """

    label: Any
    icon: str
    url_name: str
    key: str
    permission: str = ""
    also: tuple[str, ...] = ()
    count: str = ""


NAVIGATION = (
    Entry(_("Today"), "sun", "crm:today", "t", "candidates.view"),
    Entry(_("Candidates"), "users", "crm:candidates", "c", "candidates.view", ("imports/",)),
    Entry(
        _("Duplicates"),
        "git-compare",
        "crm:duplicates",
        "d",
        "candidates.edit",
        ("merge-batches/",),
        "duplicates_open",
    ),
    Entry(_("Pools"), "layers", "talentpools:pools", "p", "pools.view", ("segments/",)),
    Entry(_("Journeys"), "route", "journeys:journeys", "j", "journeys.view", ("enrollments/",)),
    Entry(_("Requisitions"), "briefcase", "talentpools:requisitions", "r", "requisitions.view", ("pushes/",)),
    Entry(_("Inbox"), "inbox", "crm:inbox", "i", "inbox.view"),
    Entry(_("Events"), "calendar", "crm:events", "e", "capture.edit"),
    Entry(
        _("Forms"),
        "clipboard-list",
        "crm:forms",
        "f",
        "capture.edit",
        ("landing-pages/", "referrals/", "sources/", "alumni/", "look/"),
    ),
    Entry(_("Content"), "newspaper", "journeys:templates", "o", "journeys.view"),
    Entry(_("Analytics"), "chart-column", "analytics:kpis", "a", "analytics.view"),
    Entry(_("Settings"), "settings", "crm:settings", "s", "candidates.edit", ("do-not-contact/",)),
)
# Pages of the demo alone.
DEMO_NAVIGATION = (Entry(_("Mailbox"), "mail", "crm:mailbox", "m", "inbox.view"),)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as this member sees it on this page."""

    label: Any
    icon: str
    url: str
    key: str
    is_current: bool
    count: int = 0


class Frame:
    """Rail, switcher and palette of one request. Nothing is looked up before a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.workspace: Workspace | None = getattr(request, "workspace", None)

    @cached_property
    def links(self) -> list[Link]:
        allowed: frozenset[str] = getattr(self.request, "permissions", frozenset())
        offered = NAVIGATION + (DEMO_NAVIGATION if settings.DEMO else ())
        entries = [entry for entry in offered if not entry.permission or entry.permission in allowed]
        pages = [(entry, url) for entry in entries if (url := self._url(entry.url_name))]
        here = max((url for entry, url in pages if self._is_inside(entry, url)), key=len, default="")
        return [
            Link(entry.label, entry.icon, url, entry.key, url == here, self._count(entry))
            for entry, url in pages
        ]

    def _count(self, entry: Entry) -> int:
        return int(getattr(self.workspace, entry.count)) if entry.count else 0

    def _is_inside(self, entry: Entry, url: str) -> bool:
        assert self.workspace is not None
        root, path = f"/w/{self.workspace.slug}/", self.request.path
        if url == root:
            return path == root
        return path.startswith((url, *(root + part for part in entry.also)))

    @cached_property
    def palette_url(self) -> str:
        return self._url("crm:palette")

    @cached_property
    def workspaces(self) -> list[Workspace]:
        """The workspaces this person can switch to, in alphabetical order."""
        user = cast(User, self.request.user)
        known = getattr(self.request, "memberships", None)
        return [member.workspace for member in (memberships_of(user.pk) if known is None else known)]

    @cached_property
    def toast(self) -> Toast | None:
        """What the redirect that led here wanted to say; said once."""
        waiting = self.request.session.pop("toast", None)
        return Toast(**waiting) if waiting else None

    def _url(self, name: str) -> str:
        if self.workspace is None:
            return ""
        try:
            return reverse(name, args=[self.workspace.slug])
        except NoReverseMatch:
            return ""


def frame(request: HttpRequest) -> dict[str, Any]:
    return {
        "frame": Frame(request),
        "workspace": getattr(request, "workspace", None),
        "permissions": getattr(request, "permissions", frozenset()),
    }
