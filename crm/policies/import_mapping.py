"""Which column of a file is which field, and a file's row as the values of a person."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

IGNORED = ""
NEW = "new"
CUSTOM = "custom."
# Headers people use, folded to letters and digits. The first that fits wins.
_NAMES: dict[str, tuple[str, ...]] = {
    "email": ("email", "emailaddress", "mail", "emails", "primaryemail", "workemail", "personalemail",
              "adressemail", "courriel"),
    "first_name": ("firstname", "givenname", "forename", "vorname", "prenom", "first"),
    "last_name": ("lastname", "surname", "familyname", "nachname", "nom", "last"),
    "full_name": ("name", "fullname", "candidate", "candidatename", "contact"),
    "phone": ("phone", "phonenumber", "mobile", "mobilephone", "telephone", "telefon", "tel", "handy"),
    "link": ("linkedin", "linkedinurl", "linkedinprofile", "profile", "profileurl", "url", "link", "website",
             "github"),
    "external_id": ("externalid", "id", "candidateid", "atsid", "reference", "ref"),
    "headline": ("headline", "summary"),
    "current_title": ("currenttitle", "title", "jobtitle", "position", "role", "currentposition", "job"),
    "current_company": ("currentcompany", "company", "employer", "currentemployer", "organization", "firma"),
    "city": ("city", "town", "stadt", "ville", "location"),
    "region": ("region", "state", "province", "bundesland"),
    "country": ("country", "countrycode", "land", "pays"),
    "time_zone": ("timezone", "tz"),
    "locale": ("locale",),
    "source": ("source", "origin", "leadsource", "channel"),
    "owner": ("owner", "recruiter", "owneremail"),
    "role_family": ("rolefamily", "jobfamily", "department", "function", "family"),
    "seniority": ("seniority", "level", "senioritylevel"),
    "stage": ("stage", "crmstage", "status"),
    "availability": ("availability",),
    "years_experience": ("yearsexperience", "yearsofexperience", "experience", "years"),
    "notice_days": ("noticedays", "noticeperiod", "notice"),
    "relocation": ("relocation", "willingtorelocate", "relocate"),
    "languages": ("languages", "language", "sprachen"),
    "skills": ("skills", "skill", "technologies", "kenntnisse"),
    "tags": ("tags", "tag", "labels"),
}  # fmt: skip
_BY_HEADER = {spelling: field for field, spellings in _NAMES.items() for spelling in spellings}
_MANY = {"email": re.compile(r"[;,|\s]+"), "link": re.compile(r"[;|\s]+"), "phone": re.compile(r"[;|]+")}
FIELDS = tuple(_NAMES)


def guess(headers: Sequence[str], custom_labels: Mapping[str, str]) -> dict[str, str]:
    """A field for each header, each field once; headers nobody knows are ignored until somebody decides.

    `custom_labels` are the workspace's own fields, key → label; either may head a column.
    """
    custom = {_plain(label): f"{CUSTOM}{key}" for key, label in custom_labels.items()}
    custom |= {_plain(key): f"{CUSTOM}{key}" for key in custom_labels}
    mapping: dict[str, str] = {}
    for header in headers:
        field = _BY_HEADER.get(_plain(header)) or custom.get(_plain(header), IGNORED)
        mapping[header] = field if field not in mapping.values() else IGNORED
    return mapping


def faults(mapping: Mapping[str, str], headers: Sequence[str], custom_keys: Iterable[str]) -> dict[str, str]:
    """What is wrong with a mapping, by header; under "" what is missing."""
    allowed = {*FIELDS, IGNORED, NEW, *(f"{CUSTOM}{key}" for key in custom_keys)}
    found = {header: "The file has no such column." for header in mapping if header not in headers}
    found |= {h: f"There is no field “{field}”." for h, field in mapping.items() if field not in allowed}
    used = [field for field in mapping.values() if field not in (IGNORED, NEW)]
    for header, field in mapping.items():
        if used.count(field) > 1:
            found.setdefault(header, f"Two columns are “{field}”; choose one.")
    if not {"email", "link", "external_id"} & set(used):
        found[""] = "Say which column holds the e-mail address, a profile link or an id to know people by."
    return found


def given(cells: Sequence[str], fields: Sequence[str]) -> dict[str, Any]:
    """The row's values, named as in the API; empty cells say nothing."""
    values: dict[str, Any] = {}
    for field, cell in zip(fields, cells, strict=False):
        text = cell.strip()
        if not field or not text:
            continue
        if field.startswith(CUSTOM):
            values.setdefault("custom", {})[field.removeprefix(CUSTOM)] = text
        elif field in _MANY and _MANY[field].search(text):
            values[f"{field}s"] = [part for part in _MANY[field].split(text) if part]
        else:
            values[field] = text
    return values


def key_for(header: str) -> str:
    """The key of a new field made from a column's header."""
    return re.sub(r"[^a-z0-9]+", "_", header.lower()).strip("_")[:60] or "field"


def _plain(header: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", header.lower())
