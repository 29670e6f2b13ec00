"""How well a person fits a requisition: six plain criteria, each with its points and its reason.

Only skills, level, place, stage, engagement and recency count. Nothing about who somebody is (name, age,
gender, nationality, photograph, languages) is read here, and a missing value costs its points and no more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from crm.models import Seniority, Stage
from crm.policies import engagement

Criterion = Literal["skills", "seniority", "location", "stage", "engagement", "recency"]

# Changes with any weight, share or criterion: what was shown before stays reproducible.
VERSION = "fit-1"
WEIGHTS: Mapping[Criterion, int] = {
    "skills": 40,
    "seniority": 15,
    "location": 15,
    "stage": 10,
    "engagement": 15,
    "recency": 5,
}
STAGE_SHARES: Mapping[str, float] = {
    Stage.INITIAL_INTEREST: 0.25,
    Stage.SCREENING: 0.5,
    Stage.INTERVIEW_READY: 0.75,
    Stage.OFFER_READY: 1.0,
}
LEVEL_SHARES: Mapping[str, float] = {"none": 0.0, "cold": 0.2, "warm": 0.7, "hot": 1.0}
# Days since the last human signal → share; longer ago or never is nothing.
RECENCY_SHARES: Sequence[tuple[int, float]] = ((30, 1.0), (90, 0.6), (180, 0.3))
MEANINGS: Mapping[Criterion, str] = {
    "skills": "the share of the wanted skills they have",
    "seniority": "the level asked for; half for one level beside it",
    "location": "the same city; less for the same country or who would relocate; all of it for a remote job",
    "stage": "how far they are along the CRM stages",
    "engagement": "hot, warm or cold, by what they did themselves",
    "recency": "how long ago their last sign was: 30, 90 or 180 days",
}
NEXT_LEVEL_SHARE = 0.5
COUNTRY_SHARE, RELOCATION_SHARE, REMOTE_SHARE = 0.6, 0.5, 1.0
LADDER = list(Seniority.values)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a requisition asks for. What it does not say does not count for or against anybody."""

    skills: tuple[str, ...] = ()
    seniority: str = ""
    city: str = ""
    country: str = ""
    is_remote: bool = False
    scale: engagement.Scale = engagement.STANDARD

    @property
    def criteria(self) -> list[Criterion]:
        """The criteria that count, in the order they are shown."""
        said: dict[Criterion, bool] = {
            "skills": bool(self.skills),
            "seniority": self.seniority in LADDER,
            "location": bool(self.city or self.country or self.is_remote),
        }
        return [criterion for criterion in WEIGHTS if said.get(criterion, True)]

    @property
    def total(self) -> int:
        return sum(WEIGHTS[criterion] for criterion in self.criteria)


@dataclass(frozen=True, slots=True)
class Person:
    """What of a person is looked at. `skills` are those of theirs the requisition wants."""

    skills: tuple[str, ...] = ()
    seniority: str = ""
    city_folded: str = ""
    country: str = ""
    would_relocate: bool = False
    stage: str = ""
    engagement_key: float | None = None
    last_engaged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One criterion: its points, out of how many (of which they are a share), and why in a few words."""

    criterion: Criterion
    text: str
    points: float
    out_of: float
    share: float


@dataclass(frozen=True, slots=True)
class Fit:
    """A score from 0 to 100 and the reasons that add up to it."""

    score: int
    reasons: tuple[Reason, ...]


def fit(person: Person, wanted: Wanted, *, now: datetime) -> Fit:
    """The score with every reason; talentpools/queries/matches.py ranks by the same numbers."""
    judged = {
        "skills": _skills,
        "seniority": _seniority,
        "location": _location,
        "stage": _stage,
        "engagement": _engagement,
        "recency": _recency,
    }
    scale = 100 / wanted.total
    reasons = []
    for criterion in wanted.criteria:
        share, text = judged[criterion](person, wanted, now)
        out_of = WEIGHTS[criterion] * scale
        reasons.append(Reason(criterion, text, share * out_of, out_of, share))
    return Fit(int(sum(reason.points for reason in reasons) + 0.5), tuple(reasons))


def explained(wanted: Wanted) -> list[tuple[Criterion, int, str]]:
    """What the score of this requisition is made of: each criterion, its points of 100, and what it means."""
    return [(one, round(WEIGHTS[one] * 100 / wanted.total), MEANINGS[one]) for one in wanted.criteria]


def rescored(shares: Mapping[str, float], weights: Mapping[Criterion, int]) -> int:
    """The score again from what was logged: the share of each criterion that counted, and the weights."""
    counted = [criterion for criterion in WEIGHTS if criterion in shares]
    scale = 100 / sum(weights[criterion] for criterion in counted)
    return int(sum(shares[criterion] * (weights[criterion] * scale) for criterion in counted) + 0.5)


def adjacent(seniority: str) -> list[str]:
    """The levels one step up and down."""
    place = LADDER.index(seniority)
    return [level for at, level in enumerate(LADDER) if abs(at - place) == 1]


def _skills(person: Person, wanted: Wanted, now: datetime) -> tuple[float, str]:
    have, all_wanted = len(person.skills), len(wanted.skills)
    named = ", ".join(person.skills[:4])
    return have / all_wanted, f"{have} of {all_wanted} skills{': ' + named if named else ''}"


def _seniority(person: Person, wanted: Wanted, now: datetime) -> tuple[float, str]:
    if person.seniority == wanted.seniority:
        return 1.0, f"{Seniority(wanted.seniority).label}, as asked"
    if person.seniority in adjacent(wanted.seniority):
        return NEXT_LEVEL_SHARE, f"{Seniority(person.seniority).label}, one level from {wanted.seniority}"
    label = Seniority(person.seniority).label if person.seniority in LADDER else "Level unknown"
    return 0.0, label


def _location(person: Person, wanted: Wanted, now: datetime) -> tuple[float, str]:
    options = [
        (wanted.is_remote, REMOTE_SHARE, "Remote job"),
        (bool(wanted.city) and person.city_folded == wanted.city, 1.0, "Same city"),
        (bool(wanted.country) and person.country == wanted.country, COUNTRY_SHARE, "Same country"),
        (person.would_relocate, RELOCATION_SHARE, "Would relocate"),
    ]
    return next(((share, text) for holds, share, text in options if holds), (0.0, "Elsewhere"))


def _stage(person: Person, wanted: Wanted, now: datetime) -> tuple[float, str]:
    if person.stage not in STAGE_SHARES:
        return 0.0, "No stage yet"
    return STAGE_SHARES[person.stage], Stage(person.stage).label


def _engagement(person: Person, wanted: Wanted, now: datetime) -> tuple[float, str]:
    level = engagement.level_at(person.engagement_key, now, wanted.scale)
    return LEVEL_SHARES[level], "Never engaged" if level == "none" else f"Engagement {level}"


def _recency(person: Person, wanted: Wanted, now: datetime) -> tuple[float, str]:
    if person.last_engaged_at is None:
        return 0.0, "No word yet"
    since = now - person.last_engaged_at
    share = next((share for days, share in RECENCY_SHARES if since <= timedelta(days=days)), 0.0)
    when = {0: "today", 1: "yesterday"}.get(max(0, since.days), f"{since.days} days ago")
    return share, f"Last signal {when}"
