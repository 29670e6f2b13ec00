"""The workspace's tags and skills: counts, spelling, merging, putting away, other names."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from crm.actions import vocabulary
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.models import Skill, SkillAlias, Tag
from crm.queries import vocabulary as found
from crm.queries.duplicates import folded_words
from crm.views.paging import page_of

_KINDS: dict[str, tuple[Any, str]] = {"tags": (Tag, "Tags"), "skills": (Skill, "Skills")}


@permission_required("fields.manage")
@require_safe
def index(request: WorkspaceRequest, words: str) -> HttpResponse:
    if words not in _KINDS:
        raise Http404
    asked = request.GET.get("q", "").strip()[:80]
    rows = found.words(words, text=folded_words([asked])[asked] if asked else "")
    if words == "skills":
        rows = rows.prefetch_related("aliases")
    others = [word.name for word in found.words(words).filter(archived_at=None)[:500]]
    context = {
        "words": words,
        "title": _KINDS[words][1],
        "page": page_of(request, rows),
        "others": others,
        "q": asked,
        "tabs": [
            {"label": label, "href": _url(request, kind), "current": kind == words, "count": ""}
            for kind, (_, label) in _KINDS.items()
        ],
    }
    return render(request, "crm/vocabulary/list.html", context)


@permission_required("fields.manage")
@require_POST
def change(request: WorkspaceRequest, words: str, word_id: int) -> HttpResponse:
    if words not in _KINDS:
        raise Http404
    word = get_object_or_404(_KINDS[words][0].objects, pk=word_id)
    try:
        toast = _act(request, words, word)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _url(request, words), toast=toast)


@permission_required("fields.manage")
@require_POST
def undo(request: WorkspaceRequest, receipt_id: int) -> HttpResponse:
    try:
        count = vocabulary.undo(receipt=receipt_id, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _url(request, "tags"), toast=Toast(f"Two words again, for {count:,} people."))


@permission_required("fields.manage")
@require_POST
def remove_alias(request: WorkspaceRequest, alias_id: int) -> HttpResponse:
    alias = get_object_or_404(SkillAlias.objects, pk=alias_id)
    vocabulary.remove_alias(alias=alias, by=request.membership.user)
    return go(request, _url(request, "skills"), toast=Toast(f"“{alias.name}” means nothing any more."))


def _act(request: WorkspaceRequest, words: str, word: Any) -> Toast:
    """What the pressed button asks for."""
    by, action, name = request.membership.user, request.POST.get("action", ""), request.POST.get("name", "")
    if action == "merge":
        into = request.POST.get("into", "").strip()[:80]
        keep = _KINDS[words][0].objects.filter(folded=folded_words([into])[into]).first()
        receipt = vocabulary.merge(keep=keep or word, other=word, by=by)
        undo_url = reverse("crm:words_undo", args=[request.workspace.slug, receipt])
        return Toast(f"“{word.name}” is “{into}” from now on.", undo_url)
    if action == "archive":
        vocabulary.archive(word=word, by=by)
        return Toast(f"“{word.name}” was {'brought back' if word.archived_at else 'put away'}.")
    if action == "alias" and isinstance(word, Skill):
        vocabulary.add_alias(skill=word, name=name, by=by)
        return Toast(f"“{name}” means “{word.name}” from now on.")
    vocabulary.rename(word=word, name=name, by=by)
    return Toast(f"“{word.name}” is spelled “{name}” now.")


def _url(request: WorkspaceRequest, words: str) -> str:
    return reverse("crm:words", args=[request.workspace.slug, words])
