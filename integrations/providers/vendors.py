"""What a vendor is to the screens: its name, and what a person enters to connect an account."""

from collections.abc import Mapping
from dataclasses import dataclass

from crm.policies.account_options import Option
from integrations.policies.field_targets import Reading


@dataclass(frozen=True, slots=True)
class Vendor:
    """A system that can be connected: its name, where its connector is, what it asks for."""

    kind: str
    name: str
    path: str
    options: tuple[Option, ...]
    how_to: str = ""
    # Ways to sign in, each a group of options that belong together; empty = the required ones.
    sign_ins: tuple[tuple[str, ...], ...] = ()
    # What an administrator must grant there, in the vendor's words, and what it is for.
    rights: tuple[tuple[str, str], ...] = ()
    # What stages of that very name are here by default; other names speak for themselves.
    stages: tuple[tuple[str, str], ...] = ()
    # Webhooks: the secret they are signed with, the headers that carry meaning, what the vendor wants to
    # hear, the header it greets a new address with, and whether we can set them up ourselves.
    hook_secret: str = "webhook_secret"  # noqa: S105 - the name of a field
    hook_headers: tuple[str, ...] = ()
    hook_status: int = 200
    hook_greeting: str = ""
    subscribes: bool = False
    # What the page says under the webhook address where the vendor sends none by itself.
    hook_words: str = ""
    # Which fields fill which of ours unless somebody decides otherwise.
    reads: tuple[Reading, ...] = ()
    # Whether a push may fill fields the customer made up; else what it cannot fill is said on the page.
    takes_own_fields: bool = False
    # How many workers may push at once within what the vendor lets be in flight; the budget is shared.
    push_lanes: int = 4
    # How often to look for changes: some vendors ask not to be asked so often.
    every_minutes: int = 15

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(option.name for option in self.options if option.is_required)

    def stage(self, name: str) -> str:
        """Our stage for one of theirs by their own list, blank when it is not on it."""
        return dict(self.stages).get(name.strip().casefold(), "")

    def place_of(self, name: str) -> str:
        """Where the API takes this option: “settings.base_url”."""
        is_secret = any(option.is_secret for option in self.options if option.name == name)
        return f"{'credentials' if is_secret else 'settings'}.{name}"

    def lacking(self, given: Mapping[str, object]) -> tuple[str, ...]:
        """What is missing to sign in: required options, or the rest of the way that was begun."""
        missing = [name for name in self.required if not given.get(name)]
        ways = [[name for name in way if not given.get(name)] for way in self.sign_ins]
        begun = [way for way, names in zip(ways, self.sign_ins, strict=True) if len(way) < len(names)]
        return (*missing, *min(begun or ways, key=len, default=[]))
