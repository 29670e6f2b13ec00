import json
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import refuse
from talentpools.models import Pool, Segment
from talentpools.queries import pool_files, pools
from talentpools.views.frames import looked_at, segment_of


@permission_required("pools.view")
@require_safe
def pool(request: WorkspaceRequest, pool_id: int) -> HttpResponse:
    kept = looked_at(request, get_object_or_404(pools.visible_to(request.user.pk), pk=pool_id))
    return _file(request, kept, pool_files.of_pool)


@permission_required("pools.view")
@require_safe
def segment(request: WorkspaceRequest, segment_id: int) -> HttpResponse:
    return _file(request, segment_of(request, segment_id), pool_files.of_segment)


def _file(
    request: WorkspaceRequest, kept: Pool | Segment, told: Callable[[Any], dict[str, Any]]
) -> HttpResponse:
    try:
        document = told(kept)
    except DomainError as refusal:
        return refuse(request, refusal)
    name = slugify(kept.name) or f"file-{kept.pk}"
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    body = json.dumps(document, indent=2, ensure_ascii=False)
    return HttpResponse(body, content_type="application/json", headers=headers)
