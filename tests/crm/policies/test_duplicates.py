from typing import Any

import pytest

from crm.policies import duplicates
from crm.policies.people import read

OWNERS = {
    ("email", "ada@people.example"): [1],
    ("email", "shared@people.example"): [1, 2],
    ("link", "linkedin.com/in/ada"): [1],
    ("link", "linkedin.com/in/bob"): [2],
    ("link", "acme.example/team"): [3],
    ("external", "E-7"): [4],
    ("phone", "+4930901820"): [5],
}


@pytest.mark.parametrize(
    ("given", "outcome", "records"),
    [
        ({"email": "nobody@people.example"}, "new", ()),
        ({"email": " ADA@People.example "}, "same", (1,)),
        ({"link": "https://www.linkedin.com/in/Ada/?trk=x"}, "same", (1,)),
        ({"link": "https://de.linkedin.com/in/ada"}, "same", (1,)),
        ({"external_id": "E-7"}, "same", (4,)),
        ({"email": "ada@people.example", "link": "linkedin.com/in/ada"}, "same", (1,)),
        ({"email": "ada@people.example", "link": "linkedin.com/in/bob"}, "conflict", (1, 2)),
        ({"email": "shared@people.example"}, "conflict", (1, 2)),
        # These only suggest.
        ({"phone": "+49 30 901820"}, "new", ()),
        ({"link": "https://acme.example/team"}, "new", ()),
        ({"full_name": "Ada Lovelace", "current_company": "Acme"}, "new", ()),
    ],
)
def test_who_somebody_is(given: dict[str, Any], outcome: str, records: tuple[int, ...]) -> None:
    person = read(given, custom_fields={})
    found = duplicates.verdict(person.identities, OWNERS)
    assert (found.outcome, found.records) == (outcome, records)


@pytest.mark.parametrize(
    ("signs", "likelihood", "sentence"),
    [
        ({"email"}, 100, "same e-mail address"),
        ({"profile", "name"}, 100, "same profile link, same name"),
        ({"name_company"}, 80, "same name and company"),
        ({"phone"}, 70, "same phone number"),
        ({"phone", "name_company"}, 90, "same name and company, same phone number"),
        ({"phone", "name_company", "name"}, 95, "same name and company, same phone number"),
        ({"name"}, 40, "same name"),
        (set(), 0, ""),
    ],
)
def test_how_likely_two_records_are_one(signs: set[str], likelihood: int, sentence: str) -> None:
    assert duplicates.likelihood(signs) == likelihood
    assert duplicates.sentence(signs) == sentence


def test_only_proof_is_certain() -> None:
    assert duplicates.likelihood(duplicates.SIGNS.keys() - duplicates.PROOF) < 100
