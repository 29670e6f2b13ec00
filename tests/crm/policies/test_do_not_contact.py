import pytest

from crm.models import DoNotContact
from crm.policies import do_not_contact
from crm.policies.do_not_contact import BadLine, companies_in


def mark(scope: str = "everything", effect: str = "block", topic: str = "") -> DoNotContact:
    return DoNotContact(workspace_id=1, scope=scope, effect=effect, topic=topic)


@pytest.mark.parametrize(
    ("scope", "topic", "automated", "about", "concerned"),
    [
        ("everything", "", True, "jobs", True),
        ("everything", "", False, "", True),
        ("automated", "", True, "", True),
        ("automated", "", False, "", False),
        ("topic", "jobs", True, "jobs", True),
        ("topic", "jobs", True, "events", False),
        ("topic", "jobs", False, "jobs", False),
    ],
)
def test_what_a_mark_is_about(scope: str, topic: str, automated: bool, about: str, concerned: bool) -> None:
    blocking, warning = mark(scope, "block", topic), mark(scope, "warn", topic)
    assert do_not_contact.blocks([blocking], automated=automated, topic=about) is concerned
    assert do_not_contact.blocks([warning], automated=automated, topic=about) is False
    assert bool(do_not_contact.warnings([warning], automated=automated, topic=about)) is concerned
    assert do_not_contact.warnings([blocking], automated=automated, topic=about) == []


def test_a_mark_says_whom_it_is_about_and_why() -> None:
    company = DoNotContact(workspace_id=1, company_name="Acme", reason="client", effect="warn")
    assert do_not_contact.sentence(company) == "Acme is marked “think twice before you write”: client"
    person = DoNotContact(workspace_id=1, candidate_id=1)
    assert do_not_contact.sentence(person) == "Marked “do not contact”"


def test_a_list_names_a_company_a_line() -> None:
    text = (
        "Acme GmbH, https://www.acme.com/about, client, since May\n\nglobex.example\nInitech\tinitech.example"
    )
    assert companies_in(text) == [
        ("Acme GmbH", "acme.com", "client, since May"),
        ("", "globex.example", ""),
        ("Initech", "initech.example", ""),
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Acme\nGlobex, not a domain", "Line 2: “not a domain” is not a domain."),
        (", ,only a reason", "Line 1 names neither a company nor a domain."),
    ],
)
def test_a_line_that_cannot_be_read_is_named(text: str, why: str) -> None:
    with pytest.raises(BadLine, match=why):
        companies_in(text)
