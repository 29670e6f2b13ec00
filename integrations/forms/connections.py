from dataclasses import dataclass
from typing import Any

from django import forms

from crm.forms.account_options import field_for
from crm.models import HiringStage
from integrations.models import Connection, StageMapping
from integrations.providers.base import Vendor

_PUSH_SOURCE = "source_id"


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that are folded away together."""

    heading: str
    fields: list[forms.BoundField]
    is_open: bool


class ConnectionForm(forms.Form):
    """The name, and what the vendor asks for. Secrets are never filled in again; blank keeps them."""

    name = forms.CharField(max_length=120, label="Name")

    def __init__(
        self, *args: Any, vendor: Vendor, connection: Connection | None = None, **kwargs: Any
    ) -> None:
        held = dict(connection.settings) | {"name": connection.name} if connection else {"name": vendor.name}
        super().__init__(*args, **kwargs)
        self.initial = held
        self.vendor = vendor
        for option in vendor.options:
            self.fields[option.name] = field_for(option, is_known=bool(connection and connection.credentials))
        sources = (connection.verdict.get("sources") or []) if connection else []
        if sources:
            self.fields[_PUSH_SOURCE] = forms.ChoiceField(
                choices=[("", "No source"), *((str(pk), name) for pk, name in sources)],
                required=False,
                label="Source of pushed candidates",
            )

    @property
    def main(self) -> list[forms.BoundField]:
        """What everybody fills in."""
        folded = {option.name for option in self.vendor.options if option.group}
        return [field for field in self if field.name not in folded]

    @property
    def groups(self) -> list[Group]:
        """What few need, under its heading; open where something stands in it or is wrong."""
        headings = dict.fromkeys(option.group for option in self.vendor.options if option.group)
        return [self._group(heading) for heading in headings]

    def _group(self, heading: str) -> Group:
        held = [self[option.name] for option in self.vendor.options if option.group == heading]
        return Group(heading, held, any(field.errors or field.value() for field in held))

    @property
    def credentials(self) -> dict[str, str]:
        names = [option.name for option in self.vendor.options if option.is_secret]
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data[name]}

    @property
    def settings(self) -> dict[str, str]:
        names = [option.name for option in self.vendor.options if not option.is_secret]
        held = {name: self.cleaned_data[name] for name in names if self.cleaned_data[name]}
        chosen = self.cleaned_data.get(_PUSH_SOURCE)
        return held | ({_PUSH_SOURCE: chosen} if chosen else {})


class StageForm(forms.Form):
    """One select per stage of the vendor."""

    def __init__(self, *args: Any, mappings: list[StageMapping], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mappings = mappings
        for mapping in mappings:
            self.fields[f"stage-{mapping.pk}"] = forms.ChoiceField(
                choices=[("", "Not mapped"), *HiringStage.choices],
                required=False,
                initial=mapping.stage,
                label=mapping.vendor_stage,
            )

    def changes(self) -> list[tuple[StageMapping, str]]:
        """The mappings somebody decided differently, or confirmed."""
        chosen = [(mapping, self.cleaned_data[f"stage-{mapping.pk}"]) for mapping in self.mappings]
        return [(mapping, stage) for mapping, stage in chosen if stage != mapping.stage]
