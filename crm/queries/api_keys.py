import hashlib
import secrets
from datetime import datetime

from django.db.models import Q

from crm.models import ApiKey


def usable_key(*, key_id: int, secret: str, now: datetime) -> ApiKey | None:
    """The key of this workspace that the secret opens; None when it is wrong, revoked or expired."""
    living = Q(expires_at=None) | Q(expires_at__gt=now)
    key = ApiKey.objects.select_related("created_by").filter(living, pk=key_id, revoked_at=None).first()
    if key is None or not secrets.compare_digest(hashed(secret), key.secret_hash):
        return None
    return key


def hashed(secret: str) -> str:
    """What is kept of a secret; it is 256 random bits, so it needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
