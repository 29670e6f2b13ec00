"""What a person enters to connect an account elsewhere: of a mail service, of an ATS."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """One input of an account's form. Secrets are kept encrypted and never shown again."""

    name: str
    label: str
    help: str = ""
    is_secret: bool = False
    is_required: bool = False
    is_url: bool = False
    is_number: bool = False
    # Several lines: a key as it is in its file.
    is_long: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    # Where the form shows it: with what everybody needs, or folded away under this heading.
    group: str = ""
