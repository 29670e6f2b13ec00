"""What every page of a segment shows around its tab."""

from typing import Any, TypeVar

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse

from crm.kernel.requests import WorkspaceRequest
from talentpools.actions import access
from talentpools.forms.access import Colleagues, colleagues
from talentpools.models import Pool, Segment
from talentpools.queries import pools, segments, visibility

KeptT = TypeVar("KeptT", Pool, Segment)


def segment_of(request: WorkspaceRequest, segment_id: int) -> Segment:
    """The segment, if this member may know of it."""
    visible = pools.segments_visible_to(request.user.pk).select_related("pool", "parent", "owner")
    return looked_at(request, get_object_or_404(visible, pk=segment_id))


def looked_at(request: WorkspaceRequest, kept: KeptT) -> KeptT:
    """The pool or segment about to be shown; a look by an override goes on record and is said on the page."""
    if visibility.is_open(kept):
        return kept
    opened = access.note_look(kept=kept, by=request.membership.user)
    if opened:
        messages.info(
            request,
            f"You see “{kept}” by an override, until {opened.expires_at:%H:%M} UTC. This look is on record.",
        )
    return kept


def colleagues_of(request: WorkspaceRequest) -> Colleagues:
    """Whom this member can share something with."""
    return colleagues(workspace_id=request.workspace.pk, but=request.membership.user_id)


def around(request: WorkspaceRequest, segment: Segment, tab: str) -> dict[str, Any]:
    """The segment with its tabs, the way back up, and what the member may do."""
    slug, waiting = request.workspace.slug, segments.waiting(segment).count()
    tabs = [
        ("overview", "Overview", "talentpools:segment", None),
        ("people", "People", "talentpools:segment_people", segment.size),
        ("review", "Review", "talentpools:segment_review", waiting),
        ("history", "History", "talentpools:segment_history", None),
        ("versions", "Versions", "talentpools:segment_versions", None),
        ("explanation", "Why in or out?", "talentpools:segment_explanation", None),
    ]
    has_review = segment.mode == Segment.Mode.REVIEW or waiting
    items = [
        {
            "label": label,
            "href": reverse(name, args=[slug, segment.pk]),
            "current": key == tab,
            "count": count,
        }
        for key, label, name, count in tabs
        if key != "review" or has_review
    ]
    return frame(request) | {"segment": segment, "tabs": items, "crumbs": _crumbs(slug, segment)}


def frame(request: WorkspaceRequest) -> dict[str, Any]:
    """The workspace and what the member may do here."""
    return {
        "workspace": request.workspace,
        "may_edit": "pools.edit" in request.permissions,
        "may_manage": "segments.manage" in request.permissions,
    }


def _crumbs(slug: str, segment: Segment) -> list[dict[str, str]]:
    crumbs = [{"label": "Pools", "href": reverse("talentpools:pools", args=[slug])}]
    if segment.pool:
        pool_url = reverse("talentpools:pool_segments", args=[slug, segment.pool.pk])
        crumbs.append({"label": segment.pool.name, "href": pool_url})
    else:
        crumbs.append({"label": "Segments", "href": reverse("talentpools:segments", args=[slug])})
    return [*crumbs, {"label": segment.name}]
