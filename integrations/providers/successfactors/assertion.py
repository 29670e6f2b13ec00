"""The signed SAML assertion an access token is given for. Signing is signxml's work."""

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.signer import XMLSigner

from integrations.providers.base import Revoked

_SAML = "urn:oasis:names:tc:SAML:2.0"
_NAMES = {"saml2": f"{_SAML}:assertion"}
_DSIG = "http://www.w3.org/2000/09/xmldsig#"
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
# Clocks differ; the assertion is used at once.
_SKEW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks: the registered application, the company's user, and the key they are known by."""

    client_id: str
    user_id: str
    private_key: str = field(repr=False)


def signed(subject: Subject, *, recipient: str, now: datetime) -> str:
    """The assertion, signed and in base64. Raises Revoked when the key is none."""
    key, certificates = keys_of(subject.private_key)
    root = _assertion(subject, recipient=recipient, now=now)
    signer = XMLSigner(c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
    done = signer.sign(root, key=key, cert=certificates or None, reference_uri=root.get("ID"))
    return base64.b64encode(etree.tostring(done)).decode()


def keys_of(text: str) -> tuple[RSAPrivateKey, list[x509.Certificate]]:
    """The key, and certificates beside it, of a PEM file; its line breaks and headings may be lost.

    The file SuccessFactors makes names its key encrypted, which it is not.
    """
    blocks = _BLOCK.findall(text) or [("PRIVATE KEY", text)]
    try:
        decoded = [(name, base64.b64decode("".join(body.split()), validate=True)) for name, body in blocks]
        found = [
            serialization.load_der_private_key(der, None)
            for name, der in decoded
            if name.endswith("PRIVATE KEY")
        ]
        held = [x509.load_der_x509_certificate(der) for name, der in decoded if name == "CERTIFICATE"]
    except (ValueError, TypeError, binascii.Error) as fault:
        raise Revoked("The private key cannot be read: paste the whole file, without a password.") from fault
    key = next(iter(found), None)
    if not isinstance(key, RSAPrivateKey):
        raise Revoked("There is no RSA private key in what was entered.")
    return key, held


def _assertion(subject: Subject, *, recipient: str, now: datetime) -> etree._Element:
    begin, end = _stamp(now - _SKEW), _stamp(now + _SKEW)
    root = etree.Element(_name("Assertion"), nsmap=_NAMES)
    for name, value in (
        ("ID", f"_{secrets.token_hex(16)}"),
        ("IssueInstant", _stamp(now)),
        ("Version", "2.0"),
    ):
        root.set(name, value)
    _under(root, "Issuer", subject.client_id)
    # Its place by the schema is behind the issuer.
    etree.SubElement(root, f"{{{_DSIG}}}Signature", {"Id": "placeholder"}, nsmap={"ds": _DSIG})
    who = _under(root, "Subject")
    _under(who, "NameID", subject.user_id, Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified")
    confirmed = _under(who, "SubjectConfirmation", Method=f"{_SAML}:cm:bearer")
    _under(confirmed, "SubjectConfirmationData", NotOnOrAfter=end, Recipient=recipient)
    conditions = _under(root, "Conditions", NotBefore=begin, NotOnOrAfter=end)
    _under(_under(conditions, "AudienceRestriction"), "Audience", "www.successfactors.com")
    spoken = _under(root, "AuthnStatement", AuthnInstant=_stamp(now), SessionIndex=secrets.token_hex(8))
    context = _under(spoken, "AuthnContext")
    _under(context, "AuthnContextClassRef", f"{_SAML}:ac:classes:PasswordProtectedTransport")
    told = _under(_under(root, "AttributeStatement"), "Attribute", Name="api_key")
    _under(told, "AttributeValue", subject.client_id)
    return root


def _under(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    made = etree.SubElement(parent, _name(name), attributes)
    made.text = text or None
    return made


def _name(name: str) -> str:
    return f"{{{_NAMES['saml2']}}}{name}"


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"
