import datetime as dt
from typing import Any

import pytest

from crm.models import Candidate
from crm.policies import merging

SOON, LATE = dt.datetime(2026, 7, 1, tzinfo=dt.UTC), dt.datetime(2027, 7, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("keep", "other", "holds"),
    [
        (("granted", None), ("withdrawn", None), ("withdrawn", None)),
        (("withdrawn", None), ("granted", LATE), ("withdrawn", None)),
        (("granted", LATE), ("granted", SOON), ("granted", SOON)),
        (("granted", None), ("granted", SOON), ("granted", SOON)),
        (("none", None), ("granted", LATE), ("granted", LATE)),
        (("granted", SOON), ("none", None), ("granted", SOON)),
        (("none", None), ("pending", None), ("none", None)),
    ],
)
def test_the_stricter_consent_holds(keep: Any, other: Any, holds: Any) -> None:
    ours = Candidate(workspace_id=1, consent=keep[0], consent_expires_at=keep[1])
    theirs = Candidate(workspace_id=1, consent=other[0], consent_expires_at=other[1])
    found = merging.summary(ours, theirs)
    assert (found["consent"], found["consent_expires_at"]) == holds


def test_a_wish_chosen_by_hand_is_not_made_stricter() -> None:
    keep, other = (
        Candidate(workspace_id=1, preferred_gap_days=30),
        Candidate(workspace_id=1, preferred_gap_days=90),
    )
    assert "preferred_gap_days" not in merging.summary(keep, other, chosen=["preferred_gap_days"])
    assert merging.summary(keep, other)["preferred_gap_days"] == 90


def test_values_trade_places_with_their_stamps_and_back() -> None:
    keep = Candidate(workspace_id=1, city="London", custom={"shoe": 42}, edited_fields={"city": "2026-01-01"})
    other = Candidate(workspace_id=1, city="Paris", custom={"hat": "L"}, edited_fields={})
    merging.swap(keep, other, ["city", "custom.hat"])
    assert (keep.city, keep.custom, keep.edited_fields) == ("Paris", {"shoe": 42, "hat": "L"}, {})
    assert (other.city, other.custom, other.edited_fields) == ("London", {}, {"city": "2026-01-01"})
    merging.swap(keep, other, ["city", "custom.hat"])
    assert (keep.city, keep.custom, other.custom) == ("London", {"shoe": 42}, {"hat": "L"})
