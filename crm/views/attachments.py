"""A person's files: upload, download, take off and put back; and what was found in them."""

from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions import attachments, events, proposals
from crm.actions.attachments import FileLocked
from crm.forms.attachments import AttachmentForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.models import Attachment, Candidate
from crm.policies.file_types import LARGEST
from crm.queries import data_copies
from crm.queries.attachments import files_of, proposals_of
from crm.queries.candidates import living
from crm.views import file_host

_BEING_READ = (Attachment.TextState.WAITING, Attachment.TextState.READING)


@permission_required("candidates.view")
@require_safe
def index(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    return _shown(request, _person(candidate_id))


@permission_required("candidates.edit")
@require_http_methods(["POST"])
def create(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    candidate = _person(candidate_id)
    form = AttachmentForm(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, candidate, form=form)
    upload = form.cleaned_data.pop("file")
    try:
        attachments.add(
            candidate=candidate, file_name=upload.name, content=upload.read(LARGEST + 1),
            by=request.membership.user, **form.cleaned_data,
        )  # fmt: skip
    except DomainError as refusal:
        form.add_error("file", refusal.sentence)
        return _shown(request, candidate, form=form)
    return _answer(request, candidate, Toast(f"{upload.name} was added."))


@permission_required("candidates.view")
@require_safe
def download(request: WorkspaceRequest, attachment_id: int) -> HttpResponseBase:
    file = get_object_or_404(file_host.handed_out(), pk=attachment_id)
    if not file.is_handed_out:
        return refuse(request, FileLocked(f"{file}: {file.get_scan_display()}. {file.scan_words}"))
    if settings.FILES_URL:
        return redirect(file_host.address_of(file))
    return file_host.answer(file)


@permission_required("candidates.export")
@require_safe
def data_copy(request: WorkspaceRequest, candidate_id: int) -> FileResponse:
    candidate = _person(candidate_id)
    events.record("candidate.exported", candidate=candidate, by=request.membership.user)
    packed = data_copies.archive(candidate, now=timezone.now())
    return FileResponse(packed, as_attachment=True, filename=f"candidate-{candidate.pk}.zip")


@permission_required("candidates.edit")
@require_POST
def remove(request: WorkspaceRequest, attachment_id: int) -> HttpResponse:
    file = _file(attachment_id)
    attachments.remove(attachment=file, by=request.membership.user)
    undo = reverse("crm:attachment_undo", args=[request.workspace.slug, file.pk])
    return _answer(request, file.candidate, Toast(f"{file} was taken off.", undo_url=undo))


@permission_required("candidates.edit")
@require_POST
def undo(request: WorkspaceRequest, attachment_id: int) -> HttpResponse:
    file = _file(attachment_id)
    attachments.put_back(attachment=file, by=request.membership.user)
    return go(request, _profile(request, file.candidate), toast=Toast(f"{file} is back."))


@permission_required("candidates.edit")
@require_POST
def decide(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    candidate, by = _person(candidate_id), request.membership.user
    named = request.POST.getlist("proposal")
    ids = [int(pk) for pk in named if pk.isdecimal() and len(pk) < 19]
    if request.POST.get("verdict") == "dismissed":
        count = proposals.dismiss(candidate=candidate, proposal_ids=ids, by=by)
        return _answer(request, candidate, Toast(f"{count} left out.", tone="info"))
    refused = proposals.accept(candidate=candidate, proposal_ids=ids, by=by)
    if refused:
        return _answer(request, candidate, Toast(" ".join(refused), tone="bad"))
    return _answer(request, candidate, Toast("On the profile now."))


def _answer(request: WorkspaceRequest, candidate: Candidate, toast: Toast) -> HttpResponse:
    if request.htmx:
        return _shown(request, candidate, toast=toast)
    return go(request, _profile(request, candidate), toast=toast)


def _shown(
    request: WorkspaceRequest,
    candidate: Candidate,
    *,
    form: AttachmentForm | None = None,
    toast: Toast | None = None,
) -> HttpResponse:
    files = files_of(candidate)
    context: dict[str, Any] = {
        "candidate": candidate,
        "files": files,
        # With words, the scan waits for longer than anybody looks at the page.
        "is_being_read": any(
            (file.text_state in _BEING_READ or file.scan == Attachment.Scan.WAITING) and not file.scan_words
            for file in files
        ),
        "proposals": proposals_of(candidate),
        "file_form": form or AttachmentForm(),
    }
    status = 422 if form and form.errors else 200
    return render_page(
        request, "crm/attachment/list.html", context, partial="card", toast=toast, status=status
    )


def _person(candidate_id: int) -> Candidate:
    return get_object_or_404(living(), pk=candidate_id)


def _file(attachment_id: int) -> Attachment:
    files = Attachment.objects.defer("text", "words").select_related("candidate")
    return get_object_or_404(files, pk=attachment_id, candidate__anonymized_at=None)


def _profile(request: WorkspaceRequest, candidate: Candidate) -> str:
    return reverse("crm:candidate", args=[request.workspace.slug, candidate.pk])
