"""SOAP 1.1 as Workday speaks it: envelopes out, plain rows in. Knows no candidate and no network."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml.builder import ElementMaker

from integrations.providers.base import Payload

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
BSVC = "urn:com.workday/bsvc"
_SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_PLAIN_TEXT = (
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText"
)
# Never taken over, whatever the integration user may see: protected attributes, national ids, answers to
# questionnaires, and the bytes of attachments.
PRIVATE = frozenset(
    (
        *("Personal_Information_Data", "Global_Personal_Information_Data", "Candidate_Identification_Data"),
        *("Questionnaire_Response_Data", "Identification_Data", "File_Content", "Photo_Data"),
    )
)
# What XML 1.0 cannot carry.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_envelope = ElementMaker(namespace=SOAP, nsmap={"soapenv": SOAP, "bsvc": BSVC})
_security = ElementMaker(namespace=_SECURITY, nsmap={"wsse": _SECURITY})
_maker = ElementMaker(namespace=BSVC, nsmap={"bsvc": BSVC})
# The schema qualifies attributes too.
TYPE, DESCRIPTOR, VERSION, ADD_ONLY, SKIP_MISSING = (
    f"{{{BSVC}}}{name}"
    for name in ("type", "Descriptor", "version", "Add_Only", "Skip_Non_Existing_Instances")
)


class NotXml(ValueError):
    """The answer is no XML we read: broken off, or with a document type."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A refusal in Workday's words."""

    code: str
    words: str
    details: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The most telling of its texts: the details of a validation fault, else what it is called."""
        return "; ".join(dict.fromkeys(self.details)) or self.words

    def says(self, *signs: str) -> bool:
        text = f"{self.code} {self.words} {self.sentence}".casefold()
        return any(sign in text for sign in signs)


def node(name: str, *content: Any) -> Any:
    """An element of Workday's own namespace; texts lose what XML cannot carry, None is left out."""
    kept = [_UNFIT.sub("", part) if isinstance(part, str) else part for part in content if part is not None]
    return getattr(_maker, name)(*kept)


def reference(name: str, kind: str, value: str) -> Any:
    """`<Candidate_Reference><ID type="WID">…`"""
    made = node(name, node("ID", value))
    made[0].set(TYPE, kind)
    return made


def envelope(body: Any, *, version: str, username: str = "", password: str = "") -> bytes:
    """The whole message; with a UsernameToken when there is a name to sign with."""
    body.set(VERSION, version)
    header = _envelope.Header()
    if username:
        token = _security.UsernameToken(_security.Username(username), _security.Password(password))
        token[1].set("Type", _PLAIN_TEXT)
        signed = _security.Security(token)
        signed.set(f"{{{SOAP}}}mustUnderstand", "1")
        header.append(signed)
    # Without it references come without the words that name stages and sources.
    header.append(node("Workday_Common_Header", node("Include_Reference_Descriptors_In_Response", "true")))
    message = _envelope.Envelope(header, _envelope.Body(body))
    return bytes(etree.tostring(message, xml_declaration=True, encoding="utf-8"))


def body_of(content: bytes) -> Any:
    """What is inside the Body. Entities stay unread and nothing is fetched; a document type is refused."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as broken:
        raise NotXml(str(broken)) from broken
    if root.getroottree().docinfo.doctype:
        raise NotXml("The answer has a document type.")
    found = root.find(f"{{{SOAP}}}Body")
    if found is None or not len(found):
        raise NotXml("The answer is no SOAP message.")
    return found[0]


def fault_of(content: bytes) -> Fault | None:
    """The fault in an answer, None when it holds something else."""
    try:
        element = body_of(content)
    except NotXml:
        return None
    if local(element) != "Fault":
        return None
    texts = {local(child): (child.text or "").strip() for child in element}
    details = [
        (found.text or "").strip()
        for found in element.iter(f"{{{BSVC}}}Message", f"{{{BSVC}}}Detail_Message")
        if (found.text or "").strip()
    ]
    return Fault(texts.get("faultcode", ""), texts.get("faultstring", ""), tuple(details))


def row(element: Any) -> Payload:
    """An element as plain values: texts, rows, lists where a name repeats; typed ids by their type.

    The order of ids varies, so `{"WID": …, "Candidate_ID": …}` is how a reference is read.
    """
    made: Payload = {}
    for name, value in _parts(element):
        if name in made:
            held = made[name]
            made[name] = [*held, value] if isinstance(held, list) else [held, value]
        else:
            made[name] = value
    return made


def local(element: Any) -> str:
    return str(etree.QName(element).localname)


def _parts(element: Any) -> Iterator[tuple[str, Any]]:
    for name, value in element.attrib.items():
        yield str(etree.QName(name).localname), value
    for child in element:
        name = local(child)
        if name in PRIVATE:
            continue
        kind = child.get(TYPE) or child.get("type")
        if name == "ID" and kind:
            yield str(kind), (child.text or "").strip()
        elif len(child) or child.attrib:
            yield name, row(child)
        else:
            yield name, (child.text or "").strip()
