"""Would a receiver believe that this domain sends this mail? SPF, DKIM and DMARC read and explained.

Pure: the records were fetched before. RFC 7208 (SPF), 6376 (DKIM), 7489 (DMARC), and what Gmail, Yahoo and
Outlook ask of whoever sends many mails.
"""

import re
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

Standing = Literal["good", "warn", "bad"]
FREE_MAIL = frozenset(
    {
        "gmail.com", "googlemail.com", "yahoo.com", "yahoo.de", "yahoo.fr", "ymail.com", "hotmail.com",
        "outlook.com", "live.com", "msn.com", "aol.com", "icloud.com", "me.com", "mac.com", "gmx.de",
        "gmx.net", "gmx.com", "web.de", "t-online.de", "mail.com", "proton.me", "protonmail.com",
        "orange.fr", "free.fr", "laposte.net", "mail.ru", "yandex.ru", "qq.com", "163.com", "zoho.com",
    }
)  # fmt: skip
MOST_LOOKUPS = 10
_COSTLY = re.compile(r"^[+?~-]?(?:(include|exists|redirect)[:=](\S+)|(a|mx|ptr)(?:[:/]\S*)?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known about one of the three, and what to do about it in words."""

    name: str
    standing: Standing
    sentence: str
    fix: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, through whom: `include` is what SPF has to name, `selectors` where DKIM keys may stand."""

    domain: str
    service: str
    include: str = ""
    selectors: tuple[str, ...] = ()


# The TXT records of a name, joined per record; empty when there are none.
Lookup = Callable[[str], Sequence[str]]


def findings(sender: Sender, txt: Lookup) -> list[Finding]:
    """All three, in the order people set them up."""
    spf, dkim = _spf(sender, txt), _dkim(sender, txt)
    return [spf, dkim, _dmarc(sender, txt, is_aligned="bad" not in (dkim.standing,))]


def is_believed(found: Sequence[Finding]) -> bool:
    """Whether bulk mail may leave: nothing is missing or broken. A warning is advice."""
    return all(finding.standing != "bad" for finding in found)


def _spf(sender: Sender, txt: Lookup) -> Finding:
    records = [text for text in txt(sender.domain) if text.lower().startswith("v=spf1")]
    wanted = f"v=spf1 include:{sender.include} ~all" if sender.include else "v=spf1 a mx ~all"
    if not records:
        return Finding(
            "SPF",
            "bad",
            f"{sender.domain} names nobody who may send for it.",
            f"Add a TXT record at {sender.domain}.",
            wanted,
        )
    record = records[0]
    fault = _fault_of_spf(sender, records, txt)
    if fault is not None:
        return Finding("SPF", fault[0], fault[1], fault[2], record)
    return Finding("SPF", "good", f"{sender.service} may send for {sender.domain}.", record=record)


def _fault_of_spf(sender: Sender, records: list[str], txt: Lookup) -> tuple[Standing, str, str] | None:
    if len(records) > 1:
        return ("bad", "There are several SPF records, so receivers read none.", "Merge them into one.")
    record = records[0]
    terms = record.lower().split()[1:]
    if "+all" in terms or "all" in terms:
        return ("bad", "The record lets everybody send for you.", "End it with ~all or -all.")
    used, names = _lookups(record, txt, set())
    if used > MOST_LOOKUPS:
        return (
            "bad",
            f"The record needs {used} look-ups; receivers stop after {MOST_LOOKUPS}.",
            "Take out the services you no longer use.",
        )
    if sender.include and sender.include not in names:
        return (
            "warn",
            f"The record does not name {sender.service}.",
            f"Put include:{sender.include} before its “all”, unless your return path is another domain.",
        )
    return None


def _lookups(record: str, txt: Lookup, seen: set[str]) -> tuple[int, set[str]]:
    """How many DNS look-ups a receiver needs for this record, and every name it includes."""
    used = 0
    for term in record.split()[1:]:
        found = _COSTLY.match(term)
        if not found:
            continue
        used += 1
        name = (found[2] or "").lower().rstrip(".")
        if not name or name in seen or len(seen) > 40 or found[1].lower() == "exists":
            continue
        seen.add(name)
        inner = next((text for text in txt(name) if text.lower().startswith("v=spf1")), "")
        used += _lookups(inner, txt, seen)[0] if inner else 0
    return used, seen


def _dkim(sender: Sender, txt: Lookup) -> Finding:
    where = ", ".join(f"{name}._domainkey.{sender.domain}" for name in sender.selectors)
    if not sender.selectors:
        return Finding(
            "DKIM",
            "bad",
            "We do not know under which selector your key stands.",
            f"Copy the selector from {sender.service} into “DKIM selectors”.",
        )
    for selector in sender.selectors:
        for text in txt(f"{selector}._domainkey.{sender.domain}"):
            if "p=" in text:
                return _key(sender, selector, text)
    return Finding(
        "DKIM",
        "bad",
        f"There is no key at {where}.",
        f"Publish the key that {sender.service} shows for {sender.domain}, or name its selector.",
    )


def _key(sender: Sender, selector: str, text: str) -> Finding:
    name = f"{selector}._domainkey.{sender.domain}"
    encoded = re.sub(r"\s", "", _tags(text).get("p", ""))
    if not encoded:
        return Finding("DKIM", "bad", f"The key at {name} is revoked.", "Publish a new one.", text)
    bits = _bits(encoded)
    if bits is None:
        return Finding(
            "DKIM", "bad", f"The key at {name} is broken.", "Copy it once more, without line breaks.", text
        )
    if bits < 1024:
        return Finding(
            "DKIM", "bad", f"The key has {bits} bits; receivers want 1024.", "Make a 2048-bit key.", text
        )
    if bits < 2048:
        return Finding("DKIM", "warn", f"The key has {bits} bits.", "2048 are advised.", text)
    return Finding("DKIM", "good", f"Mail is signed as {sender.domain} ({selector}).", record=text)


def _bits(encoded: str) -> int | None:
    """The strength of a published key; an Ed25519 key (32 bytes, RFC 8463) is as good as a long RSA one."""
    try:
        raw = b64decode(encoded, validate=True)
        if len(raw) == 32:
            return 4096
        key = load_der_public_key(raw)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key.key_size if isinstance(key, RSAPublicKey) else 4096


def _dmarc(sender: Sender, txt: Lookup, *, is_aligned: bool) -> Finding:
    found = _policy(sender.domain, txt)
    if found is None:
        return Finding(
            "DMARC",
            "bad",
            "There is no DMARC record. Gmail, Yahoo and Outlook refuse bulk mail without one.",
            f"Add a TXT record at _dmarc.{sender.domain}.",
            f"v=DMARC1; p=none; rua=mailto:dmarc@{sender.domain}",
        )
    owner, record = found
    tags = _tags(record)
    policy = tags.get("sp" if owner != sender.domain and "sp" in tags else "p", "").lower()
    if policy not in ("none", "quarantine", "reject"):
        return Finding("DMARC", "bad", "The record has no policy.", "Add p=none to it.", record)
    if not is_aligned:
        return Finding(
            "DMARC",
            "bad",
            "No signature of this domain would be found, so DMARC fails.",
            "Set up DKIM for the domain of From: it is what DMARC compares.",
            record,
        )
    if policy == "none" and "rua" not in tags:
        return Finding(
            "DMARC", "warn", "The policy is “none” and nobody gets reports.", "Add rua=mailto:….", record
        )
    return Finding(
        "DMARC", "good", f"The policy of {owner} is “{policy}”; DKIM is aligned with it.", record=record
    )


def _policy(domain: str, txt: Lookup) -> tuple[str, str] | None:
    """The record of the domain, else of the nearest domain above it (the tree walk of RFC 9989)."""
    labels = domain.split(".")
    for start in range(max(0, len(labels) - 1)):
        name = ".".join(labels[start:])
        records = [text for text in txt(f"_dmarc.{name}") if text.lower().startswith("v=dmarc1")]
        if len(records) == 1:
            return name, records[0]
    return None


def _tags(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, _sign, value in pairs if name.strip()}
