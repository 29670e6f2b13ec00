"""The figures of M13 on one page, as the mail and the files show them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from analytics.policies.definitions import DEFINITIONS
from analytics.policies.intervals import mean_interval
from analytics.policies.questions import Question
from analytics.policies.sections import Behind, Cell, Dashboard, Section, Tile, cell, during
from analytics.policies.words import percent, shown, sure_of_days, sure_of_rate
from analytics.queries import trends
from analytics.queries.answers import Answers
from analytics.queries.dashboards.funnel import drop_off_section

FIGURES = (
    "time_to_hire", "time_to_accept", "time_to_fill", "relationship_age", "conversion_to_screening",
    "reply_rate", "offer_acceptance", "share_of_hires_from_crm", "cost_per_hire",
)  # fmt: skip
ACCEPTED = {"all": "accepted", "nurtured": "accepted_nurtured", "cold": "accepted_cold"}


def overview(question: Question) -> Dashboard:
    """Every headline number with its n and interval, the trend, and the way to screening."""
    answers = Answers(question)
    found: dict[str, Any] = {key: answers[key] for key in FIGURES}
    lines = [
        *_days("time_to_hire", found["time_to_hire"], answers.hire_days["time_to_hire"]),
        *_days("time_to_accept", found["time_to_accept"], answers.hire_days["time_to_accept"]),
        _plain("time_to_fill", found["time_to_fill"], answers.fill_days),
        _plain("relationship_age", found["relationship_age"], answers.hire_days["relationship_age"]["crm"]),
        *_rates(found),
        *_costs(found["cost_per_hire"]),
    ]
    excluded = answers.of_hires["exclusions"]
    table = Section(
        id="figures",
        title="Every figure",
        headers=("Figure", "Value", "n", "How sure"),
        rows=lines,
        note=(
            f"{excluded['without_opening_date']} hires left out of time to hire for want of an opening date; "
            f"{excluded['without_offer']} counted without an offer."
        ),
    )
    sections = [table, trend(answers), drop_off_section(answers.cohort)]
    return Dashboard("overview", "Overview", _tiles(found), sections, lead=in_a_sentence(answers))


def in_a_sentence(answers: Answers) -> str:
    """What a talent leader takes away in ten seconds."""
    share: Any = answers["share_of_hires_from_crm"]
    hire: Any = answers["time_to_hire"]
    offers: Any = answers["offer_acceptance"]
    conversion = answers.cohort.conversion
    words = [f"The CRM brought {share.crm:,} of {share.hires:,} hires ({percent(share.rate)})."]
    if not share.hires:
        words = ["Nobody was hired in this period."]
    if hire.crm.mean_days is not None and hire.external.mean_days is not None:
        gap = hire.external.mean_days - hire.crm.mean_days
        words.append(f"They took {abs(gap):.1f} days {'less' if gap >= 0 else 'more'} than the others.")
    if conversion.contacted:
        words.append(
            f"Of {conversion.contacted:,} people first written to, {conversion.screened:,} were screened."
        )
    if offers.nurtured.extended and offers.cold.extended:
        words.append(
            f"Nurtured people accepted {percent(offers.nurtured.rate)} of their offers, "
            f"others {percent(offers.cold.rate)}."
        )
    return " ".join(words)


def as_published(question: Question) -> dict[str, Any]:
    """The table of every figure, as a report keeps it."""
    table = overview(question).sections[0]
    rows = [[cell.text for cell in row] for row in table.rows]
    return {"headers": list(table.headers), "rows": rows, "note": table.note}


def trend(answers: Answers) -> Section:
    """Mean days to hire per month, CRM and external."""
    question, months = answers.question, trends.monthly_time_to_hire(answers)
    labels = [f"{month.starts_on:%b %Y}" for month in months]
    series = [
        {"type": "line", "name": "CRM", "column": 1, "data": [month.crm for month in months]},
        {"type": "line", "name": "External", "column": 3, "data": [month.external for month in months]},
    ]
    return Section(
        id="time-to-hire-trend",
        title="Time to hire per month, mean days",
        headers=("Month", "CRM, mean days", "CRM hires", "External, mean days", "External hires"),
        rows=[
            (
                Cell(label),
                *_of_month(m, "crm", m.crm, m.crm_n, question),
                *_of_month(m, "external", m.external, m.external_n, question),
            )
            for label, m in zip(labels, months, strict=True)
        ],
        chart={
            "legend": {"show": True},
            "xAxis": {"type": "category", "data": labels},
            "yAxis": {"type": "value", "min": 0},
            "series": series,
        },
        definition="time_to_hire",
    )


def _of_month(
    month: trends.Month, who: str, mean: float | None, n: int, question: Question
) -> tuple[Cell, Cell]:
    last = (month.starts_on + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    behind = Behind("time_to_hire", who, during(month.starts_on, last, question.period))
    return Cell(shown(mean), mean, behind), cell(n, behind)


def _tiles(found: dict[str, Any]) -> list[Tile]:
    hire, offer = found["time_to_hire"], found["offer_acceptance"]
    conversion, share = found["conversion_to_screening"], found["share_of_hires_from_crm"]
    return [
        Tile(
            "Time to hire, CRM", shown(hire.crm.mean_days), "days", hire.crm.n,
            f"external {shown(hire.external.mean_days)}", Behind("time_to_hire", "crm"),
        ),
        Tile(
            "Conversion to screening", percent(conversion.rate), "", conversion.contacted,
            sure_of_rate(conversion.screened, conversion.contacted),
            Behind("conversion_to_screening", "contacted"),
        ),
        Tile(
            "Offer acceptance, nurtured", percent(offer.nurtured.rate), "", offer.nurtured.extended,
            f"cold {percent(offer.cold.rate)}", Behind("offer_acceptance", "nurtured"),
        ),
        Tile(
            "Share of hires from CRM", percent(share.rate), "", share.hires,
            sure_of_rate(share.crm, share.hires), Behind("share_of_hires_from_crm", "all"),
        ),
    ]  # fmt: skip


def _days(key: str, figure: Any, values: Mapping[str, Sequence[float]]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for who, label in (("all", "all"), ("crm", "CRM"), ("external", "external")):
        part = getattr(figure, who)
        words = f"{_sure(values[who])}; median {shown(part.median_days)}, p90 {shown(part.p90_days)}"
        title = Cell(f"{DEFINITIONS[key].title}, {label}, mean days")
        value = Cell(shown(part.mean_days), part.mean_days, Behind(key, who))
        rows.append((title, value, cell(part.n, Behind(key, who)), Cell(words if part.n else "nobody yet")))
    return rows


def _plain(key: str, figure: Any, values: Sequence[float]) -> tuple[Cell, ...]:
    words = f"{_sure(values)}; median {shown(figure.median_days)}" if figure.n else "nobody yet"
    value = Cell(shown(figure.mean_days), figure.mean_days, Behind(key, "all"))
    return (
        Cell(f"{DEFINITIONS[key].title}, mean days"),
        value,
        cell(figure.n, Behind(key, "all")),
        Cell(words),
    )


def _sure(values: Sequence[float]) -> str:
    return sure_of_days(mean_interval(values))


def _rates(found: dict[str, Any]) -> list[tuple[Cell, ...]]:
    conversion, reply = found["conversion_to_screening"], found["reply_rate"]
    share, offers = found["share_of_hires_from_crm"], found["offer_acceptance"]
    parts = [
        ("conversion_to_screening", "contacted", "screened", "", conversion.screened, conversion.contacted),
        ("reply_rate", "delivered", "replied", "", reply.replied, reply.delivered),
        ("share_of_hires_from_crm", "all", "crm", "", share.crm, share.hires),
        *(
            ("offer_acceptance", who, accepted, f", {who}", getattr(offers, who).accepted,
             getattr(offers, who).extended)
            for who, accepted in ACCEPTED.items()
        ),
    ]  # fmt: skip
    return [
        (
            Cell(f"{DEFINITIONS[key].title}{label}"),
            Cell(
                percent(part / whole if whole else None),
                part / whole if whole else None,
                Behind(key, counted),
            ),
            cell(whole, Behind(key, group)),
            Cell(sure_of_rate(part, whole)),
        )
        for key, group, counted, label, part, whole in parts
    ]


def _costs(figure: Any) -> list[tuple[Cell, ...]]:
    return [
        (
            Cell(f"Cost per hire, {label}"),
            Cell("–" if part.value is None else f"{part.value:,.0f} {part.currency}", part.value,
                 Behind("cost_per_hire", who)),
            cell(part.hires, Behind("cost_per_hire", who)),
            Cell(f"{part.cost:,.0f} {part.currency} spent"),
        )
        for who, label, part in (
            ("all", "all", figure.all), ("crm", "CRM", figure.crm), ("external", "external", figure.external),
        )
    ]  # fmt: skip
