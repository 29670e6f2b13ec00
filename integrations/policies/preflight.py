"""What a push will do with somebody, decided from what the ATS holds and what we know."""

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.models import PushItem

Verdict = PushItem.Verdict
SENDS = frozenset({Verdict.CREATE, Verdict.ATTACH, Verdict.ALREADY_THERE})


@dataclass(frozen=True, slots=True)
class Judgment:
    verdict: str
    detail: str = ""
    matches: tuple[str, ...] = ()


def judge(
    *,
    lacking: Sequence[str],
    candidates: Sequence[str],
    applications: Sequence[str],
    asked: Sequence[str] = (),
) -> Judgment:
    """Create, attach, already there, conflict, or what is missing.

    `candidates` and `applications` are what the ATS found; `lacking` is what a new candidate would need,
    `asked` what this ATS asks for with any application and nobody knows.
    """
    if len(candidates) > 1:
        ids = ", ".join(candidates[:5])
        return Judgment(
            Verdict.CONFLICT, f"{len(candidates)} candidates in the ATS match: {ids}.", tuple(candidates[:5])
        )
    if applications:
        return Judgment(Verdict.ALREADY_THERE)
    needed = [*(() if candidates else lacking), *asked]
    if needed:
        return Judgment(Verdict.MISSING, ", ".join(needed))
    return Judgment(Verdict.ATTACH if candidates else Verdict.CREATE)
