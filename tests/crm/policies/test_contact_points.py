import pytest

from crm.policies.contact_points import (
    InvalidContact,
    is_profile,
    normalize_email,
    normalize_link,
    normalize_phone,
    phone_shown,
    site_of,
    suppression_hash,
)


@pytest.mark.parametrize(
    ("given", "normalized"),
    [
        (" Ada@Example.COM ", "ada@example.com"),
        ("a.b+c@sub.example.co.uk", "a.b+c@sub.example.co.uk"),
        ("jörg@bücher.de", "jörg@bücher.de"),
        ("o'neil@example.com", "o'neil@example.com"),
    ],
)
def test_addresses_are_compared_in_lower_case(given: str, normalized: str) -> None:
    assert normalize_email(given) == normalized


@pytest.mark.parametrize(
    "given", ["", "ada", "ada@", "@example.com", "a b@example.com", "a..b@example.com", "a@b"]
)
def test_bad_addresses_are_refused_with_a_reason(given: str) -> None:
    with pytest.raises(InvalidContact, match="is not an e-mail address"):
        normalize_email(given)


@pytest.mark.parametrize(
    ("given", "country", "normalized"),
    [
        ("+49 30 1234567", "", "+49301234567"),
        ("+49 (0)30 1234567", "", "+49301234567"),
        ("030 1234567", "DE", "+49301234567"),
        ("(415) 555-2671", "US", "+14155552671"),
    ],
)
def test_numbers_become_e164(given: str, country: str, normalized: str) -> None:
    assert normalize_phone(given, country) == normalized


@pytest.mark.parametrize("given", ["030 1234567", "twelve", "+49 1"])
def test_bad_numbers_are_refused(given: str) -> None:
    with pytest.raises(InvalidContact):
        normalize_phone(given)


@pytest.mark.parametrize(
    ("given", "normalized"),
    [
        ("https://www.linkedin.com/in/Ada-L/?trk=x", "linkedin.com/in/ada-l"),
        ("de.linkedin.com/in/ada-l", "linkedin.com/in/ada-l"),
        ("http://example.com/CV/", "example.com/CV"),
    ],
)
def test_links_lose_what_does_not_matter(given: str, normalized: str) -> None:
    assert normalize_link(given) == normalized


@pytest.mark.parametrize("given", ["javascript:alert(1)", "ftp://example.com", "nolink", "https://[bad"])
def test_what_is_no_link_is_refused(given: str) -> None:
    with pytest.raises(InvalidContact):
        normalize_link(given)


@pytest.mark.parametrize(
    ("link", "is_one"),
    [
        ("linkedin.com/in/ada", True),
        ("github.com/ada", True),
        ("github.com/ada/repo", False),
        ("acme.com", False),
    ],
)
def test_only_personal_pages_say_who_somebody_is(link: str, is_one: bool) -> None:
    assert is_profile(link) is is_one


def test_suppression_hashes_differ_by_workspace_and_secret() -> None:
    hashes = {suppression_hash("a@b.de", secret=s, workspace_id=w) for s in ("x", "y") for w in (1, 2)}
    assert len(hashes) == 4
    assert suppression_hash(" A@b.de", secret="x", workspace_id=1) in hashes


def test_a_number_is_shown_as_people_there_write_it() -> None:
    assert phone_shown("+49301234567", "DE") == "030 1234567"
    assert phone_shown("+49301234567", "GB") == "+49 30 1234567"
    assert phone_shown("12") == "12"


def test_known_sites_have_their_name() -> None:
    assert site_of("linkedin.com/in/ada") == "LinkedIn"
    assert site_of("ada.example/me") == ""
