import uuid
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from crm.forms.public_forms import FASTEST, LONGEST, TRAP

SALT = "crm.referral_form"


class ReferralForm(forms.Form):
    """A colleague names somebody. The person is asked; nothing else happens before."""

    referrer_name = forms.CharField(label=_("Your name"), max_length=200)
    referrer_email = forms.EmailField(label=_("Your work e-mail"), max_length=254)
    name = forms.CharField(label=_("Whom do you have in mind?"), max_length=200)
    email = forms.EmailField(label=_("Their e-mail"), max_length=254)
    relation = forms.CharField(label=_("How do you know each other?"), max_length=200, required=False)
    note = forms.CharField(
        label=_("Why them?"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("We keep this only if they agree."),
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields[TRAP] = forms.CharField(
            label=_("Leave this empty"), required=False,
            widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
        )  # fmt: skip
        token = signing.dumps(str(uuid.uuid4()), salt=SALT)
        self.fields["token"] = forms.CharField(widget=forms.HiddenInput, required=False, initial=token)

    @property
    def asked(self) -> list[Any]:
        """The fields a colleague sees."""
        return [self[name] for name in self.base_fields]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        try:
            self.key = uuid.UUID(signing.loads(given.get("token", ""), salt=SALT, max_age=LONGEST))
            signing.loads(given.get("token", ""), salt=SALT, max_age=FASTEST)
        except signing.SignatureExpired:
            if hasattr(self, "key") and not given.get(TRAP):
                return given
        except signing.BadSignature:
            pass
        raise forms.ValidationError(_("That did not look like a person. Please send it once more."))
