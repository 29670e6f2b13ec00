from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings

from crm.forms.account_options import field_for
from crm.models import MailAccount, Workspace
from crm.policies.account_options import Option
from crm.policies.mail_services import Service

_SENDERS = ("from_address", "reply_domain", "dkim_selectors")


class MailAccountForm(forms.Form):
    """Who the mail is from, and what the service asks for. Secrets are never filled in again."""

    from_address = forms.CharField(
        label="From",
        max_length=320,
        help_text="Of your own domain. The name before it is the recruiter's.",
        widget=forms.EmailInput,
    )

    def __init__(self, data: Any, *, service: Service, account: MailAccount | None) -> None:
        super().__init__(data)
        self.service = service
        is_known = account is not None and account.kind == service.kind
        for option in service.options:
            self.fields[option.name] = field_for(_as_here(option), is_known=is_known)
        self._add_advanced()
        if account is not None:
            self.initial = {name: getattr(account, name) for name in _SENDERS}
        if account is not None and is_known:
            self.initial |= account.settings

    @property
    def given(self) -> dict[str, str]:
        names = [*(option.name for option in self.service.options), "api_url"]
        return {name: str(self.cleaned_data.get(name) or "") for name in names}

    @property
    def senders(self) -> dict[str, str]:
        return {name: str(self.cleaned_data.get(name) or "") for name in _SENDERS}

    def blame(self, faults: dict[str, str]) -> None:
        """Say at each input what is wrong with it."""
        for name, sentence in faults.items():
            self.add_error(name if name in self.fields else None, sentence)

    def _add_advanced(self) -> None:
        standard = ", ".join(self.service.selectors)
        self.fields["dkim_selectors"] = forms.RegexField(
            r"^[A-Za-z0-9._, -]*$",
            label="DKIM selectors",
            required=False,
            max_length=300,
            help_text=f"Where your key stands. Usually {standard}." if standard else "Where your key stands.",
        )
        if self.service.inbound:
            self.fields["reply_domain"] = forms.RegexField(
                r"^[A-Za-z0-9.-]*$",
                label="Domain of replies",
                required=False,
                max_length=253,
                help_text=f"Its MX leads to {self.service.name}. Blank: replies come to our own domain.",
            )
        if settings.ALLOW_PRIVATE_HOSTS and not self.service.is_smtp and "api_url" not in self.fields:
            self.fields["api_url"] = forms.CharField(
                label="Address of the API",
                required=False,
                max_length=400,
                help_text="Blank: the service's own.",
            )


def _as_here(option: Option) -> Option:
    """Where private hosts are allowed, any address of the API may be typed."""
    is_free = option.name == "api_url" and settings.ALLOW_PRIVATE_HOSTS
    return replace(option, choices=()) if is_free else option


class SendingLimitsForm(forms.ModelForm):  # type: ignore[type-arg]
    """From which shares on automated mail stops by itself."""

    bounce_stop_percent = forms.FloatField(
        label="Stop at bounces, in percent",
        min_value=0.1,
        max_value=100,
        help_text="Providers act at 5 to 10.",
    )
    complaint_stop_percent = forms.FloatField(
        label="Stop at spam reports, in percent",
        min_value=0.01,
        max_value=100,
        help_text="Gmail refuses mail from 0.3 on.",
    )

    class Meta:
        model = Workspace
        fields = ["bounce_stop_percent", "complaint_stop_percent"]
