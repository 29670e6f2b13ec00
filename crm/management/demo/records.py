"""What the demo knows of its people beside their history: fields of its own, phones, CVs."""

import io
import random
from datetime import timedelta

import docx

from crm.actions import attachments, contact_points, custom_fields, saved_views
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import workspace_scope
from crm.management.demo.chapters import Demo
from crm.models import Candidate, CandidateSkill, User

CVS = 60
FIELDS = (
    ("Salary expectation", "number", ()),
    ("Work permit", "choice", ("EU citizen", "Blue Card", "Needs sponsoring")),
    ("Working model", "set", ("On site", "Hybrid", "Remote")),
    ("Earliest start", "date", ()),
    ("Would manage people", "bool", ()),
    ("What they are proud of", "text", ()),
)
VIEWS = (
    ("Warm engineers", "role_family=engineering&level=hot&level=warm&sort=-engagement"),
    (
        "Salary and permit",
        "sort=name&column=title&column=custom.salary_expectation&column=custom.work_permit",
    ),
)
PRIDE = (
    "Shipped a rewrite nobody noticed.",
    "Mentored three juniors into seniors.",
    "Opened the Lisbon office.",
)
DONE = (
    "Migrated the billing platform from a monolith to event-driven services on Kubernetes",
    "Led on-call for a payments system with 99.98 % availability",
    "Introduced contract tests and cut release time from two weeks to a day",
    "Built the forecasting model behind regional staffing, saving 14 % of overtime",
    "Negotiated framework agreements with three logistics carriers",
    "Ran the customer advisory board and brought churn below four percent",
)


def add(demo: Demo) -> str:
    """Add fields, numbers and CVs; the worker reads the CVs as soon as it runs."""
    chance, grace = random.Random(11), demo.staff["grace"]
    with workspace_scope(demo.workspace.pk):
        for label, kind, choices in FIELDS:
            custom_fields.add(label=label, kind=kind, choices=choices, by=grace)
        people = list(Candidate.objects.exclude(email="").order_by("-last_engaged_at", "pk")[: CVS * 4])
        for candidate in people:
            candidate.custom = candidate.custom | _values(demo, chance)
        Candidate.objects.bulk_update(people, ["custom"], batch_size=500)
        for candidate in people[:CVS]:
            _reach(candidate, chance, grace)
            attachments.add(
                candidate=candidate, file_name=f"CV {candidate.full_name}.docx",
                content=_cv(candidate, chance), by=grace,
                dated_on=(demo.now - timedelta(days=chance.randint(30, 900))).date(),
            )  # fmt: skip
        _views(demo)
    return f"{len(FIELDS)} fields of its own and {min(CVS, len(people))} CVs"


def _views(demo: Demo) -> None:
    for name, query in VIEWS:
        saved_views.save(name=name, query=query, by=demo.staff["grace"], is_shared=True)
    mine = "sort=-last_engaged_at&column=stage&column=engagement&column=custom.earliest_start"
    saved_views.save(name="Whom I could start with", query=mine, by=demo.staff["ada"])


def _values(demo: Demo, chance: random.Random) -> dict[str, object]:
    start = (demo.now + timedelta(days=chance.randint(10, 200))).date().isoformat()
    values: dict[str, object] = {
        "salary_expectation": float(chance.randrange(48, 130) * 1_000),
        "work_permit": chance.choice(FIELDS[1][2]),
        "working_model": chance.sample(FIELDS[2][2], chance.randint(1, 2)),
        "earliest_start": start,
        "would_manage_people": chance.random() < 0.4,
        "what_they_are_proud_of": chance.choice(PRIDE),
    }
    return {key: value for key, value in values.items() if chance.random() < 0.7}


def _reach(candidate: Candidate, chance: random.Random, by: User) -> None:
    handle = f"{candidate.first_name}-{candidate.last_name}".lower().replace(" ", "-")
    for kind, value in (
        ("phone", f"+49 30 23125{chance.randint(100, 999)}"),
        ("link", f"linkedin.com/in/{handle}-{candidate.pk}"),
    ):
        try:
            contact_points.add(candidate=candidate, kind=kind, value=value, by=by)
        except DomainError:
            continue


def _cv(candidate: Candidate, chance: random.Random) -> bytes:
    document, file = docx.Document(), io.BytesIO()
    skills = CandidateSkill.objects.filter(candidate=candidate).values_list("skill__name", flat=True)
    document.add_heading(candidate.full_name)
    private = f"{candidate.first_name}.{candidate.last_name}{candidate.pk}@mail.example".lower().replace(
        " ", ""
    )
    document.add_paragraph(f"{private} · +49 151 2312{chance.randint(1000, 9999)}")
    document.add_heading(f"{candidate.current_title or 'Professional'}", level=2)
    document.add_paragraph(candidate.current_company or "Independent")
    for sentence in chance.sample(DONE, 3):
        document.add_paragraph(sentence, style="List Bullet")
    document.add_heading("Skills", level=2)
    document.add_paragraph(", ".join(skills) or "Planning, negotiation, writing")
    document.save(file)
    return file.getvalue()
