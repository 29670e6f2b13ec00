"""The gallery at /ui/. Its people and figures are invented samples, never anybody's data."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from crm.context_processors import Link
from crm.kernel.errors import DomainError
from crm.kernel.responses import Toast, go, render_page

ROOMS = {
    "controls": ("Controls", "sliders-horizontal"),
    "forms": ("Forms", "clipboard-list"),
    "reading": ("Reading", "book-open"),
    "overlays": ("Overlays", "layers"),
    "icons": ("Icons", "image"),
}
OTHERS = (
    ("gallery:charts", "Charts", "chart-column"),
    ("gallery:list", "List page", "list"),
    ("gallery:plain", "Account page", "lock"),
    ("gallery:public", "Public page", "globe"),
)
STAGES = (
    ("Initial interest", "idle", "circle-dashed"),
    ("Screening", "info", "search"),
    ("Interview ready", "accent", "calendar-check"),
    ("Offer ready", "good", "circle-check"),
)
PEOPLE = (
    ("Ada Lovelace", "Staff engineer", "London", "Engineering", 92),
    ("Zoë Kravchenko", "Account executive", "Berlin", "Sales", 81),
    ("Björn Åkesson", "Site reliability engineer", "Malmö", "Engineering", 77),
    ("Amélie Dupont", "Customer success lead", "Lyon", "Customer success", 64),
    ("Rui Nakamura", "Data engineer", "Lisbon", "Engineering", 58),
    ("Noor van den Berg", "Operations manager", "Utrecht", "Operations", 51),
    ("Samuel Oyelaran", "Backend engineer", "Dublin", "Engineering", 44),
    ("Łucja Wiśniewska", "Sales engineer", "Kraków", "Sales", 39),
    ("Maximilian Freiherr von Hohenstein-Adlersfeld", "Principal engineer", "München", "Engineering", 31),
    ("Grace Hopper", "Director of engineering", "New York", "Engineering", 28),
    ("Inês Carvalho", "Support specialist", "Porto", "Customer success", 17),
    ("Tomáš Novák", "Logistics planner", "Brno", "Operations", 0),
)


@dataclass(frozen=True, slots=True)
class SampleFrame:
    """What the rail shows in the gallery, where there is no workspace."""

    links: list[Link]
    palette_url: str
    workspaces: list[Any] = field(default_factory=list)
    toast: Toast | None = None


class SampleForm(forms.Form):
    name = forms.CharField(help_text="As the candidate writes it.", initial="Ada Lovelace")
    email = forms.EmailField(initial="ada@example")
    seniority = forms.ChoiceField(
        choices=[("", "Any"), ("senior", "Senior"), ("lead", "Lead")], required=False
    )
    pace = forms.ChoiceField(
        choices=[("month", "Every month"), ("quarter", "Every quarter")], widget=forms.RadioSelect
    )
    starts_on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), required=False)
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    is_reachable = forms.BooleanField(label="May be written to", required=False)


def index(request: HttpRequest) -> HttpResponse:
    return room(request, "controls")


def room(request: HttpRequest, room: str) -> HttpResponse:
    if room not in ROOMS:
        raise Http404
    form = SampleForm({"name": "Ada Lovelace", "email": "ada@example", "pace": "month"})
    refusal = DomainError(
        "Ada Lovelace is archived.", fields={"candidate": "Restore her first, then enroll her."}
    )
    context = _samples() | {"form": form, "refusal": refusal, "title": ROOMS[room][0]}
    return render(request, f"crm/gallery/{room}.html", context | _frame(request))


def charts(request: HttpRequest) -> HttpResponse:
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug"]
    crm, external = [38, 36, 35, 31, 30, 28, 27, 26], [41, 42, 40, 43, 41, 44, 42, 43]
    stages = [("First outreach", 812), ("Replied", 304), ("Screening", 171), ("Interview", 92), ("Offer", 31)]
    lines = {
        "xAxis": {"type": "category", "data": months, "boundaryGap": False},
        "yAxis": {"type": "value"},
        "series": [
            {"type": "line", "name": "CRM", "data": crm, "endLabel": {"show": True, "formatter": "{a}"}},
            {
                "type": "line",
                "name": "External",
                "data": external,
                "endLabel": {"show": True, "formatter": "{a}"},
            },
        ],
    }
    bars = {
        "xAxis": {"type": "value", "show": False},
        "yAxis": {"type": "category", "inverse": True, "data": [name for name, _count in stages]},
        "series": [
            {"type": "bar", "data": [n for _name, n in stages], "label": {"show": True, "position": "right"}}
        ],
    }
    context = {
        "lines": lines,
        "line_headers": ["Month", "CRM", "External"],
        "line_rows": list(zip(months, crm, external, strict=True)),
        "bars": bars,
        "bar_headers": ["Stage", "People"],
        "bar_rows": stages,
    }
    return render(request, "crm/gallery/charts.html", context | _frame(request))


def sample_list(request: HttpRequest) -> HttpResponse:
    people = _people()
    sort = request.GET.get("sort", "")
    if sort.strip("-") in ("name", "score"):
        people.sort(key=lambda person: person[sort.strip("-")], reverse=sort.startswith("-"))
    words = request.GET.get("q", "").lower()
    people = [person for person in people if words in person["name"].lower()]
    context = {"people": people, "q": request.GET.get("q", ""), "total": 1284}
    return render_page(request, "crm/gallery/list.html", context | _frame(request), partial="rows")


def sample_record(request: HttpRequest, number: int) -> HttpResponse:
    person = next((person for person in _people() if person["id"] == number), None)
    if person is None:
        raise Http404
    context = _samples() | {"person": person} | _frame(request)
    return render_page(request, "crm/gallery/record.html", context, partial="panel")


def plain(request: HttpRequest) -> HttpResponse:
    return render(request, "crm/gallery/plain.html", {"form": SampleForm()})


def public(request: HttpRequest) -> HttpResponse:
    form = SampleForm({"email": "ada@example", "pace": "month"})
    return render(request, "crm/gallery/public.html", {"form": form, "workspace": {"name": "Acme Talent"}})


@require_POST
def toast(request: HttpRequest) -> HttpResponse:
    said = Toast("12 people added to Engineering.", undo_url=reverse("gallery:toast"))
    if not getattr(request, "htmx", None):
        return go(request, reverse("gallery:room", args=["overlays"]))
    return render(request, "components/toast.html", {"toast": said, "oob": True})


def palette(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").lower()
    found = [person for person in _people() if words and words in person["name"].lower()]
    return render(request, "crm/gallery/palette.html", {"found": found})


def _frame(request: HttpRequest) -> dict[str, Any]:
    pages = [(reverse("gallery:room", args=[name]), *room) for name, room in ROOMS.items()]
    pages += [(reverse(name), label, icon) for name, label, icon in OTHERS]
    keys = "cfroihlapu"
    here = "/ui/controls/" if request.path == "/ui/" else request.path
    links = [
        Link(label, icon, url, keys[at], here.startswith(url)) for at, (url, label, icon) in enumerate(pages)
    ]
    return {"frame": SampleFrame(links, reverse("gallery:palette"))}


def _people() -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "id": number,
            "name": name,
            "title": title,
            "place": place,
            "pool": pool,
            "score": score,
            "stage": STAGES[number % len(STAGES)],
            "seen_at": now - dt.timedelta(hours=7 * number**2),
        }
        for number, (name, title, place, pool, score) in enumerate(PEOPLE, start=1)
    ]


def _samples() -> dict[str, Any]:
    now = timezone.now()
    return {
        "tones": ("idle", "good", "warn", "bad", "info", "accent", "plain"),
        "stages": STAGES,
        "tabs": [
            {"label": "Timeline", "href": "#", "current": True, "count": ""},
            {"label": "Pools", "href": "#pools", "current": False, "count": 3},
            {"label": "Journeys", "href": "#journeys", "current": False, "count": 1},
        ],
        "crumbs": [
            {"label": "Pools", "href": "#"},
            {"label": "Engineering", "href": "#"},
            {"label": "Silver medalists"},
        ],
        "facts": [
            ("message.replied", "Replied: “Thank you, I would like to stay in touch.”", "reply", "good", 3),
            ("journey.step_delivered", "Thank you & staying in touch", "send", "", 30),
            ("application.rejected", "Rejected after the final interview: headcount", "circle-x", "warn", 75),
        ],
        "hour_ago": now - dt.timedelta(hours=1),
        "week_ago": now - dt.timedelta(days=7),
        "sentence": [
            {"kind": "field", "text": "Engagement"},
            {"kind": "is", "text": "is at least"},
            {"kind": "value", "text": "15"},
            {"kind": "join", "text": "and"},
            {"kind": "field", "text": "country"},
            {"kind": "is", "text": "is"},
            {"kind": "value", "text": "Germany"},
        ],
        "now": now,
        "options": [("", "Any stage"), ("screening", "Screening"), ("offer", "Offer ready")],
        "icons": (settings.BASE_DIR / "crm/static_src/icons.txt").read_text().split(),
        "said": Toast("Ada Lovelace added to Engineering.", undo_url=reverse("gallery:toast")),
    }
