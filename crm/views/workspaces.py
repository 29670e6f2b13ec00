from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods, require_safe

from crm.actions import workspaces
from crm.forms.workspaces import NewWorkspaceForm, WorkspaceForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.models import User
from crm.queries.memberships import memberships_of


@dataclass(frozen=True, slots=True)
class Room:
    """A page of the settings: shown to members with the permission, once its URL exists."""

    title: str
    text: str
    icon: str
    url_name: str
    permission: str = ""


ROOMS = (
    Room(
        "ATS connections",
        "Where requisitions, applications and hires come from.",
        "plug",
        "integrations:connections",
        "connections.manage",
    ),
    Room("Members", "Who works here, and what each may do.", "users", "crm:members", "members.manage"),
    Room(
        "Engagement",
        "What a signal weighs, how it fades, where warm and hot begin.",
        "gauge",
        "crm:engagement_settings",
        "workspace.manage",
    ),
    Room(
        "Sending",
        "Your own mail service, your domain, whether receivers believe it.",
        "send",
        "crm:mail_account",
        "workspace.manage",
    ),
    Room(
        "Replies",
        "Mailboxes that answers land in, read over IMAP.",
        "mailbox",
        "crm:reply_mailboxes",
        "workspace.manage",
    ),
    Room("Teams", "Colleagues who share pools and segments.", "users-round", "crm:teams", "members.manage"),
    Room(
        "Confidential access",
        "Look at what is not shared with you, on record.",
        "lock",
        "talentpools:overrides",
        "members.manage",
    ),
    Room(
        "Workspace",
        "Name, time zone, contact pressure, legal footer.",
        "settings",
        "crm:workspace_edit",
        "workspace.manage",
    ),
    Room(
        "Candidate fields", "What only you ask about people.", "table-2", "crm:custom_fields", "fields.manage"
    ),
    Room("You", "The name your mails are signed with.", "user-round", "crm:you"),
    Room(
        "Your calls",
        "When people may book a call with you, and the link to it.",
        "calendar-check",
        "crm:meeting_hours",
        "messages.send",
    ),
    Room(
        "Do not contact", "Clients and people to leave alone.", "ban", "crm:do_not_contact", "candidates.edit"
    ),
    Room("Import candidates", "Bring people in from a CSV file.", "upload", "crm:imports", "imports.run"),
    Room(
        "Mailbox pace",
        "How much each sender may mail a day, and warm-up plans.",
        "mail",
        "journeys:mailboxes",
        "journeys.manage",
    ),
    Room(
        "Contact pressure",
        "How often people hear from us, by topic.",
        "hourglass",
        "journeys:pressure_topics",
        "workspace.manage",
    ),
    Room("Tags and skills", "Spelling, merging, other names.", "tags", "crm:tags", "fields.manage"),
    Room("API keys", "Let programs read and write.", "key", "crm:api_keys", "keys.manage"),
    Room(
        "Webhooks",
        "Tell other programs what happens here.",
        "webhook",
        "integrations:webhooks",
        "connections.manage",
    ),
    Room("Demo mailbox", "Every mail this demo has sent.", "inbox", "crm:mailbox", ""),
)


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    first = memberships_of(request.user.pk).first()
    if first is None:
        return redirect("workspace_new")
    return redirect(f"/w/{first.workspace.slug}/")


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    form = NewWorkspaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            workspace = workspaces.create(name=form.cleaned_data["name"], owner=request.user)
        except DomainError as refusal:
            return refuse(request, refusal)
        return redirect(f"/w/{workspace.slug}/")
    return render(request, "crm/workspace/new.html", {"form": form}, status=422 if form.errors else 200)


@permission_required("candidates.view")
@require_safe
def settings(request: WorkspaceRequest) -> HttpResponse:
    rooms = [
        (room, url)
        for room in ROOMS
        if (not room.permission or room.permission in request.permissions)
        and (url := _url(room.url_name, request.workspace.slug))
    ]
    return render(request, "crm/workspace/settings.html", {"rooms": rooms})


@permission_required("workspace.manage")
@require_http_methods(["GET", "POST"])
def edit(request: WorkspaceRequest) -> HttpResponse:
    form = WorkspaceForm(request.POST or None, instance=request.workspace)
    if request.method == "POST" and form.is_valid():
        workspaces.change(workspace=request.workspace, by=request.membership.user, **form.cleaned_data)
        return go(request, request.path, toast=Toast("Workspace settings saved."))
    return render(request, "crm/workspace/edit.html", {"form": form}, status=422 if form.errors else 200)


def _url(name: str, slug: str) -> str:
    try:
        return reverse(name, args=[slug])
    except NoReverseMatch:
        return ""
