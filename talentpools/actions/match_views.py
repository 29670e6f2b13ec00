"""Who looked at which scores: kept so that each can be reproduced and contested."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from crm.actions import events
from crm.models import Requisition, User
from talentpools.policies import matching
from talentpools.queries.matches import Match, wanted_by


def record(
    *,
    requisition: Requisition,
    matches: Sequence[Match],
    by: User | None,
    on: str = "matches",
    review: int | None = None,
) -> None:
    """`matches.viewed` with the version, the weights, what was asked for and every score with its parts.

    `on` is where they were shown, `review` by which invitation to somebody without an account. The same
    scores seen again by the same person are recorded once.
    """
    if not matches:
        return
    told: dict[str, Any] = {
        "requisition": requisition.pk,
        "on": on,
        "review": review,
        "model": matching.VERSION,
        "weights": dict(matching.WEIGHTS),
        "wanted": asdict(wanted_by(requisition)) | {"scale": None},
        "people": [_told(one) for one in matches],
    }
    digest = hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
    ref = f"{requisition.pk}:{by.pk if by else 0}:{digest[:32]}"
    events.record("matches.viewed", by=by, ref=ref, data=told | {"digest": digest})


def _told(match: Match) -> dict[str, Any]:
    """Ids and figures alone: the score can be computed again from its shares, and holds nothing personal."""
    return {
        "candidate": match.candidate.pk,
        "score": match.fit.score,
        "points": {reason.criterion: round(reason.points, 2) for reason in match.fit.reasons},
        "shares": {reason.criterion: reason.share for reason in match.fit.reasons},
    }
