from collections.abc import Collection
from datetime import datetime

from django.conf import settings

from crm.kernel.tenancy import current_workspace_id
from crm.models import Suppression
from crm.policies.contact_points import suppression_hash
from crm.queries.arrays import among


def hash_of(address: str) -> str:
    """What stands for the address in this workspace's suppression list."""
    secret = (settings.FIELD_KEYS or [settings.SECRET_KEY])[-1]
    return suppression_hash(address, secret=secret, workspace_id=current_workspace_id())


def suppressed(addresses: Collection[str]) -> dict[str, tuple[str, datetime]]:
    """The addresses among these that nobody may write to: address → (reason, since). One statement."""
    secret = (settings.FIELD_KEYS or [settings.SECRET_KEY])[-1]
    here = current_workspace_id()
    by_hash = {suppression_hash(address, secret=secret, workspace_id=here): address for address in addresses}
    rows = Suppression.objects.filter(among("address_hash", by_hash))
    return {by_hash[row.address_hash]: (row.reason, row.created_at) for row in rows}
