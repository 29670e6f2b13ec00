"""A section's chart as PNG, for mails: the same options the browser draws from."""

import io
from typing import Any

from analytics.policies.sections import Section

COLORS = ("#0f766e", "#d97706", "#3b6fb6", "#b4488a", "#6b7280", "#7c9a12")
MUTED = "#515b5d"
WIDTH_INCHES, DPI = 7.2, 144
MOST_LABELS = 12


def png(section: Section) -> bytes:
    """The chart, legible on white; a section without one has no picture."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - slow import

    chart = section.chart or {}
    is_sideways = chart["yAxis"].get("type") == "category"
    labels = [str(label) for label in chart["yAxis" if is_sideways else "xAxis"].get("data", [])]
    height = max(2.2, 0.36 * len(labels) + 0.9) if is_sideways else 2.8
    figure = Figure(figsize=(WIDTH_INCHES, height), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    draw = _bars_sideways if is_sideways else _over_time
    draw(axes, labels, chart["series"])
    unit = chart["xAxis"].get("name", "")
    axes.set_xlabel(unit, fontsize=8, color=MUTED)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8, colors=MUTED, length=0)
    if len(chart["series"]) > 1:
        axes.legend(fontsize=8, frameon=False, loc="upper center", bbox_to_anchor=(0.5, 1.16), ncols=4)
    content = io.BytesIO()
    figure.savefig(content, format="png")
    return content.getvalue()


def _bars_sideways(axes: Any, labels: list[str], series: list[dict[str, Any]]) -> None:
    places, reached = list(range(len(labels))), [0.0] * len(labels)
    stacked = any("stack" in one for one in series)
    thick = 0.62 if stacked else 0.74 / len(series)
    for number, (one, color) in enumerate(zip(series, COLORS, strict=False)):
        values = [_number(value) for value in one["data"]]
        shift = 0 if stacked else (number - (len(series) - 1) / 2) * thick
        shifted = [place + shift for place in places]
        axes.barh(shifted, values, left=reached, color=color, label=one["name"], height=thick)
        ends = [a + b for a, b in zip(reached, values, strict=True)]
        reached = ends if stacked else reached
        if not stacked or one is series[-1]:
            for place, end in zip(shifted, ends, strict=True):
                axes.annotate(f" {_plain(end)}", (end, place), va="center", fontsize=8)
    axes.set_yticks(places, [label[:44] for label in labels])
    axes.invert_yaxis()


def _over_time(axes: Any, labels: list[str], series: list[dict[str, Any]]) -> None:
    places = list(range(len(labels)))
    width = 0.8 / len(series)
    for number, (one, color) in enumerate(zip(series, COLORS, strict=False)):
        values = [float("nan") if value is None else _number(value) for value in one["data"]]
        if one["type"] == "bar":
            shifted = [place + number * width for place in places]
            axes.bar(shifted, values, width=width, color=color, label=one["name"])
        else:
            axes.plot(places, values, color=color, label=one["name"], marker="o", markersize=3)
    step = max(1, len(labels) // MOST_LABELS)
    axes.set_xticks(places[::step], labels[::step], rotation=30, ha="right")
    axes.set_ylim(bottom=0)


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _number(value: Any) -> float:
    return float(value["value"] if isinstance(value, dict) else value or 0)
