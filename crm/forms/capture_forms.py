"""What recruiters say about a form: its settings, one question of it, the brand around it."""

from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlsplit

from django import forms

from crm.models import CaptureForm
from crm.policies import candidate_fields, form_questions
from crm.policies.form_questions import OWN_KINDS, Asked, Question


class NewCaptureForm(forms.Form):
    title = forms.CharField(
        max_length=120, label="What is it called?", help_text="Candidates read this. You can change it later."
    )
    kind = forms.ChoiceField(
        choices=[(kind.value, kind.label) for kind in CaptureForm.Kind if kind != CaptureForm.Kind.REFERRAL],
        widget=forms.RadioSelect,
        initial=CaptureForm.Kind.COMMUNITY,
        label="What is it for?",
    )


class SettingsForm(forms.Form):
    """Everything about a form but its questions."""

    title = forms.CharField(max_length=120)
    intro = forms.CharField(
        required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What people get from joining, in your own words. An empty line starts a new paragraph.",
    )  # fmt: skip
    consent = forms.CharField(
        label="Consent", max_length=4_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Stands beside the box people tick. Other words become a new version; "
        "what somebody agreed to is kept with their consent.",
    )  # fmt: skip
    consent_months = forms.IntegerField(
        required=False, min_value=1, max_value=120, label="Consent holds for months",
        help_text="Empty: until they take it back.",
    )  # fmt: skip
    thanks = forms.CharField(
        required=False, max_length=4_000, label="Thank-you text", widget=forms.Textarea(attrs={"rows": 3})
    )
    source = forms.CharField(
        required=False, max_length=120,
        help_text="Where people come from when the link does not say (utm_source).",
    )  # fmt: skip
    campaign = forms.CharField(required=False, max_length=120)
    tags = forms.CharField(required=False, label="Tag everybody with", help_text="With commas between them")
    owner = forms.ChoiceField(required=False, label="New people belong to")
    needs_confirmation = forms.BooleanField(
        required=False, label="Ask people to confirm their address first (double opt-in)"
    )
    allowed_sites = forms.CharField(
        required=False, label="Sites that may embed it", widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One a line, such as https://careers.example.com. Nobody else can put it in a frame.",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, form: CaptureForm, owners: Sequence[tuple[int, str]]) -> None:
        super().__init__(data, initial=_settings(form))
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ChoiceField)
        owner.choices = [("", "nobody yet"), *((str(pk), name) for pk, name in owners)]

    def clean_tags(self) -> list[str]:
        try:
            return candidate_fields.words(self.cleaned_data["tags"])
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from wrong

    def clean_allowed_sites(self) -> list[str]:
        return [_site(line) for line in self.cleaned_data["allowed_sites"].split()]

    def given(self) -> dict[str, Any]:
        """As crm.actions.capture_forms takes it, but for the owner, who is looked up."""
        return {name: value for name, value in self.cleaned_data.items() if name != "owner"}


class QuestionForm(forms.Form):
    """One question: words, help, whether it must be answered, choices."""

    label = forms.CharField(max_length=300, label="Question")
    help = forms.CharField(max_length=300, required=False, label="Help below it")
    kind = forms.ChoiceField(choices=OWN_KINDS, required=False, label="Kind of answer")
    choices = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 5}), help_text="One a line, in this order."
    )
    required = forms.BooleanField(required=False, label="Must be answered")

    def __init__(self, data: Any = None, *, question: Question) -> None:
        self.question = question
        super().__init__(data, initial=question.stored() | {"choices": "\n".join(question.choices)})
        if question.field:
            del self.fields["kind"]
        if question.kind not in ("choice", "multi") and question.field:
            del self.fields["choices"]
        elif question.field:
            self._limit_choices()
        if question.field == "email":
            del self.fields["required"]

    def chosen(self) -> Question:
        """The question as it is now."""
        given, before = self.cleaned_data, self.question
        choices = given.get("choices", list(before.choices))
        if isinstance(choices, str):
            choices = [line.strip()[:200] for line in choices.splitlines() if line.strip()]
        return Question(
            before.id, before.field, given["label"], given.get("kind") or before.kind, given["help"],
            bool(given.get("required", before.required)), tuple(dict.fromkeys(choices)),
        )  # fmt: skip

    def _limit_choices(self) -> None:
        """A field of the person offers some of its own values, not new ones."""
        known = form_questions.FIELDS.get(self.question.field)
        every = known.choices if known else tuple((c, c) for c in self.question.choices)
        self.fields["choices"] = forms.MultipleChoiceField(
            choices=every, widget=forms.CheckboxSelectMultiple, required=False, label="Offer",
            help_text="None ticked: all of them.",
        )  # fmt: skip
        self.initial["choices"] = list(self.question.choices) or [value for value, _label in every]


class NewQuestionForm(forms.Form):
    """Which field to ask for next, or a question of one's own."""

    field = forms.ChoiceField(label="Add a question")

    def __init__(self, data: Any = None, *, offered: Collection[Asked]) -> None:
        super().__init__(data)
        groups: dict[str, list[tuple[str, str]]] = {}
        for asked in offered:
            groups.setdefault(str(asked.group), []).append((asked.field, str(asked.label)))
        chosen = self.fields["field"]
        assert isinstance(chosen, forms.ChoiceField)
        own = [("own", "A question of your own")]
        chosen.choices = [*own, *groups.items()]


class BrandForm(forms.Form):
    accent = forms.CharField(
        label="Accent color", max_length=7, widget=forms.TextInput(attrs={"type": "color"}),
        help_text="For buttons and links. It is measured against white: words need 4.5 to 1.",
    )  # fmt: skip
    logo = forms.FileField(required=False, help_text="PNG, JPEG, WebP or GIF, up to 300 kB.")
    remove_logo = forms.BooleanField(required=False, label="Take the logo off")
    privacy_url = forms.URLField(
        required=False, label="Privacy policy", assume_scheme="https", help_text="Linked under every page."
    )

    def logo_bytes(self) -> bytes | None:
        """The new picture, empty to take it off, None to leave it."""
        if self.cleaned_data["remove_logo"]:
            return b""
        upload = self.cleaned_data["logo"]
        return upload.read() if upload else None


def _settings(form: CaptureForm) -> dict[str, Any]:
    values = {name: getattr(form, name) for name in SettingsForm.base_fields if hasattr(form, name)}
    return values | {
        "consent": form.consent_text.text,
        "tags": ", ".join(form.tags),
        "allowed_sites": "\n".join(form.allowed_sites),
        "owner": form.owner_id or "",
    }


def _site(text: str) -> str:
    parts = urlsplit(text)
    is_plain = parts.scheme in ("https", "http") and parts.hostname and parts.path in ("", "/")
    if not is_plain or any(mark in text for mark in ("*", ";", ",", "'", '"', "?", "#", "@")):
        raise forms.ValidationError(
            f"“{text[:80]}” is not a site; write it like https://careers.example.com."
        )
    return f"{parts.scheme}://{parts.netloc.lower()}"
