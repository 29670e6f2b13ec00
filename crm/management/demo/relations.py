"""People the demo knows twice."""

from datetime import timedelta

from crm.actions import duplicates
from crm.actions.upserts import Upsert
from crm.kernel.tenancy import workspace_scope
from crm.management.demo.chapters import Demo
from crm.models import Candidate, ContactPoint
from crm.policies import people
from crm.policies.people import Basis

_TWICE = 6


def tell(demo: Demo) -> str:
    """Some people come in a second time, with another address; one switchboard stands on two records."""
    with workspace_scope(demo.workspace.pk):
        pairs = _twins(demo)
    return f"{pairs} pairs that may be one person"


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
