"""What a visitor fills in: the questions of a form, consent, and what keeps machines out without tracking."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.actions import held_files
from crm.forms.attachments import ACCEPTED
from crm.models import CaptureForm, HeldFile
from crm.policies import file_types, form_questions
from crm.policies.file_types import RefusedFile
from crm.policies.form_questions import Answered, Question
from crm.policies.languages import said, told
from crm.policies.touches import Touch

SALT = "crm.public_form"
FASTEST, LONGEST = 2, 24 * 3600
CONSENT, TRAP, TOKEN = "consent", "homepage", "token"
KEPT = "-kept"


class PublicForm(forms.Form):
    """Questions of a form as fields. `token` is signed: when the page was shown, where from, which words.

    Too fast, too old or a filled trap is answered like any fault: a person mends it, a machine rarely does.
    """

    def __init__(
        self,
        form: CaptureForm,
        data: Any = None,
        files: Any = None,
        *,
        touch: Touch | None = None,
        is_preview: bool = False,
    ) -> None:
        super().__init__(data, files)
        self.form = form
        self.is_preview = is_preview
        self.questions = form_questions.read(form.questions)
        for question in self.questions:
            self.fields[question.id] = _field(question)
            if question.kind == "file" and (held := self._held(question)):
                self.keep(question, held)
        self.fields[CONSENT] = forms.BooleanField(
            label=form.consent_text.text,
            error_messages={"required": _("Without your consent we must not keep what you entered.")},
        )
        self.fields[TRAP] = forms.CharField(
            label=_("Leave this empty"), required=False,
            widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
        )  # fmt: skip
        self.fields[TOKEN] = forms.CharField(
            widget=forms.HiddenInput, required=False, initial=_token(form, touch or Touch())
        )

    @property
    def asked(self) -> list[Any]:
        """The fields a visitor sees, in order."""
        return [self[question.id] for question in self.questions]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The files that need not be chosen again: (name of the hidden field, token)."""
        return [
            (f"{question.id}{KEPT}", held_files.token_of(self.initial[question.id]))
            for question in self.questions
            if question.kind == "file" and self.initial.get(question.id)
        ]

    def keep(self, question: Question, held: HeldFile) -> None:
        """Say beside the question that its file is here; choosing another one replaces it."""
        self.initial[question.id] = held
        said = _("%s is kept. Choose another file to replace it.") % held.file_name
        self[question.id].help_text = self.fields[question.id].help_text = said

    def uploads(self) -> list[tuple[Question, Any]]:
        """The files chosen just now that may be kept."""
        chosen = ((question, self.cleaned_data.get(question.id)) for question in self.questions)
        return [(asked, file) for asked, file in chosen if isinstance(file, UploadedFile)]

    @property
    def held(self) -> list[HeldFile]:
        """The files that come with the answers."""
        files = (self.initial.get(question.id) for question in self.questions if question.kind == "file")
        return [file for file in files if file]

    @property
    def trap(self) -> Any:
        return self[TRAP]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get(TRAP):
            self._replace(TRAP, "")
            raise forms.ValidationError(
                _("Something filled in a field nobody sees. Please send it once more.")
            )
        if self.opened is None:
            self._replace(TOKEN, _token(self.form, Touch()))
            raise forms.ValidationError(_("This page was open for a long time. Please send it once more."))
        try:
            signing.loads(str(given.get(TOKEN)), salt=SALT, max_age=FASTEST)
        except signing.SignatureExpired:
            return given  # older than a machine's patience: as it should be
        raise forms.ValidationError(_("That was faster than anybody can read. Please send it once more."))

    @property
    def opened(self) -> dict[str, Any] | None:
        """What the token says; None for a forged, foreign or stale one."""
        try:
            found: dict[str, Any] = signing.loads(self.data.get(TOKEN, ""), salt=SALT, max_age=LONGEST)
        except signing.BadSignature:
            return None
        return found if found.get("f") == self.form.pk else None

    def answers(self) -> Answered:
        return form_questions.answered(self.questions, self.cleaned_data)

    def show_faults(self, fields: Mapping[str, str]) -> None:
        """Put the reasons of a refusal beside the questions they are about."""
        by_field = {question.field: question.id for question in self.questions}
        for name, sentence in fields.items():
            self.add_error(by_field.get(name) or by_field.get(name.removesuffix("s")), told(sentence))

    def _held(self, question: Question) -> HeldFile | None:
        token = self.data.get(f"{question.id}{KEPT}", "")
        return held_files.named(token, question=question.id) if token else None

    def _replace(self, name: str, value: str) -> None:
        data = QueryDict(mutable=True)
        data.update(self.data)
        data[name] = value
        self.data = data


class CheckedFile(forms.FileField):
    """A document as crm.policies.file_types lets it in, or the one kept from before."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = super().clean(data, initial)
        if not isinstance(given, UploadedFile):
            return given
        try:
            file_types.check_size(given.size or 0)
            file_types.type_of(given.read(), given.name or "")
        except RefusedFile as wrong:
            raise forms.ValidationError(str(wrong)) from wrong
        given.seek(0)
        return given


def touch_in(opened: Mapping[str, Any]) -> Touch:
    """Where the visitor came from, as the signed token has it."""
    return Touch(**opened["t"])


def _token(form: CaptureForm, touch: Touch) -> str:
    inside = {"f": form.pk, "k": str(uuid.uuid4()), "c": form.consent_text_id, "t": touch.as_dict()}
    return signing.dumps(inside, salt=SALT)


def _field(question: Question) -> forms.Field:
    shared: dict[str, Any] = {
        "label": gettext(question.label),
        "required": question.required,
        "help_text": question.help,
        "error_messages": {"required": _("Please answer this one.")},
    }
    if question.kind == "multi":
        return forms.MultipleChoiceField(
            choices=said(question.options), widget=forms.CheckboxSelectMultiple, **shared
        )
    if question.kind == "choice":
        return _choice(question, shared)
    if question.kind == "bool":
        return forms.BooleanField(**shared)
    if question.kind == "file":
        return _file(shared)
    return _line(question, shared)


def _choice(question: Question, shared: dict[str, Any]) -> forms.Field:
    options = said(question.options)
    if len(options) > 5:
        return forms.ChoiceField(choices=[("", "—"), *options], **shared)
    return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **shared)


def _file(shared: dict[str, Any]) -> forms.Field:
    limit = _("%(kinds)s, up to %(size)s MB.") % {
        "kinds": file_types.OFFERED, "size": file_types.LARGEST // 10**6,
    }  # fmt: skip
    words = {"help_text": f"{shared['help_text']} {limit}".strip()}
    return CheckedFile(widget=forms.FileInput(attrs={"accept": ACCEPTED}), **shared | words)


def _line(question: Question, shared: dict[str, Any]) -> forms.Field:
    attributes = {"autocomplete": question.autocomplete} if question.autocomplete else {}
    if question.kind == "email":
        return forms.EmailField(max_length=254, widget=forms.EmailInput(attrs=attributes), **shared)
    if question.kind == "number":
        return forms.FloatField(
            min_value=0, widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}), **shared
        )
    if question.kind == "date":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **shared)
    if question.kind == "long_text":
        return forms.CharField(max_length=5_000, widget=forms.Textarea(attrs={"rows": 4}), **shared)
    kinds = {"phone": "tel", "link": "url"}
    widget = forms.TextInput(attrs=attributes | {"type": kinds.get(question.kind, "text")})
    return forms.CharField(max_length=500, widget=widget, **shared)
