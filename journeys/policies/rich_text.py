"""What an editor hands over, as it may be kept: clean HTML around merge fields that stay as written."""

from __future__ import annotations

import re
from html import unescape

from crm.policies.mail_text import clean_outgoing
from journeys.policies.pieces import has_markup

_TAG = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)
_MARK = "\ue000"


def tidy(body: str) -> str:
    """HTML without scripts and whatever else may not be mailed; plain text stays as it is."""
    if not has_markup(body):
        return body
    fields = _TAG.findall(body)
    for number, found in enumerate(fields):
        body = body.replace(found, f"{_MARK}{number}{_MARK}", 1)
    cleaned = clean_outgoing(body)
    return re.sub(f"{_MARK}(\\d+){_MARK}", lambda mark: unescape(fields[int(mark[1])]), cleaned).strip()
