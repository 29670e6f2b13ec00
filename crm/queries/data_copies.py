"""A person's own copy of everything held about them: one document, or an archive with files."""

import base64
import json
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder

from crm.models import Attachment, Candidate
from crm.queries import personal_data

_IN_MEMORY = 5_000_000


def document(candidate: Candidate, *, now: datetime) -> dict[str, Any]:
    """Everything as plain values; the bytes of files in base64."""
    files = [
        {
            "attachment": file.pk,
            "file_name": file.file_name,
            "content_type": file.content_type,
            "content": base64.b64encode(content).decode(),
        }
        for file, content in _files(candidate)
    ]
    return personal_data.export(candidate, now=now) | {"files": files}


def archive(candidate: Candidate, *, now: datetime) -> IO[bytes]:
    """A ZIP with `data.json` and every file under its own name; the caller closes it."""
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the response closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        data = personal_data.export(candidate, now=now)
        packed.writestr("data.json", json.dumps(data, cls=DjangoJSONEncoder, indent=2))
        for attachment, content in _files(candidate):
            packed.writestr(f"files/{attachment.pk}-{attachment.file_name}", content)
    file.seek(0)
    return file


def _files(candidate: Candidate) -> Iterator[tuple[Attachment, bytes]]:
    """Those taken off but not deleted yet too: they are held as well. What may have a virus is named only."""
    for attachment in Attachment.objects.filter(candidate=candidate).defer("text", "words").order_by("pk"):
        if attachment.is_handed_out and default_storage.exists(attachment.storage_name):
            with default_storage.open(attachment.storage_name, "rb") as file:
                yield attachment, bytes(file.read())
