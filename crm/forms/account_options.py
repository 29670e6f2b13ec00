from typing import Any

from django import forms

from crm.policies.account_options import Option

# Kept encrypted like every credential, but no secret to whoever types it.
_SHOWN = ("client_id", "username")


def field_for(option: Option, *, is_known: bool) -> forms.Field:
    """The input of one option; of an account that is known, a blank secret keeps the one we have."""
    words: dict[str, Any] = {"label": option.label, "help_text": option.help, "required": option.is_required}
    if is_known and option.is_secret:
        words["required"] = False
        words["help_text"] = f"{option.help} Leave blank to keep the one we have.".strip()
    if option.choices:
        return forms.ChoiceField(choices=option.choices, **words)
    if option.is_url:
        return forms.URLField(assume_scheme="https", max_length=400, **words)
    if option.is_number:
        return forms.RegexField(r"^\d{1,19}$", error_messages={"invalid": "A number is needed."}, **words)
    return forms.CharField(
        max_length=20_000 if option.is_long else 2_000 if option.is_secret else 400,
        widget=_widget(option),
        **words,
    )


def _widget(option: Option) -> forms.Widget:
    if option.is_long:
        return forms.Textarea(attrs={"rows": 5, "autocomplete": "off", "spellcheck": "false"})
    if option.is_secret and option.name not in _SHOWN:
        return forms.PasswordInput(attrs={"autocomplete": "off"})
    return forms.TextInput()
