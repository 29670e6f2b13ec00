"""Snippets and assets: content written once and drawn in by many templates."""

from dataclasses import dataclass, replace
from itertools import count
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import User
from journeys.models import Piece
from journeys.policies.pieces import keys_in
from journeys.policies.rendering import Content, fault_in
from journeys.policies.rich_text import tidy
from journeys.queries import merge_values, pieces
from journeys.queries.surroundings import unknown_fields


class InvalidPiece(DomainError):
    """The piece cannot be used like this."""

    code = "invalid_piece"
    status = 400


class PieceInUse(DomainError):
    """A template draws this piece in."""

    code = "in_use"
    status = 409


@dataclass(frozen=True, slots=True)
class Draft:
    """A piece as somebody wrote it."""

    name: str
    kind: str = Piece.Kind.SNIPPET
    body: str = ""
    url: str = ""
    image_url: str = ""
    key: str = ""
    topic: str = ""
    role_family: str = ""
    language: str = "en"


@transaction.atomic
def save(*, draft: Draft, by: User | None, piece: Piece | None = None) -> Piece:
    """Keep the piece. Refuses what cannot be put into a mail, and a variant there is already."""
    key = draft.key or slugify(draft.name)[:80]
    _check(draft, key, piece)
    values = {name: getattr(draft, name) for name in Draft.__slots__}
    values |= {"key": key, "body": tidy(draft.body), "archived_at": None}
    if piece:
        Piece.objects.filter(pk=piece.pk).update(**values, updated_at=timezone.now())
        kept = Piece.objects.get(pk=piece.pk)
    else:
        kept = Piece.objects.create(**values)
    events.record("piece.changed" if piece else "piece.created", by=by, data={"piece": kept.pk})
    return kept


@transaction.atomic
def archive(*, piece: Piece, by: User | None) -> None:
    """Take the piece out of the library; refused while it is the last of its key and a template calls it."""
    is_last = not pieces.living().filter(key=piece.key).exclude(pk=piece.pk).exists()
    if is_last and (users := pieces.templates_using(piece.key)):
        raise PieceInUse(f"“{users[0].name}” draws this in.")
    if Piece.objects.filter(pk=piece.pk, archived_at=None).update(archived_at=timezone.now()):
        events.record("piece.archived", by=by, data={"piece": piece.pk})


@transaction.atomic
def restore(*, piece: Piece, by: User | None) -> None:
    """Put it back into the library; refused when another took its place meanwhile."""
    same = pieces.living().filter(key=piece.key, role_family=piece.role_family, language=piece.language)
    if same.exclude(pk=piece.pk).exists():
        raise InvalidPiece("Another one with this key took its place meanwhile.")
    if Piece.objects.filter(pk=piece.pk, archived_at__isnull=False).update(archived_at=None):
        events.record("piece.restored", by=by, data={"piece": piece.pk})


@transaction.atomic
def duplicate(*, piece: Piece, by: User | None) -> Piece:
    """A copy under a name and key of its own."""
    taken = set(Piece.objects.values_list("key", flat=True))
    number = next(n for n in count(2) if f"{piece.key[:76]}-{n}" not in taken)
    draft = Draft(**{name: getattr(piece, name) for name in Draft.__slots__})
    copied = replace(draft, name=f"{piece.name[:110]} ({number})", key=f"{piece.key[:76]}-{number}")
    return save(draft=copied, by=by)


def _check(draft: Draft, key: str, piece: Piece | None) -> None:
    fields = {}
    if not draft.name.strip():
        fields["name"] = "This is empty."
    if draft.kind == Piece.Kind.SNIPPET and not draft.body.strip():
        fields["body"] = "This is empty."
    elif fault := _fault(draft.body, key):
        fields["body"] = fault
    for name in ("url", "image_url"):
        if (url := getattr(draft, name)) and not _is_address(url):
            fields[name] = "An address starts with https:// or http://."
    fields |= _clashes(draft, key, piece)
    if fields:
        raise InvalidPiece(fields=fields)


def _clashes(draft: Draft, key: str, piece: Piece | None) -> dict[str, str]:
    others = list(pieces.living().filter(key=key).exclude(pk=piece.pk if piece else 0))
    fields = {}
    if any((row.role_family, row.language) == (draft.role_family, draft.language) for row in others):
        fields["key"] = "There is such a variant already: same people, same language."
    if any(row.is_snippet != (draft.kind == Piece.Kind.SNIPPET) for row in others):
        fields["kind"] = "Variants of one key are all snippets or all assets."
    return fields


def _fault(body: str, key: str) -> str:
    content = Content("", body)
    if fault := fault_in(content):
        return fault
    if unknown := unknown_fields(content, merge_values.known_fields()):
        return f"Nobody knows the field {unknown[0]}."
    if strange := set(keys_in(body)) - pieces.keys() | ({key} & set(keys_in(body))):
        return f"There is no other snippet or asset “{min(strange)}”."
    return ""


def _is_address(url: str) -> bool:
    parts = urlsplit(url)
    return (
        parts.scheme in ("http", "https") and bool(parts.netloc) and not any(sign in url for sign in '<>"{} ')
    )
