from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from crm.models import Availability, Candidate, JobPreference, RoleFamily, Seniority
from crm.policies.countries import every_country
from crm.policies.languages import by_name, current, said
from crm.policies.topics import PACES, TOPICS


class ChoicesForm(forms.Form):
    """What to write about, how often, from when."""

    topics = forms.MultipleChoiceField(
        label=_("Write to me about"),
        choices=list(TOPICS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    pace = forms.ChoiceField(label=_("How often"), choices=PACES)
    month = forms.ChoiceField(label=_("Write again"))

    def __init__(self, candidate: Candidate, data: Any = None) -> None:
        self.today = timezone.localdate()
        months = _months(self.today, candidate.not_before)
        initial = {
            "topics": [topic for topic in TOPICS if topic not in candidate.topics_declined],
            "pace": str(candidate.preferred_gap_days or "any"),
            "month": next((key for key, _label in months if _is_month(key, candidate.not_before)), "any"),
        }
        super().__init__(data, initial=initial)
        paces: list[tuple[str, Any]] = list(PACES)
        if initial["pace"] not in dict(paces):
            paces.append((str(initial["pace"]), _("Every %s days, as agreed") % initial["pace"]))
        _offer(self, month=months, pace=paces)

    def chosen(self) -> dict[str, Any]:
        """The answers as crm.actions.preferences takes them."""
        given = self.cleaned_data
        return {
            "topics": given["topics"],
            "gap_days": int(given["pace"]) if given["pace"] != "any" else None,
            "not_before": date.fromisoformat(f"{given['month']}-01") if given["month"] != "any" else None,
        }


class DetailsForm(forms.Form):
    """What the person may correct themselves."""

    current_title = forms.CharField(label=_("My role"), max_length=200, required=False)
    current_company = forms.CharField(label=_("Where I work"), max_length=200, required=False)
    role_family = forms.ChoiceField(label=_("My field"), required=False)
    city = forms.CharField(label=_("Where I live"), max_length=120, required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    availability = forms.ChoiceField(label=_("Am I looking?"), required=False)
    locale = forms.ChoiceField(label=_("My language"), required=False)

    def __init__(self, candidate: Candidate, data: Any = None) -> None:
        super().__init__(data, initial={name: getattr(candidate, name) for name in self.base_fields})
        families = [("", "—"), *said(RoleFamily.choices)]
        if candidate.role_family and candidate.role_family not in RoleFamily.values:
            families.append((candidate.role_family, candidate.role_family))
        _offer(
            self,
            country=[("", "—"), *every_country(current())],
            role_family=families,
            availability=[("", "—"), *said(Availability.choices)],
            locale=[("", "—"), *by_name(candidate.locale)],
        )


class JobsForm(forms.Form):
    """The work a person looks for; alerts go by this and by nothing guessed."""

    role_families = forms.MultipleChoiceField(
        label=_("Fields of work"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    seniorities = forms.MultipleChoiceField(
        label=_("Level"), required=False, widget=forms.CheckboxSelectMultiple
    )
    skills = forms.CharField(
        label=_("What I am good at"), max_length=800, required=False, help_text=_("Separated by commas.")
    )
    places = forms.CharField(
        label=_("Where I would work"),
        max_length=800,
        required=False,
        help_text=_("Cities, separated by commas."),
    )
    remote = forms.ChoiceField(label=_("From home?"), required=False)
    salary_floor = forms.IntegerField(
        label=_("Not below, a year before tax"), min_value=0, max_value=10_000_000, required=False
    )
    currency = forms.RegexField(r"^[A-Za-z]{3}$", label=_("In which currency"), max_length=3, required=False)

    def __init__(self, held: JobPreference | None, data: Any = None, *, currency: str) -> None:
        initial: dict[str, Any] = {"currency": currency}
        if held is not None:
            initial = {name: getattr(held, name) for name in self.base_fields}
            initial |= {name: ", ".join(initial[name]) for name in ("skills", "places")}
        super().__init__(data, initial=initial)
        _offer(
            self,
            role_families=said(RoleFamily.choices),
            seniorities=said(Seniority.choices),
            remote=[("", "—"), *said(JobPreference.Remote.choices)],
        )

    def clean_skills(self) -> list[str]:
        return _words(self.cleaned_data["skills"], longest=80)

    def clean_places(self) -> list[str]:
        return _words(self.cleaned_data["places"], longest=120)

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


def _offer(form: forms.Form, **choices: list[tuple[str, Any]]) -> None:
    for name, pairs in choices.items():
        form.fields[name].choices = pairs  # type: ignore[attr-defined]


def _words(text: str, *, longest: int) -> list[str]:
    """The words between the commas, each once, as written."""
    found = {" ".join(word.split())[:longest]: None for word in text.split(",")}
    return [word for word in found if word][:30]


def _months(today: date, chosen: date | None) -> list[tuple[str, Any]]:
    firsts = [_plus(today, count) for count in range(1, 13)]
    if chosen and chosen > firsts[-1]:
        firsts.append(chosen.replace(day=1))
    return [
        ("any", _("As it comes")),
        *((first.strftime("%Y-%m"), date_format(first, "F Y")) for first in firsts),
    ]


def _plus(today: date, months: int) -> date:
    index = today.month - 1 + months
    return date(today.year + index // 12, index % 12 + 1, 1)


def _is_month(key: str, day: date | None) -> bool:
    return bool(day and key == day.strftime("%Y-%m"))
