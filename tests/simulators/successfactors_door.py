"""Who may in: an assertion signed with the registered key, made out to us, for our user, now."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.exceptions import InvalidInput, SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

COMPANY, USER, API_KEY = "AcmeDemo", "rekindle_api", "NTQ3ZWFhOTlmNGEzZGIx"
GRANT = "urn:ietf:params:oauth:grant-type:saml2-bearer"


@lru_cache(maxsize=1)
def keys() -> tuple[str, x509.Certificate]:
    """The private key in one line, as pasted from its file, and the certificate that was registered."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Rekindle")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    certificate = made.not_valid_after(now + timedelta(days=365)).sign(key, hashes.SHA256())
    der = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return base64.b64encode(der).decode(), certificate


def assertion_is_good(form: dict[str, str], url: str, now: datetime) -> bool:
    if (form.get("grant_type"), form.get("company_id"), form.get("client_id")) != (GRANT, COMPANY, API_KEY):
        return False
    told = _signed(form.get("assertion", ""))
    if told is None:
        return False
    conditions = told.find(".//{*}Conditions")
    recipients = [one.get("Recipient") for one in told.iter("{*}SubjectConfirmationData")]
    return (
        told.findtext("{*}Issuer") == API_KEY
        and told.findtext(".//{*}NameID") == USER
        and told.findtext(".//{*}Audience") == "www.successfactors.com"
        # Tenants differ; this one wants what the sheet's package sends.
        and recipients == [f"{url}/odata/v2"]
        and conditions is not None
        and _time(conditions, "NotBefore") <= now <= _time(conditions, "NotOnOrAfter")
    )


def _signed(text: str) -> etree._Element | None:
    """What was really signed, not what merely stands beside it."""
    try:
        raw = base64.b64decode(text, validate=True)
        found = XMLVerifier().verify(
            raw, x509_cert=keys()[1], expect_config=SignatureConfiguration(require_x509=False)
        )
    except (SignXMLException, InvalidInput, etree.XMLSyntaxError, binascii.Error, ValueError):
        return None
    told = found[0] if isinstance(found, list) else found
    return told.signed_xml


def _time(element: etree._Element, name: str) -> datetime:
    return datetime.fromisoformat(str(element.get(name)).replace("Z", "+00:00"))
