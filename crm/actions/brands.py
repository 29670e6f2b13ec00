from typing import Any

from django.db import transaction

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import Brand, User
from crm.policies import brand_colors

LARGEST_LOGO = 300_000
# What a picture begins with; a name or a header may say anything.
_KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


class InvalidBrand(DomainError):
    """Some of this cannot be used."""

    code = "invalid"


@transaction.atomic
def change(*, given: dict[str, Any], logo: bytes | None, by: User | None) -> Brand:
    """How public pages look from now on. Refuses a color nobody can read and a file that is no picture.

    `logo` replaces the picture, empty bytes take it off, None leaves it.
    """
    accent = str(given["accent"]).lower()
    if not brand_colors.is_color(accent):
        raise InvalidBrand(fields={"accent": "Write the color as # and six digits, such as #0f6b63."})
    found = brand_colors.contrast(accent, brand_colors.WHITE)
    if found < brand_colors.READABLE:
        nearest = brand_colors.readable(accent)
        raise InvalidBrand(fields={"accent": (
            f"{accent} on white has a contrast of {found:.1f} to 1; words need 4.5 to 1. "
            f"The nearest shade that can be read is {nearest}."
        )})  # fmt: skip
    values: dict[str, Any] = {
        "accent": accent,
        "privacy_url": str(given.get("privacy_url", "")),
        "changed_by": by,
    }
    if logo is not None:
        values |= {"logo": logo or None, "logo_type": _kind_of(logo) if logo else ""}
    brand, _ = Brand.objects.update_or_create(defaults=values)
    events.record("brand.changed", by=by)
    return brand


def _kind_of(logo: bytes) -> str:
    if len(logo) > LARGEST_LOGO:
        raise InvalidBrand(
            fields={"logo": f"{len(logo) // 1000} kB; at most {LARGEST_LOGO // 1000} kB load fast enough."}
        )
    if logo[:4] == b"RIFF" and logo[8:12] == b"WEBP":
        return "image/webp"
    found = next((kind for mark, kind in _KINDS.items() if logo.startswith(mark)), "")
    if not found:
        raise InvalidBrand(fields={"logo": "A PNG, JPEG, WebP or GIF picture is needed."})
    return found
