"""The host that hands out files and knows nothing else: no pages, no cookies, addresses good for a minute.

What people upload is never answered by the host they are signed in at, once FILES_URL names another one.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase

from crm.kernel.tenancy import workspace_scope
from crm.models import Attachment

GOOD_FOR = 60
_SALT, _PATH = "crm.file_host", "/files/"


def is_home() -> bool:
    """Whether the host of files is the one pages come from, which would leave no pages."""
    return (
        bool(settings.FILES_URL) and urlsplit(settings.FILES_URL).netloc == urlsplit(settings.BASE_URL).netloc
    )


def is_named_by(request: HttpRequest) -> bool:
    """Whether the request is for the host of files."""
    return bool(settings.FILES_URL) and request.get_host() == urlsplit(settings.FILES_URL).netloc


def address_of(file: Attachment) -> str:
    """Where this file is for a minute, for whoever holds the address."""
    token = signing.dumps({"w": file.workspace_id, "a": file.pk}, salt=_SALT)
    return f"{settings.FILES_URL}{_PATH}{token}"


def serve(request: HttpRequest) -> HttpResponseBase:
    """The file of a genuine, fresh address; 404 in plain words for everything else."""
    try:
        if request.method not in ("GET", "HEAD"):
            raise Http404
        opened = signing.loads(request.path.removeprefix(_PATH), salt=_SALT, max_age=GOOD_FOR)
        with workspace_scope(opened["w"]):
            file = handed_out().filter(pk=opened["a"]).first()
        if file is None or not file.is_handed_out:
            raise Http404
        return answer(file)
    except (signing.BadSignature, Http404):
        words = "There is no such file here, or its address is no longer good. Go back and open it again.\n"
        return HttpResponse(words, status=404, content_type="text/plain", headers=_headers())


def handed_out() -> QuerySet[Attachment]:
    """The files of this workspace that are still with somebody."""
    files = Attachment.objects.defer("text", "words").filter(removed_at=None)
    return files.filter(candidate__anonymized_at=None)


def answer(file: Attachment) -> FileResponse:
    """The bytes, to be saved to disk under the type found by their content, whatever is in them."""
    if not default_storage.exists(file.storage_name):
        raise Http404
    return FileResponse(
        default_storage.open(file.storage_name), as_attachment=True, filename=file.file_name,
        content_type=file.content_type, headers=_headers(),
    )  # fmt: skip


def _headers() -> dict[str, str]:
    return {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, no-store",
    }
