from typing import Any

from django import forms

from talentpools.actions.segments import Draft
from talentpools.forms.access import AccessForm, Colleagues
from talentpools.models import Pool, Segment


class SegmentForm(AccessForm):
    name = forms.CharField(max_length=120)
    description = forms.CharField(max_length=400, required=False)
    pool: Any = forms.ModelChoiceField(None, required=False, empty_label="No pool")
    parent: Any = forms.ModelChoiceField(None, required=False, label="Builds on", empty_label="Everybody")
    mode = forms.ChoiceField(label="People who match", choices=Segment.Mode.choices)
    field_order = ["name", "description", "pool", "parent", "mode", "visibility", "guests", "teams"]

    def __init__(self, *args: Any, pools: Any, segments: Any, colleagues: Colleagues, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, found in (("pool", pools), ("parent", segments)):
            field: Any = self.fields[name]
            field.queryset = found
        self.fields["visibility"].required = False
        self.fields["visibility"].help_text = "A sub-segment is seen by whoever sees its pool."
        self.share_with(colleagues)

    def clean_visibility(self) -> str:
        return self.cleaned_data["visibility"] or Pool.Visibility.WORKSPACE

    def draft(self, tree: Any) -> Draft:
        """The segment these values and rules describe."""
        columns = ("name", "description", "pool", "parent", "mode", "visibility")
        return Draft(rules=tree, **{key: self.cleaned_data[key] for key in columns})
