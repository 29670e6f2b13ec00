"""What stands beside the figures: intervals, cuts and parts, who waits, what is left out."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from analytics.policies import intervals, survival
from analytics.queries import replies, velocity
from analytics.queries.answers import Answers

_CLOCKS = ("time_to_hire", "time_to_accept")


def details(answers: Answers) -> dict[str, dict[str, Any]]:
    """By key; an interval is 95 %, (low, high), and null over nobody."""
    found = _of_days(answers) | _of_people(answers) | _of_offers(answers)
    return {key: found.get(key, {}) | {"exclusions": counts} for key, counts in answers.exclusions.items()}


def _of_days(answers: Answers) -> dict[str, dict[str, Any]]:
    known = answers.hire_days["relationship_age"]["crm"]
    clocks: dict[str, dict[str, Any]] = {
        key: {"intervals": {who: _spread(values) for who, values in answers.hire_days[key].items()}}
        for key in _CLOCKS
    }
    return clocks | {
        "relationship_age": {"intervals": _spread(known)},
        "time_to_fill": {"intervals": _spread(answers.fill_days)},
        "pool_health": {"counted_at": answers.of_pools.counted_at},
        "velocity": {
            "advances": velocity.advances(answers.question, answers.velocity),
            "intervals": {
                stage: survival.median_interval(lengths)
                for stage, lengths in answers.of_stages.lengths.items()
            },
        },
    }


def _of_people(answers: Answers) -> dict[str, dict[str, Any]]:
    cohort, whole = answers.cohort, answers.reply_rate
    contacted = cohort.conversion.contacted
    return {
        "conversion_to_screening": {
            "interval": intervals.wilson(cohort.conversion.screened, contacted),
            "cuts": cohort.cuts,
        },
        "drop_off": {
            "intervals": {step.step: intervals.wilson(step.reached, contacted) for step in cohort.steps},
            "standing": cohort.standing,
        },
        "reply_rate": {
            "interval": intervals.wilson(whole.replied, whole.delivered),
            "by": replies.reply_rates(answers.question),
        },
    }


def _of_offers(answers: Answers) -> dict[str, dict[str, Any]]:
    share = answers.of_hires["share_of_hires_from_crm"]
    return {
        "offer_acceptance": {
            "intervals": {
                who: {
                    "rate": intervals.wilson(part["accepted"], part["extended"]),
                    "decided_rate": intervals.wilson(part["accepted"], part["accepted"] + part["declined"]),
                }
                for who, part in asdict(answers.offer_acceptance).items()
            }
        },
        "share_of_hires_from_crm": {
            "interval": intervals.wilson(share.crm, share.hires),
            "first_touch": answers.of_hires["first_touch"],
        },
    }


def _spread(values: Sequence[float]) -> dict[str, intervals.Interval | None]:
    return {
        "mean_days": intervals.mean_interval(values),
        "median_days": intervals.median_interval(values),
    }
