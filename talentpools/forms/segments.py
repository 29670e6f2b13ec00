from typing import Any

from django import forms

from talentpools.actions.segments import Draft
from talentpools.models import Segment


class SegmentForm(forms.Form):
    name = forms.CharField(max_length=120)
    description = forms.CharField(max_length=400, required=False)
    pool: Any = forms.ModelChoiceField(None, required=False, empty_label="No pool")
    parent: Any = forms.ModelChoiceField(None, required=False, label="Builds on", empty_label="Everybody")
    mode = forms.ChoiceField(label="People who match", choices=Segment.Mode.choices)

    def __init__(self, *args: Any, pools: Any, segments: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, found in (("pool", pools), ("parent", segments)):
            field: Any = self.fields[name]
            field.queryset = found

    def draft(self, tree: Any) -> Draft:
        """The segment these values and rules describe."""
        return Draft(rules=tree, **self.cleaned_data)
