from collections.abc import Sequence
from typing import Any

from django import forms

from crm.policies.page_blocks import KINDS, Block


class LandingPageForm(forms.Form):
    title = forms.CharField(max_length=120, help_text="Its address is made from it and stays.")
    form = forms.ChoiceField(required=False, label="Form on it")

    def __init__(self, data: Any = None, *, forms_offered: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(data, **more)
        chosen = self.fields["form"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [("", "no form"), *forms_offered]

    def form_id(self) -> int | None:
        """The chosen form, if any."""
        return int(self.cleaned_data["form"]) if self.cleaned_data["form"] else None


class NewBlockForm(forms.Form):
    kind = forms.ChoiceField(choices=KINDS, label="Add a block")


class BlockForm(forms.Form):
    heading = forms.CharField(max_length=200, required=False)
    text = forms.CharField(max_length=8_000, required=False, widget=forms.Textarea(attrs={"rows": 8}))

    def __init__(self, data: Any = None, *, block: Block) -> None:
        self.block = block
        super().__init__(data, initial={"heading": block.heading, "text": block.text})
        if block.kind == "faq":
            self.fields[
                "text"
            ].help_text = "A question on a line, its answer below it, an empty line between."

    def chosen(self) -> Block:
        """The block as it is now."""
        given = self.cleaned_data
        return Block(self.block.id, self.block.kind, given["heading"], given["text"])
