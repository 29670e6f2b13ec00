"""Which words candidates read, and the catalogs that hold them in other languages (docs/frontend.md).

The catalogs are read and written with Babel, so neither an installation nor a developer needs system gettext.
The compiled ones are kept beside their sources: a test holds them together.
"""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import templatize

from crm.actions.meetings import MeetingOver, SlotTaken
from crm.models import Availability, Consent, JobPreference, Referral, RoleFamily, Seniority

# (singular,) or (singular, plural), as it stands in the source.
Words = tuple[str, ...]
TEMPLATES = (
    "crm/person/*.html", "crm/public/*.html", "journeys/check_in/*.html", "layouts/public.html",
    "layouts/branded.html", "layouts/personal.html", "components/field.html",
)  # fmt: skip
MODULES = (
    "crm/actions/meeting_mails.py", "crm/actions/referrals.py", "crm/actions/registration_mails.py",
    "crm/actions/submissions.py", "crm/forms/bookings.py", "crm/forms/person_page.py",
    "crm/forms/public_forms.py", "crm/forms/referrals.py", "crm/policies/file_types.py",
    "crm/policies/form_questions.py",
    "crm/policies/invitations.py", "crm/policies/languages.py", "crm/policies/mail_footer.py",
    "crm/policies/meeting_invitations.py", "crm/policies/topics.py", "crm/views/public_forms.py",
    "crm/views/public_referrals.py", "journeys/forms/check_ins.py", "journeys/policies/starter_forms.py",
)  # fmt: skip
CHOICES = (
    Availability, Consent.Basis, JobPreference.Remote, Referral.State, RoleFamily, Seniority,
)  # fmt: skip
REFUSALS = (MeetingOver, SlotTaken)
_CALLS = frozenset({"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"})
_IN_TEMPLATE = re.compile(r"\b(?:_|n?gettext)\((?=u?['\"])")
_WHOLE = re.compile(
    r"{% blocktranslate.*?{% endblocktranslate %}|{% comment %}.*?{% endcomment %}", re.DOTALL
)
_MARKUP = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]*>|&\w+;", re.DOTALL)


def translated() -> list[str]:
    """The languages there is a catalog for."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGES[0][0]]


def words() -> set[Words]:
    """Everything candidates read that we wrote."""
    found = {one for path in templates() for one in _of_template(path.read_text())}
    found |= {one for name in MODULES for one in _of_module((settings.BASE_DIR / name).read_text())}
    found |= {(str(label),) for choices in CHOICES for _value, label in choices.choices}
    return found | {(str(refusal()),) for refusal in REFUSALS}


def templates() -> list[Path]:
    """The templates of pages for candidates."""
    root = settings.BASE_DIR / "templates"
    return sorted(path for pattern in TEMPLATES for path in root.glob(pattern))


def bare_words(source: str) -> str:
    """What a template says outside every tag, and so in one language only."""
    said = _WHOLE.sub(" ", source).replace("Rekindle", " ")
    return " ".join(re.findall(r"[A-Za-z]{3,}", _MARKUP.sub(" ", said)))


def source_of(language: str) -> Path:
    """The catalog people translate in."""
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """The catalog of a language; an empty one where there is none yet."""
    path = source_of(language)
    if not path.exists():
        return Catalog(locale=language, project="Rekindle", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def renewed(language: str) -> Catalog:
    """The catalog with every word of today and none of yesterday; what is new waits without translation."""
    before, after = read(language), Catalog(locale=language, project="Rekindle", charset="utf-8")
    for one in sorted(words()):
        known = before.get(one[0])
        after.add(one if len(one) > 1 else one[0], known.string if known else "")
    after.revision_date = after.creation_date = before.creation_date
    return after


def written(catalog: Catalog) -> bytes:
    """The catalog as text."""
    file = io.BytesIO()
    write_po(file, catalog, width=110, omit_header=False, sort_output=True, no_location=True)
    return file.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """The catalog as Django loads it."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def _of_module(source: str) -> Iterator[Words]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
            said = [part.value for part in node.args[:2] if isinstance(part, ast.Constant)]
            if said and all(isinstance(part, str) for part in said):
                yield tuple(str(part) for part in said[: 2 if node.func.id.startswith("n") else 1])


def _of_template(source: str) -> Iterator[Words]:
    calls = templatize(source)
    for found in _IN_TEMPLATE.finditer(calls):
        is_plural = found[0].startswith("n")
        yield tuple(_literals(calls[found.end() :], 2 if is_plural else 1))


def _literals(text: str, count: int) -> Iterator[str]:
    for _ in range(count):
        literal = re.match(r"\s*,?\s*(u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))", text)
        assert literal is not None, text[:80]
        text = text[literal.end() :]
        yield str(ast.literal_eval(literal[1]))
