from typing import Any

from django import forms

from crm.models import RoleFamily
from crm.policies.mail_layouts import LAYOUTS
from crm.policies.topics import TOPICS
from journeys.models import Piece, Template
from journeys.policies import variants

Pairs = list[tuple[str, str]]
_FAMILIES = [("", "everybody"), *RoleFamily.choices]


class RichTextarea(forms.Textarea):
    """A textarea that becomes a rich text editor where there is JavaScript (crm/static_src/js/editor.js)."""

    def __init__(self, rows: int = 16) -> None:
        super().__init__({"rows": rows, "data-editor": "", "spellcheck": "true"})


def _topics(current: str) -> Pairs:
    known = [(key, str(label)) for key, label in TOPICS.items()]
    return known if current in TOPICS or not current else [*known, (current, current.replace("_", " "))]


class TemplateForm(forms.Form):
    """A template of the content library."""

    name = forms.CharField(max_length=120)
    subject = forms.CharField(max_length=300)
    body = forms.CharField(
        max_length=60_000,
        widget=RichTextarea(),
        help_text="Blank lines part paragraphs, [words](address) is a link. The unsubscribe link is added.",
    )
    kind = forms.ChoiceField(choices=Template.Kind.choices)
    topic = forms.ChoiceField(initial="talent_community", help_text="What people may decline.")
    role_family = forms.ChoiceField(label="For people in", choices=_FAMILIES, required=False)
    language = forms.ChoiceField(label="For readers of", initial="en", required=False)
    segment_id = forms.TypedChoiceField(
        label="For members of",
        required=False,
        coerce=int,
        empty_value=None,
        help_text="Templates of one key are variants: each person gets the closest, language first.",
    )
    layout = forms.ChoiceField(
        label="Layout", choices=LAYOUTS, required=False, help_text="In your logo and color (Forms, Look)."
    )

    def __init__(self, *args: Any, segments: Pairs, languages: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topic = str((self.initial or {}).get("topic", ""))
        _offer(self, topic=_topics(topic), language=languages, segment_id=[("", "everybody"), *segments])

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or variants.PLAIN


class PieceForm(forms.Form):
    """A snippet or an asset."""

    kind = forms.ChoiceField(choices=Piece.Kind.choices)
    name = forms.CharField(label="Name", max_length=120, help_text="Readers see the name of an asset.")
    body = forms.CharField(
        label="Text", max_length=20_000, required=False, widget=RichTextarea(8),
        help_text="The words of a snippet, the summary of an asset.",
    )  # fmt: skip
    url = forms.CharField(label="Address", max_length=600, required=False, help_text="https://…")
    image_url = forms.CharField(label="Address of a picture", max_length=600, required=False)
    key = forms.SlugField(
        label="Key", max_length=80, required=False,
        help_text="What templates call it by. Pieces of one key are variants: each reader gets the closest.",
    )  # fmt: skip
    topic = forms.ChoiceField(required=False)
    role_family = forms.ChoiceField(label="For people in", choices=_FAMILIES, required=False)
    language = forms.ChoiceField(label="For readers of", initial="en", required=False)

    def __init__(self, *args: Any, languages: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topic = str((self.initial or {}).get("topic", ""))
        _offer(self, topic=[("", "any"), *_topics(topic)], language=languages)

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or variants.PLAIN


class LibraryFilterForm(forms.Form):
    """What the library is narrowed to."""

    q = forms.CharField(required=False)
    kind = forms.ChoiceField(required=False)
    topic = forms.ChoiceField(choices=[("", "Any topic"), *TOPICS.items()], required=False)
    role_family = forms.ChoiceField(choices=[("", "Any field"), *RoleFamily.choices], required=False)
    language = forms.ChoiceField(choices=[("", "Any language"), *variants.LANGUAGES.items()], required=False)
    archived = forms.BooleanField(label="Archived", required=False)

    def __init__(self, *args: Any, kinds: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, kind=[("", "Any kind"), *kinds])
        for name in ("kind", "topic", "role_family", "language"):
            self.fields[name].widget.attrs["class"] = "input"


def _offer(form: forms.Form, **choices: Pairs) -> None:
    for name, pairs in choices.items():
        field = form.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = pairs
