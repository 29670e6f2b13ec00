"""Which figures may have a target, in what unit, and whether a value meets it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure that can have a target. Days and money are better low, shares (of 1) better high."""

    key: str
    label: str
    unit: str
    is_share: bool = False

    def is_met(self, value: float, target: float) -> bool:
        return value >= target if self.is_share else value <= target


GOALS = {
    goal.key: goal
    for goal in (
        Goal("time_to_hire", "Time to hire from the CRM, mean", "days"),
        Goal("time_to_fill", "Time to fill, mean", "days"),
        Goal("conversion_to_screening", "Conversion to screening", "%", is_share=True),
        Goal("offer_acceptance", "Offer acceptance of nurtured people", "%", is_share=True),
        Goal("share_of_hires_from_crm", "Share of hires from the CRM", "%", is_share=True),
        Goal("reply_rate", "Reply rate", "%", is_share=True),
    )
}


def in_words(goal: Goal, value: float | None, target: float | None) -> str:
    """“Target 30 days: met” or by how much it is missed; nothing without a target."""
    if target is None:
        return ""
    shown = f"{target * 100:g} %" if goal.is_share else f"{target:g} {goal.unit}"
    if value is None:
        return f"Target {shown}"
    if goal.is_met(value, target):
        return f"Target {shown}: met"
    gap = abs(value - target)
    missing = f"{gap * 100:.1f} points" if goal.is_share else f"{gap:.1f} {goal.unit}"
    return f"Target {shown}: missed by {missing}"
