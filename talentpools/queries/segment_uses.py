"""Where a segment or a pool is used; apps above tell through settings.SEGMENT_USES and POOL_USES."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from crm.kernel.reading import current_reader
from crm.models import CaptureForm, SavedView
from crm.queries.saved_views import rules_of_query
from talentpools.models import Segment
from talentpools.queries import segments, visibility


@dataclass(frozen=True, slots=True)
class Use:
    """Something that builds on a segment. `url_name` and `pk` lead to it, where this reader may go there."""

    kind: str
    name: str
    url_name: str
    pk: int


def uses(segment_id: int) -> list[Use]:
    """The segments, journeys and whatever else name this segment."""
    seen = set(visibility.segments_of_reader().values_list("pk", flat=True))
    found = [_segment(one, is_seen=one.pk in seen) for one in segments.dependents(segment_id)]
    found += _views("segment", segment_id)
    for path in settings.SEGMENT_USES:
        tell: Callable[[int], list[Use]] = import_string(path)
        found += tell(segment_id)
    return found


def without_use(segment_id: int) -> list[str]:
    """Which subscribers to entering and leaving say that this segment is nothing to them."""
    return [
        task for task, path in settings.SEGMENT_SUBSCRIBERS.items() if not import_string(path)(segment_id)
    ]


def pool_uses(pool_id: int) -> list[Use]:
    """The segments, journeys and whatever else name this pool in a rule."""
    seen = set(visibility.segments_of_reader().values_list("pk", flat=True))
    found = [_segment(one, is_seen=one.pk in seen) for one in segments.naming_pool(pool_id)]
    found += _views("pool", pool_id)
    filling = CaptureForm.objects.filter(form_pools__pool=pool_id).order_by("title", "pk")
    found += [Use("Form", form.title, "crm:form", form.pk) for form in filling]
    for path in settings.POOL_USES:
        tell: Callable[[int], list[Use]] = import_string(path)
        found += tell(pool_id)
    return found


def _views(noun: str, pk: int) -> list[Use]:
    """Views of the candidate list that ask who is in; somebody else's own are their business."""
    reader = current_reader()
    mine = Q(is_shared=True) | Q(owner_id=reader.user_id if reader else None)
    kept = SavedView.objects.filter(mine, query__contains="rules=").order_by("name", "pk")
    return [
        Use("View", view.name, "", 0)
        for view in kept
        if pk in segments.named(rules_of_query(view.query), noun)
    ]


def _segment(one: Segment, *, is_seen: bool) -> Use:
    if not is_seen:
        return Use("Segment", "one you may not see", "", 0)
    return Use("Segment", one.name, "talentpools:segment", one.pk)
