"""What SuccessFactors says when it refuses. Pure."""

import httpx
from lxml import etree

from integrations.providers.base import Rejected
from integrations.providers.sending import plain_json

# Sign-in faults come as 403, an expired token among them.
EXPIRED = ("LGN0005", "LGN0006", "LGN0007")
CREDENTIALS = {
    "LGN0003": "SuccessFactors got no credentials from us.",
    "LGN0008": "SuccessFactors knows no such company: check the company id, upper and lower case count.",
    "LGN0010": "SuccessFactors has switched off this way of signing in.",
}


class UnknownField(Rejected):
    """The tenant's fields changed since we read what they are."""


def told(response: httpx.Response) -> tuple[str, str]:
    """Code and words of a refusal: JSON, or XML although JSON was asked for, or a page of a gateway."""
    body = plain_json(response)
    told = body.get("error") if isinstance(body, dict) else None
    if isinstance(told, dict):
        words = told.get("message")
        said = words.get("value") if isinstance(words, dict) else words
        return str(told.get("code") or ""), str(said or "")
    if isinstance(body, dict) and (body.get("errorCode") or body.get("errorMessage")):
        return str(body.get("errorCode") or ""), str(body.get("errorMessage") or "")
    return _xml_fault(response.content)


def _xml_fault(content: bytes) -> tuple[str, str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser) if content.lstrip()[:1] == b"<" else None
    except etree.XMLSyntaxError:
        root = None
    if root is None or etree.QName(root).localname != "error":
        return "", ""
    return (root.findtext("{*}code") or "").strip(), (root.findtext("{*}message") or "").strip()
