"""An address as a picture for posters and slides."""

import io
from typing import Literal

import segno

Kind = Literal["svg", "png"]
TYPES = {"svg": "image/svg+xml", "png": "image/png"}


def qr_code(address: str, kind: str) -> bytes:
    """SVG for print, PNG for slides. Error level M: readable with a seventh of it under a thumb."""
    made = segno.make(address, error="m", micro=False)
    out = io.BytesIO()
    options = {"xmldecl": False, "svgns": True, "omitsize": True} if kind == "svg" else {}
    made.save(out, kind=kind, scale=12, border=4, **options)
    return out.getvalue()
