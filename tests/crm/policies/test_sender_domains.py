"""Zones as they stand in the wild, and the verdict and advice on each."""

import base64
from functools import cache

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from crm.policies.mail_health import health_of
from crm.policies.sender_domains import Sender, findings, is_believed

Zone = dict[str, list[str]]
POSTMARK = Sender("acme.example", "Postmark", "spf.mtasv.net", ("pm",))


@cache
def key(bits: int) -> str:
    public = rsa.generate_private_key(65_537, bits).public_key()
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"


def zone(**changes: list[str] | None) -> Zone:
    whole: dict[str, list[str] | None] = {
        "acme.example": ["google-site-verification=x", "v=spf1 include:spf.mtasv.net ~all"],
        "spf.mtasv.net": ["v=spf1 ip4:50.31.156.96/27 ~all"],
        "pm._domainkey.acme.example": [key(2048)],
        "_dmarc.acme.example": ["v=DMARC1; p=reject; rua=mailto:d@acme.example"],
    }
    names = {"spf": "acme.example", "dkim": "pm._domainkey.acme.example", "dmarc": "_dmarc.acme.example"}
    whole |= {names.get(name, name): records for name, records in changes.items()}
    return {name: records for name, records in whole.items() if records is not None}


def verdicts(records: Zone, sender: Sender = POSTMARK) -> str:
    found = findings(sender, lambda name: records.get(name, []))
    return " ".join(finding.standing for finding in found)


_MANY = {f"s{number}.example": ["v=spf1 a mx ~all"] for number in range(4)}
_INNER: Zone = {"s.example": ["v=spf1 include:spf.mtasv.net ~all"]}
_ED25519 = base64.b64encode(b"k" * 32).decode()
ZONES: list[tuple[str, Zone, str]] = [
    ("all is well", zone(), "good good good"),
    ("no SPF", zone(spf=[]), "bad good good"),
    ("two SPF", zone(spf=["v=spf1 ~all", "v=spf1 mx ~all"]), "bad good good"),
    ("everybody", zone(spf=["v=spf1 +all"]), "bad good good"),
    ("everybody, bare", zone(spf=["v=spf1 include:spf.mtasv.net all"]), "bad good good"),
    ("another service", zone(spf=["v=spf1 include:_spf.google.com -all"]), "warn good good"),
    (
        "too many look-ups",
        zone(spf=["v=spf1 " + " ".join(f"include:{name}" for name in _MANY) + " ~all"]) | _MANY,
        "bad good good",
    ),
    ("in a loop", zone(spf=["v=spf1 include:acme.example include:spf.mtasv.net ~all"]), "good good good"),
    ("nested", zone(spf=["v=spf1 include:s.example ~all"]) | _INNER,
     "good good good"),
    ("by redirect", zone(spf=["v=spf1 redirect=s.example"]) | _INNER,
     "good good good"),
    ("no key", zone(dkim=None), "good bad bad"),
    ("revoked key", zone(dkim=["v=DKIM1; k=rsa; p="]), "good bad bad"),
    ("broken key", zone(dkim=["v=DKIM1; p=AAAA"]), "good bad bad"),
    ("key with spaces", zone(dkim=[key(2048).replace("p=", "p= ")]), "good good good"),
    ("1024-bit key", zone(dkim=[key(1024)]), "good warn good"),
    ("Ed25519 key", zone(dkim=[f"v=DKIM1; k=ed25519; p={_ED25519}"]), "good good good"),
    ("no DMARC", zone(dmarc=None), "good good bad"),
    ("two DMARC", zone(dmarc=["v=DMARC1; p=none", "v=DMARC1; p=reject"]), "good good bad"),
    ("DMARC without policy", zone(dmarc=["v=DMARC1; rua=mailto:d@acme.example"]), "good good bad"),
    ("DMARC nobody reads", zone(dmarc=["v=DMARC1; p=none"]), "good good warn"),
    ("quarantine", zone(dmarc=["v=DMARC1;p=quarantine"]), "good good good"),
    (
        "upper case",
        zone(spf=["V=SPF1 INCLUDE:spf.mtasv.net ~ALL"], dmarc=["V=DMARC1; P=REJECT"]),
        "good good good",
    ),
    ("nothing at all", {}, "bad bad bad"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("records", "expected"), [case[1:] for case in ZONES], ids=[case[0] for case in ZONES]
)
def test_each_zone_gets_its_verdict(records: Zone, expected: str) -> None:
    assert verdicts(records) == expected
    found = findings(POSTMARK, lambda name: records.get(name, []))
    assert is_believed(found) is ("bad" not in expected)
    assert all(finding.fix for finding in found if finding.standing != "good")


def test_a_subdomain_goes_by_the_policy_above_it() -> None:
    sender = Sender("jobs.acme.example", "SMTP", "", ("s1",))
    records: Zone = {
        "jobs.acme.example": ["v=spf1 a ~all"],
        "s1._domainkey.jobs.acme.example": [key(2048)],
        "_dmarc.acme.example": ["v=DMARC1; p=reject; sp=none; rua=mailto:d@acme.example"],
    }
    found = findings(sender, lambda name: records.get(name, []))
    assert [finding.standing for finding in found] == ["good", "good", "good"]
    assert found[2].sentence == "The policy of acme.example is “none”; DKIM is aligned with it."


def test_a_service_without_usual_selectors_is_asked_for_its_own() -> None:
    assert findings(Sender("acme.example", "SES", "amazonses.com"), lambda _name: [])[1].standing == "bad"


@pytest.mark.parametrize(
    ("sent", "bounced", "complained", "standing"),
    [
        (199, 199, 199, "too_few"),
        (1_000, 39, 0, "good"),
        (1_000, 40, 0, "warn"),
        (1_000, 80, 0, "bad"),
        (10_000, 0, 8, "warn"),
        (10_000, 0, 30, "bad"),
    ],
)
def test_health_goes_by_what_receivers_tolerate(
    sent: int, bounced: int, complained: int, standing: str
) -> None:
    assert health_of(sent=sent, bounced=bounced, complained=complained).standing == standing
