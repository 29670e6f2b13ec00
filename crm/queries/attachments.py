"""A person's files and what was found in them, and the search in the words of all files."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import IntegerField, Value

from crm.models import Attachment, Candidate, FieldProposal, SearchAttachment
from crm.policies.cv_findings import fold

# More people than this are looked up where the words are, not listed by id.
LISTED = 5_000
_BEFORE, _AFTER = 30, 50
_READ_FOR_SNIPPETS = 60_000


@dataclass(frozen=True, slots=True)
class Snippet:
    """Where a word stands in a file: what is before it, the word, what follows."""

    file_name: str
    before: str
    hit: str
    after: str


def files_of(candidate: Candidate) -> list[Attachment]:
    """The files kept with a person, newest first, without their texts."""
    mine = Attachment.objects.filter(candidate=candidate, removed_at=None).defer("text", "words")
    return list(mine.select_related("added_by").order_by("-added_at", "-pk"))


def proposals_of(candidate: Candidate) -> list[FieldProposal]:
    """What files say about the person and nobody has decided yet."""
    waiting = FieldProposal.objects.filter(
        candidate=candidate, verdict=FieldProposal.Verdict.OPEN, attachment__removed_at=None
    )
    return list(
        waiting.select_related("attachment")
        .defer("attachment__text", "attachment__words")
        .order_by("kind", "pk")
    )


def people_with(words: Sequence[str]) -> dict[str, Any]:
    """For each (folded) word whose files it begins a word of: candidate ids, or the query when they are many.

    One statement for all words; a word nobody has is left out.
    """
    asked = [
        SearchAttachment.objects.filter(words=_query(word))
        .annotate(place=Value(place, IntegerField()))
        .order_by()
        .values_list("place", "candidate_id")[: LISTED + 1]
        for place, word in enumerate(words)
    ]
    if not asked:
        return {}
    ids: dict[int, set[int]] = defaultdict(set)
    for place, candidate_id in asked[0].union(*asked[1:], all=True) if len(asked) > 1 else asked[0]:
        ids[place].add(candidate_id)
    return {word: _listed(word, ids[place]) for place, word in enumerate(words) if ids[place]}


def snippets(candidate_ids: Sequence[int], text: str) -> dict[int, Snippet]:
    """Where the words stand in these people's files, one place a person. One statement."""
    words = fold(text).split()[:8]
    if not words or not candidate_ids:
        return {}
    anywhere = _query(words[0])
    for word in words[1:]:
        anywhere |= _query(word)
    hits = SearchAttachment.objects.filter(candidate_id__in=candidate_ids, words=anywhere)
    files = Attachment.objects.filter(pk__in=hits.values("pk"), removed_at=None).order_by("-added_at")
    found: dict[int, Snippet] = {}
    for candidate_id, name, content in files.values_list("candidate_id", "file_name", "text"):
        if candidate_id not in found and (snippet := _snippet(name, content, words)):
            found[candidate_id] = snippet
    return found


def _listed(word: str, ids: set[int]) -> Any:
    if len(ids) <= LISTED:
        return sorted(ids)
    return SearchAttachment.objects.filter(words=_query(word)).values("candidate_id")


def _query(word: str) -> SearchQuery:
    # Quoted, so that nothing in the word is an operator; `:*` finds the beginnings of words.
    quoted = word.replace("\\", " ").replace("'", " ").strip() or "?"
    return SearchQuery(f"'{quoted}':*", config="simple", search_type="raw")


def _snippet(name: str, content: str, words: Sequence[str]) -> Snippet | None:
    looked_at = content[:_READ_FOR_SNIPPETS]
    folded = [fold(sign) for sign in looked_at]
    plain = "".join(folded)
    at = min((place for word in words if (place := plain.find(word)) >= 0), default=-1)
    if at < 0:
        return None
    length = next(len(word) for word in words if plain.startswith(word, at))
    start, end = _place(folded, at), _place(folded, at + length)
    before = " ".join(looked_at[max(0, start - _BEFORE) : start].split())
    after = " ".join(looked_at[end : end + _AFTER].split())
    led = f"…{before}" if start > _BEFORE else before
    spaced = f"{led} " if looked_at[start - 1 : start].isspace() else led
    gap = " " if looked_at[end : end + 1].isspace() else ""
    return Snippet(name, spaced, looked_at[start:end], f"{gap}{after}…")


def _place(folded: Sequence[str], at: int) -> int:
    """Which sign of the text stands at this place of its folded form."""
    passed = 0
    for place, sign in enumerate(folded):
        if passed >= at:
            return place
        passed += len(sign)
    return len(folded)
