"""People the demo knows twice, clients it leaves alone, and what was promised to whom."""

from datetime import timedelta

from crm.actions import do_not_contact, duplicates, ownership, promises, tasks, vocabulary
from crm.actions.tasks import Due
from crm.actions.upserts import Upsert
from crm.kernel.tenancy import workspace_scope
from crm.management.demo.chapters import Demo
from crm.models import Candidate, ContactPoint, DoNotContact, Skill, Task
from crm.policies import people
from crm.policies.do_not_contact import Terms
from crm.policies.people import Basis

_TWICE = 6


def tell(demo: Demo) -> str:
    """Some people come in a second time, with another address; one switchboard stands on two records."""
    with workspace_scope(demo.workspace.pk):
        pairs = _twins(demo)
        _marks(demo)
        _words(demo)
        _relations(demo)
    return f"{pairs} pairs that may be one person, clients to leave alone, promises and tasks"


def _twins(demo: Demo) -> int:
    known = Candidate.objects.filter(anonymized_at=None, merged_into=None).exclude(current_company="")
    twins = []
    for number, person in enumerate(known.order_by("pk")[: _TWICE * 9 : 9]):
        first = person.first_name if number % 2 else person.first_name[:1]
        given = {
            "first_name": first, "last_name": person.last_name, "current_company": person.current_company,
            "current_title": person.current_title if number % 3 else f"Senior {person.current_title}",
            "email": f"{person.last_name.lower()}.{number}@elsewhere.example", "city": "Leipzig",
            "phone": f"+49 341 55512{number:02d}",
        }  # fmt: skip
        if number % 2 == 0:
            _share_phone(person, str(given["phone"]))
        basis = Basis(source="Referral", granted_at=demo.now - timedelta(days=40))
        twins.append(people.read(given, custom_fields={}, basis=basis))
    Upsert(twins, origin="import", now=demo.now - timedelta(days=40)).run()
    return duplicates.look(now=demo.now, everybody=True)


def _share_phone(person: Candidate, phone: str) -> None:
    normalized = "+" + "".join(sign for sign in phone if sign.isdigit())
    ContactPoint.objects.get_or_create(
        candidate=person, kind=ContactPoint.Kind.PHONE, normalized=normalized, defaults={"value": phone}
    )


def _marks(demo: Demo) -> None:
    """Two clients, one caution, and a person who asked for quiet."""
    admin = demo.staff["grace"]
    do_not_contact.import_companies(
        text="Cobalt Pay, cobaltpay.example, client since 2024\nMeridian Bank, meridian.example, client",
        by=admin, terms=Terms(effect=DoNotContact.Effect.WARN),
    )  # fmt: skip
    do_not_contact.restrict_company(
        name="Umbra Systems", domain="umbra.example", reason="no-poach agreement", by=admin,
        expires_at=demo.now + timedelta(days=200),
    )  # fmt: skip
    person = Candidate.objects.filter(merged_into=None).order_by("-pk")[3]
    terms = Terms(scope=DoNotContact.Scope.TOPIC, topic="jobs")
    do_not_contact.restrict(candidate=person, reason="happy where they are", by=admin, terms=terms)


def _words(demo: Demo) -> None:
    """JS is JavaScript, k8s is Kubernetes."""
    for name, alias in (("JavaScript", "JS"), ("Kubernetes", "k8s"), ("PostgreSQL", "Postgres")):
        skill = Skill.objects.filter(name=name).first()
        if skill and not Skill.objects.filter(name=alias).exists():
            vocabulary.add_alias(skill=skill, name=alias, by=demo.staff["grace"])


def _relations(demo: Demo) -> None:
    """What Ada owns, promised and has to do today."""
    ada, today = demo.staff["ada"], demo.now.date()
    known = Candidate.objects.filter(merged_into=None).order_by("pk")
    for number, person in enumerate(known.filter(owner=None)[:4]):
        ownership.take(candidate=person, by=ada if number % 2 else demo.staff["ben"])
    hers = list(known.filter(owner=ada)[:4])
    said = ("the salary band", "an introduction to the team lead", "the visa question")
    for number, (person, text) in enumerate(zip(hers, said, strict=False)):
        promises.make(candidate=person, text=text, due_on=today + timedelta(days=number - 1), by=ada)
    kept = promises.make(candidate=hers[-1], text="interview feedback", due_on=today, by=ada)
    promises.settle(promise=kept, outcome="kept", by=ada)
    weekly = Due(today + timedelta(days=1), repeats=Task.Repeat.WEEKLY)
    tasks.add(candidate=None, title="Look through new silver medalists", assignee=ada, due=weekly, by=ada)
    call = Due(today - timedelta(days=1))
    tasks.add(candidate=hers[0], title="Call about notice period", assignee=ada, due=call, by=ada)
