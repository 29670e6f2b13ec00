"""The codes in links and reply addresses: opaque, the same each time, worthless when changed by one bit.

A code carries its purpose, its workspace and row ids, sealed with AES-SIV: nobody can read or forge one,
and no table has to be asked whether it is genuine. Codes never expire: a stop link works for years.
"""

import base64
import binascii
import hashlib
from enum import StrEnum
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

_LONGEST = 120


class Purpose(StrEnum):
    """What a code is good for; a code made for one purpose is nothing to another."""

    REPLY = "r"
    STOP = "u"
    PAGE = "p"
    OPEN = "o"
    CLICK = "c"
    REVIEW = "v"
    FIGURES = "f"
    BOOK = "b"
    MEETING = "m"
    TICKET = "t"


def seal(purpose: Purpose, *numbers: int) -> str:
    """A code for these numbers, workspace first: lower-case letters and digits, so mail systems keep it."""
    packed = b"".join(_varint(number) for number in numbers)
    sealed = _cipher(settings.SECRET_KEY).encrypt(packed, [purpose.encode()])
    return base64.b32encode(sealed).decode().rstrip("=").lower()


def unseal(purpose: Purpose, code: str) -> tuple[int, ...] | None:
    """The numbers of a genuine code of that purpose, else None."""
    if not code.isascii() or not 0 < len(code) <= _LONGEST:
        return None
    try:
        sealed = base64.b32decode(code.upper() + "=" * (-len(code) % 8))
    except binascii.Error:
        return None
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _numbers(_cipher(key).decrypt(sealed, [purpose.encode()]))
        except (InvalidTag, ValueError):
            continue
    return None


@lru_cache(maxsize=8)
def _cipher(secret: str) -> AESSIV:
    return AESSIV(hashlib.sha512(b"mail codes\0" + secret.encode()).digest())


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _numbers(packed: bytes) -> tuple[int, ...]:
    numbers, value, shift = [], 0, 0
    for byte in packed:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(value)
            value, shift = 0, 0
    return tuple(numbers)
