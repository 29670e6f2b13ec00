"""Whether Amazon SNS really signed a notice: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html"""

import base64
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import httpx
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from crm.kernel import outbound

_CERTIFICATES = re.compile(
    r"https://sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/SimpleNotificationService-[0-9a-f]+\.pem"
)
_SIGNED = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_OF_NOTICES = frozenset({"Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"})
_OF_QUESTIONS = frozenset(_SIGNED) - {"Subject"}
_HASHES: Mapping[str, Callable[[], hashes.HashAlgorithm]] = {"1": hashes.SHA1, "2": hashes.SHA256}


def is_signed(notice: Any) -> bool:
    """True when the signature is Amazon's over exactly these words. Fetches Amazon's certificate once."""
    if not isinstance(notice, dict):
        return False
    address, algorithm = (
        str(notice.get("SigningCertURL", "")),
        _HASHES.get(str(notice.get("SignatureVersion"))),
    )
    if algorithm is None or not _CERTIFICATES.fullmatch(address):
        return False
    try:
        key = certificate_at(address).public_key()
        signature = base64.b64decode(str(notice.get("Signature", "")), validate=True)
        assert isinstance(key, rsa.RSAPublicKey)
        key.verify(signature, signed_words(notice), padding.PKCS1v15(), algorithm())
    except (InvalidSignature, ValueError, AssertionError, httpx.HTTPError):
        return False
    return True


def signed_words(notice: Mapping[str, Any]) -> bytes:
    """What Amazon signs: names and values of these keys, a line each, in this order."""
    wanted = _OF_NOTICES if notice.get("Type") == "Notification" else _OF_QUESTIONS
    lines = [
        f"{name}\n{notice[name]}\n" for name in _SIGNED if name in wanted and notice.get(name) is not None
    ]
    return "".join(lines).encode()


@lru_cache(maxsize=16)
def certificate_at(address: str) -> x509.Certificate:
    """Amazon's certificate; addresses are checked before, and what was fetched once is kept."""
    with outbound.client(timeout=10.0) as client:
        answer = client.get(address)
        answer.raise_for_status()
    return x509.load_pem_x509_certificate(answer.content)
