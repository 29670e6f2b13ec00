from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import LandingPage, User
from crm.policies import page_blocks
from crm.policies.page_blocks import MOST_BLOCKS, Block


class TooManyBlocks(DomainError):
    """A page has at most twenty blocks. Nobody scrolls further."""

    code = "invalid"


@transaction.atomic
def create(*, title: str, form_id: int | None, by: User | None) -> LandingPage:
    """A draft with a headline, a text, the open requisitions and the form."""
    blocks = page_blocks.starter()
    page = LandingPage.objects.create(
        title=title.strip()[:120], slug=_free_slug(title), form_id=form_id, created_by=by,
        blocks=[block.stored() for block in blocks],
    )  # fmt: skip
    events.record("landing_page.created", by=by, data={"page": page.slug, "page_id": page.pk})
    return page


@transaction.atomic
def change(*, page: LandingPage, given: Mapping[str, Any], by: User | None) -> LandingPage:
    """Set title and form."""
    locked = LandingPage.objects.select_for_update(of=("self",)).get(pk=page.pk)
    for name in ("title", "form"):
        if name in given:
            setattr(locked, name, given[name])
    locked.save()
    events.record("landing_page.changed", by=by, data={"page": locked.slug, "page_id": locked.pk})
    return locked


@transaction.atomic
def put(*, page: LandingPage, block: Block) -> LandingPage:
    """A block at the end, or in place of the one with its id."""
    locked = LandingPage.objects.select_for_update(of=("self",)).get(pk=page.pk)
    blocks = page_blocks.read(locked.blocks)
    ids = [one.id for one in blocks]
    if block.id in ids:
        blocks[ids.index(block.id)] = block
    else:
        blocks.append(block)
    return _keep(locked, blocks)


@transaction.atomic
def move(*, page: LandingPage, block_id: str, by_places: int) -> LandingPage:
    """Move a block up (negative) or down; beyond the ends nothing happens."""
    locked = LandingPage.objects.select_for_update(of=("self",)).get(pk=page.pk)
    blocks = page_blocks.read(locked.blocks)
    place = next((index for index, one in enumerate(blocks) if one.id == block_id), None)
    if place is not None:
        blocks.insert(max(0, place + by_places), blocks.pop(place))
    return _keep(locked, blocks)


@transaction.atomic
def drop(*, page: LandingPage, block_id: str) -> LandingPage:
    """Take a block off. Twice is once."""
    locked = LandingPage.objects.select_for_update(of=("self",)).get(pk=page.pk)
    return _keep(locked, [one for one in page_blocks.read(locked.blocks) if one.id != block_id])


@transaction.atomic
def set_live(*, page: LandingPage, is_live: bool, by: User | None) -> LandingPage:
    """Open the page to everybody, or close it. Twice is once."""
    locked = LandingPage.objects.select_for_update(of=("self",)).get(pk=page.pk)
    state = LandingPage.State.LIVE if is_live else LandingPage.State.CLOSED
    if locked.state == state:
        return locked
    locked.state = state
    locked.published_at = locked.published_at or (timezone.now() if is_live else None)
    locked.save(update_fields=["state", "published_at", "updated_at"])
    kind = "landing_page.published" if is_live else "landing_page.closed"
    events.record(kind, by=by, data={"page": locked.slug, "page_id": locked.pk})
    return locked


def _keep(page: LandingPage, blocks: Sequence[Block]) -> LandingPage:
    if len(blocks) > MOST_BLOCKS:
        raise TooManyBlocks
    page.blocks = [block.stored() for block in blocks]
    page.save(update_fields=["blocks", "updated_at"])
    return page


def _free_slug(title: str) -> str:
    wanted = slugify(title)[:52] or "page"
    taken = set(LandingPage.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    numbered = (wanted if n == 1 else f"{wanted}-{n}" for n in range(1, 10_000))
    return next(slug for slug in numbered if slug not in taken)
