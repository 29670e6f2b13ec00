"""Addresses, numbers and links in the one form duplicates are found by."""

import hmac
import re
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email

# What the vendors' own identifiers are kept under, beside e-mail, phone and link.
EXTERNAL = "external"
_PLAIN = re.compile(
    r"[a-z0-9](?:[a-z0-9._%+-]{0,62}[a-z0-9_+-])?@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
)
_FULL_NUMBER = re.compile(r"\+[1-9](?:[ .-]?[0-9]){8,14}")
_NOT_DIALED = re.compile(r"[ .-]")
# Links to a person's own page there; a shared company page must never make two people one.
_PROFILES = re.compile(
    r"(linkedin\.com/(in|pub)/|github\.com/[^/]+$|gitlab\.com/[^/]+$|xing\.com/profile/|(twitter|x)\.com/[^/]+$"
    r"|stackoverflow\.com/users/|dribbble\.com/[^/]+$|behance\.net/[^/]+$)"
)


_SITES = {
    "linkedin.com": "LinkedIn", "github.com": "GitHub", "gitlab.com": "GitLab", "xing.com": "XING",
    "twitter.com": "X", "x.com": "X", "stackoverflow.com": "Stack Overflow", "dribbble.com": "Dribbble",
    "behance.net": "Behance", "medium.com": "Medium", "kaggle.com": "Kaggle",
}  # fmt: skip


class InvalidContact(ValueError):
    """The text is no address, number or link; the message says what is wrong with it."""


def normalize_email(text: str) -> str:
    """The address in lower case. Raises InvalidContact with what is wrong."""
    lower = text.strip().lower()
    if len(lower) <= 254 and ".." not in lower and _PLAIN.fullmatch(lower) and _is_ordinary(lower):
        return lower
    try:
        return validate_email(
            text.strip(), check_deliverability=False, test_environment=True
        ).normalized.lower()
    except EmailNotValidError as wrong:
        raise InvalidContact(f"“{_short(text)}” is not an e-mail address: {wrong}") from wrong


def normalize_phone(text: str, country: str = "") -> str:
    """The number as E.164. Without a country it must start with +. Raises InvalidContact."""
    # A number written out in full needs no parsing; "(0)" in it does.
    if _FULL_NUMBER.fullmatch(text):
        return _NOT_DIALED.sub("", text)
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException as wrong:
        hint = "" if country else " Start it with + and the country's code."
        raise InvalidContact(f"“{_short(text)}” is not a phone number.{hint}") from wrong
    if not phonenumbers.is_possible_number(number):
        raise InvalidContact(f"“{_short(text)}” has too few or too many digits for a phone number.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalize_link(text: str) -> str:
    """The link without scheme, www, query and trailing slash. Raises InvalidContact."""
    given = text.strip()
    try:
        parts = urlsplit(given if "://" in given else f"https://{given}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError as wrong:
        raise InvalidContact(f"“{_short(text)}” is not a link.") from wrong
    if parts.scheme not in ("http", "https") or "." not in host or " " in given or len(given) > 500:
        raise InvalidContact(f"“{_short(text)}” is not a link.")
    # A country's own LinkedIn (de.linkedin.com) shows the same profile.
    if host.endswith(".linkedin.com"):
        host = "linkedin.com"
    return (
        f"{host}{parts.path.rstrip('/')}".lower()
        if is_profile(host + parts.path)
        else f"{host}{parts.path.rstrip('/')}"
    )


def is_profile(normalized_link: str) -> bool:
    """Whether the link belongs to one person, so that the same link means the same person."""
    return bool(_PROFILES.match(normalized_link.lower()))


def phone_shown(normalized: str, home: str = "") -> str:
    """The number as people there write it: without the country's code at home, with it elsewhere."""
    try:
        number = phonenumbers.parse(normalized)
    except phonenumbers.NumberParseException:
        return normalized
    is_home = bool(home) and phonenumbers.region_code_for_number(number) == home
    forms = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, forms.NATIONAL if is_home else forms.INTERNATIONAL)


def site_of(normalized_link: str) -> str:
    """What the site is called, where people know it by a name."""
    host = normalized_link.partition("/")[0].lower()
    return _SITES.get(host, "")


def suppression_hash(address: str, *, secret: str, workspace_id: int) -> str:
    """What is kept of an address nobody may write to: useless to anybody who finds the table."""
    text = f"{workspace_id}:{address.strip().lower()}"
    return hmac.digest(secret.encode(), text.encode(), "sha256").hex()


def _is_ordinary(address: str) -> bool:
    # Reserved endings get their reasons from the validator.
    return address.rpartition(".")[2] not in {"test", "invalid", "local", "localhost", "onion", "arpa"}


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
