"""What the people and the rules of the random tests are made of: words, days and moments at every edge."""

import datetime as dt
from zoneinfo import ZoneInfo

NOW = dt.datetime(2026, 6, 15, 9, 0, tzinfo=dt.UTC)
DAY, TICK = dt.timedelta(days=1), dt.timedelta(microseconds=1)
# New York in summer; Berlin a day after its clocks went forward; Cairo on the day that has no midnight;
# Havana on the day that has midnight twice; Kathmandu, at a quarter of an hour.
CLOCKS = [
    (NOW, "America/New_York"),
    (dt.datetime(2026, 3, 30, 22, 30, tzinfo=dt.UTC), "Europe/Berlin"),
    (dt.datetime(2026, 4, 24, 9, 0, tzinfo=dt.UTC), "Africa/Cairo"),
    (dt.datetime(2026, 11, 1, 5, 30, tzinfo=dt.UTC), "America/Havana"),
    (dt.datetime(2026, 12, 31, 18, 20, tzinfo=dt.UTC), "Asia/Kathmandu"),
]
DATES = ["2026-06-01", "2026-06-02", "2026-06-15", "2025-01-01",
         "2026-03-29", "2026-04-24", "2026-11-01", "2027-01-01"]  # fmt: skip


def _edges() -> list[dt.datetime]:
    """Both sides of the days in DATES as each zone has them, and of the hours counted back from each now."""
    found = []
    for now, zone in CLOCKS:
        found += [now, now - 7 * DAY, now - 7 * DAY - TICK, now + 3 * DAY, now - 30 * DAY]
        for day in DATES:
            midnight = dt.datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=ZoneInfo(zone))
            found += [midnight.astimezone(dt.UTC), midnight.astimezone(dt.UTC) - TICK]
            found.append(midnight.astimezone(dt.UTC) + dt.timedelta(minutes=70))
    return found


MOMENTS = _edges()
MOMENTS_OR_NONE: list[dt.datetime | None] = [*[None] * (len(MOMENTS) // 5), *MOMENTS]
WORDS = ["", "Engineer", "Élan", "elan", "E\u0301LAN", "Sales 100%", "a_b", "axb", "Straße", "STRASSE",
         "İzmir", "izmir", "back\\slash", "engineering lead", "Øre ", "東京"]  # fmt: skip
FAMILIES = ["", "engineering", "sales"]
COUNTRIES = ["", "DE", "FR"]
NAMES, FOLDED = ["Python", "Élixir", "go"], ["python", "elixir", "go"]
REASONS = ["", "timing", "runner_up"]
PEOPLE = 90
CUSTOM = {"note": "text", "level": "number", "since": "date", "remote": "bool", "size": "choice",
          "topics": "set"}  # fmt: skip
KINDS = ["message.delivered", "message.opened", "message.clicked", "message.replied", "event.registered",
         "event.attended", "form.submitted", "meeting.booked", "note.added", "stage.changed"]  # fmt: skip
STATES, WAS = (
    ["active", "completed", "exited", "holdout"],
    ["sent", "delivered", "opened", "clicked", "replied"],
)
