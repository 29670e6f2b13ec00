from typing import Any

from django import forms

from crm.models import ReplyMailbox, User


class ReplyMailboxForm(forms.Form):
    """Where the mailbox is and how to get in. The password is never filled in again; blank keeps it."""

    whose = forms.ChoiceField(label="Whose mailbox", help_text="Answers to mail of this sender land in it.")
    address = forms.CharField(label="Address", max_length=320, widget=forms.EmailInput)
    host = forms.CharField(label="IMAP server", max_length=255, help_text="Such as imap.example.com.")
    port = forms.IntegerField(label="Port", min_value=1, max_value=65_535, initial=993)
    security = forms.ChoiceField(label="Encryption", choices=ReplyMailbox.Security.choices)
    username = forms.CharField(label="User name", max_length=320)
    password = forms.CharField(
        label="Password",
        max_length=1_000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="An app password where the service has them.",
    )
    folder = forms.CharField(label="Folder", max_length=120, initial="INBOX")
    takes_plus = forms.BooleanField(
        label="name+code@… reaches this mailbox",
        required=False,
        initial=True,
        help_text="So in Gmail, Microsoft 365, Fastmail and most others. Answers are then matched for sure.",
    )

    def __init__(
        self, data: Any, *, members: list[tuple[int, str]], mailbox: ReplyMailbox | None = None
    ) -> None:
        super().__init__(data)
        self.fields["whose"].choices = [("", "Everybody's"), *members]  # type: ignore[attr-defined]
        self.fields["whose"].required = False
        if mailbox is not None:
            del self.fields["whose"]
            self.fields["password"].help_text = "Leave blank to keep the one we have."
            self.initial = {name: getattr(mailbox, name) for name in self.fields if name != "password"}

    @property
    def owner(self) -> User | None:
        return User.objects.filter(pk=self.cleaned_data.get("whose") or 0).first()

    def blame(self, faults: dict[str, str]) -> None:
        """Say at each input what is wrong with it."""
        for name, sentence in faults.items():
            self.add_error(name if name in self.fields else None, sentence)
