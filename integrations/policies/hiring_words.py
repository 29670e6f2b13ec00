"""What vendors' free words mean here: stages, rejection reasons, role families and seniority.

Every table is read in order and the first word found wins. What matches nothing stays blank: it is
listed for a person and never guessed.
"""

import re
import unicodedata

_STAGES = (
    ("offer", ("offer",)),
    ("screening", ("screen", "recruiter call", "initial call", "intro call", "first call", "qualification")),
    (
        "final_interview",
        ("final", "onsite", "on-site", "on site", "super day", "superday", "executive interview", "panel"),
    ),
    ("applied", ("application review", "applied", "new application", "resume review", "cv review", "inbox")),
    (
        "interview",
        (
            "interview",
            "technical",
            "case study",
            "take home",
            "take-home",
            "assignment",
            "assessment",
            "test",
        ),
    ),
)
_REASONS = (
    (
        "runner_up",
        (
            "runner-up",
            "runner up",
            "finalist",
            "silver",
            "another candidate",
            "other candidate",
            "second choice",
        ),
    ),
    (
        "headcount",
        ("headcount", "budget", "hiring freeze", "frozen", "position closed", "role closed", "job closed"),
    ),
    ("timing", ("timing", "not now", "later date", "notice period", "start date")),
    (
        "withdrew",
        ("withdr", "accepted another", "another offer", "other offer", "no longer interested", "declined"),
    ),
    ("compensation", ("salary", "compensation", "pay ", "expectations too high")),
    ("location", ("location", "relocat", "remote", "visa", "work permit")),
    ("skills", ("skill", "junior", "qualif", "experience", "technical", "overqualified", "senior")),
    ("culture", ("culture", "values", "communication")),
    ("no_response", ("no response", "unresponsive", "ghost", "no show", "no-show")),
    ("duplicate", ("duplicate", "spam", "test candidate")),
)
_FAMILIES = (
    (
        "customer_success",
        ("customer success", "customer experience", "support", "onboarding", "renewals", "customer care"),
    ),
    (
        "sales",
        ("sales", "account executive", "account manager", "business development", "revenue", "partnership"),
    ),
    ("product", ("product manager", "product owner", "product lead", "product management")),
    ("design", ("design", "user research", "ux ", "creative")),
    (
        "engineering",
        ("engineer", "developer", "software", "data", "devops", "technology", "platform", "architect", "sre"),
    ),
    ("marketing", ("marketing", "brand", "content", "communications", "growth")),
    ("people", ("people", "human resources", "recruit", "talent", "hr ")),
    ("finance", ("finance", "accounting", "controller", "treasury", "legal")),
    (
        "operations",
        ("operations", "supply", "procurement", "logistics", "planner", "process", "office manager"),
    ),
)
_SENIORITIES = (
    ("executive", r"\b(chief|c[eftmop]o|vp|vice president|director|svp|evp)\b"),
    ("lead", r"\b(lead|head|team lead|teamlead|manager of)\b"),
    ("staff", r"\b(staff|principal|distinguished)\b"),
    ("senior", r"\b(senior|sr|iii|iv)\b"),
    ("junior", r"\b(junior|jr|intern|trainee|graduate|entry|apprentice|working student)\b"),
)


def stage(name: str) -> str:
    """Our hiring stage for a vendor's stage name, or blank. Never `hired`: only a hire is a hire."""
    return _first(_STAGES, name)


def reason(name: str) -> str:
    """The canonical rejection reason; `other` when the words say nothing we know, blank for no words."""
    return (_first(_REASONS, name) or "other") if name.strip() else ""


def family(*names: str) -> str:
    """The role family named first by any of the texts."""
    return next((found for name in names if (found := _first(_FAMILIES, name))), "")


def seniority(title: str) -> str:
    """How senior a title is; a title without such a word is mid-level, no title is blank."""
    text = _fold(title)
    if not text:
        return ""
    return next((level for level, pattern in _SENIORITIES if re.search(pattern, text)), "mid")


def _first(table: tuple[tuple[str, tuple[str, ...]], ...], name: str) -> str:
    text = f"{_fold(name)} "
    return next((word for word, signs in table if any(sign in text for sign in signs)), "")


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold().strip()
