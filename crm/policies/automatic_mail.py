"""Did a person write this, or a machine? An automatic answer never counts as a reply."""

import re
from dataclasses import dataclass
from typing import Literal

from crm.policies.received_mail import ReceivedMail

Kind = Literal["human", "automatic", "bounce", "complaint"]

_BOUNCE_SUBJECT = re.compile(
    r"^(undeliver(able|ed)|delivery status notification|delivery (has )?fail|mail delivery (failed|subsystem)"
    r"|returned mail|failure notice|nicht zustellbar|unzustellbar|échec de (la )?remise|non remis"
    r"|message (could )?not (be )?delivered)",
    re.IGNORECASE,
)
_AUTO_SUBJECT = re.compile(
    r"^((auto(matic|mated)?[ -]?(re(ply|sponse)|antwort))\b|out of (the )?office"
    r"|on (vacation|leave|holiday)\b|abwesenheit|abwesend|automatische antwort"
    r"|réponse automatique|absence du bureau|absent\b|respuesta autom[aá]tica|fuera de la oficina"
    r"|risposta automatica|automatisch antwoord|afwezig)",
    re.IGNORECASE,
)
_MACHINES = re.compile(r"^(mailer-daemon|postmaster|mail-daemon|double-bounce)(@|$)", re.IGNORECASE)
_NO_REPLIES = re.compile(r"^(no-?reply|do-?not-?reply|notifications?|auto-?reply)[+@]", re.IGNORECASE)
_BULK = {"auto_reply", "auto-reply", "bulk", "junk", "list"}
_STATUS = re.compile(r"^Status:\s*(\d)\.(\d{1,3})\.(\d{1,3})", re.IGNORECASE | re.MULTILINE)
_ACTION = re.compile(r"^Action:\s*(\w+)", re.IGNORECASE | re.MULTILINE)
_LOOSE_STATUS = re.compile(r"\b([45])\.(\d{1,3})\.(\d{1,3})\b")
_MISSING = re.compile(
    r"(user|mailbox|recipient|account|address)[^.\n]{0,40}(unknown|not found|does not exist|doesn't exist"
    r"|no such|unavailable|disabled|rejected)|no such user|unknown user|couldn't be found|wasn't found",
    re.IGNORECASE,
)
_ORIGINAL_ID = re.compile(r"^Message-ID:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Nature:
    """What kind of mail it is and by which rule."""

    kind: Kind
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a bounce says. Only a hard one means that the address is of no use."""

    status: str
    is_hard: bool
    is_final: bool
    original_id: str = ""


def nature_of(mail: ReceivedMail, *, return_path: str | None = None) -> Nature:
    """Human unless a rule of RFC 3834 or long experience says otherwise. `return_path` from the envelope."""
    headers = mail.headers
    if mail.report_type == "feedback-report":
        return Nature("complaint", "feedback report")
    if mail.status_parts or mail.report_type == "delivery-status":
        return Nature("bounce", "delivery status")
    is_machine = bool(_MACHINES.match(mail.from_address))
    if is_machine or (_BOUNCE_SUBJECT.match(mail.subject) and _is_null_path(headers, return_path)):
        return Nature("bounce", "mailer daemon" if is_machine else "bounce subject")
    rule = _automatic_rule(mail, return_path)
    return Nature("automatic", rule) if rule else Nature("human")


def bounce_of(mail: ReceivedMail) -> Bounce:
    """What the bounce says about the address, from its report or, without one, from its words."""
    report = "\n".join(mail.status_parts)
    found = _STATUS.search(report) or _LOOSE_STATUS.search(mail.whole_text)
    action = _ACTION.search(report)
    original = _ORIGINAL_ID.search(mail.original_headers) or _ORIGINAL_ID.search(mail.whole_text)
    original_id = original[1] if original else (mail.references[-1] if mail.references else "")
    is_failed = action is None or action[1].lower() == "failed"
    if not found:
        is_missing = bool(_MISSING.search(mail.whole_text))
        return Bounce("", is_missing, is_failed, original_id)
    status = f"{found[1]}.{found[2]}.{found[3]}"
    return Bounce(status, is_failed and is_hard_status(status), is_failed and found[1] == "5", original_id)


def is_hard_status(status: str) -> bool:
    """5.1.x, 5.0.x and moved or disabled mailboxes; a full mailbox or our own bad name is not one."""
    level, _, rest = status.partition(".")
    subject = rest.split(".")[0]
    return level == "5" and (subject in ("0", "1") or status in ("5.2.1", "5.4.1"))


def _automatic_rule(mail: ReceivedMail, return_path: str | None) -> str:
    headers = mail.headers
    submitted = headers.get("auto-submitted", "no").split(";")[0].strip().lower()
    rules = {
        "auto-submitted": submitted != "no",
        "null return path": _is_null_path(headers, return_path),
        "inbox rule": "x-ms-exchange-inbox-rules-loop" in headers and "x-auto-response-suppress" in headers,
        "precedence": headers.get("precedence", "").strip().lower() in _BULK,
        "autoreply header": bool(headers.keys() & {"x-autoreply", "x-autorespond", "x-autoresponse"}),
        "list mail": bool(headers.keys() & {"list-id", "list-unsubscribe"}),
        "subject": bool(_AUTO_SUBJECT.match(mail.subject)),
        "no-reply sender": bool(_NO_REPLIES.match(mail.from_address)),
    }
    return next((rule for rule, holds in rules.items() if holds), "")


def _is_null_path(headers: dict[str, str], return_path: str | None) -> bool:
    path = headers.get("return-path") if return_path is None else return_path
    return path is not None and path.strip() in ("", "<>")
