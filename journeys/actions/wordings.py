"""Keeping the words mail went out with, once for each wording and not for each mail."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import md5

from crm.actions import rowsets
from journeys.models import Wording
from journeys.policies.pieces import taken_out
from journeys.queries.words import Wording as Said


def keep(said: Iterable[Said], *, now: datetime) -> dict[Said, int]:
    """The ids of these wordings; what was said before is found again. Two statements at most."""
    digests = {one: _digest(one) for one in set(said)}
    if not digests:
        return {}
    known = _known(digests)
    new = [one for one in digests if one not in known]
    if not new:
        return known
    rowsets.insert(Wording, [_row(one, digests[one], now) for one in new])
    return _known(digests)


def _known(digests: dict[Said, str]) -> dict[Said, int]:
    rows = Wording.objects.filter(digest__in=set(digests.values())).values_list("template_id", "digest", "pk")
    by_digest = {(template_id, digest): pk for template_id, digest, pk in rows}
    found = {one: by_digest.get((one.template_id, digest)) for one, digest in digests.items()}
    return {one: pk for one, pk in found.items() if pk is not None}


def _row(said: Said, digest: str, now: datetime) -> dict[str, object]:
    return {
        "template_id": said.template_id,
        "digest": digest,
        "pieces": list(said.pieces),
        "subject": said.content.subject,
        "body": taken_out(said.content.body)[0],
        "first_used_at": now,
    }


def _digest(said: Said) -> str:
    words = f"{said.content.subject}\0{said.content.body}\0{said.pieces}"
    return md5(words.encode(), usedforsecurity=False).hexdigest()
