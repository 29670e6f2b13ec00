"""Values encrypted before they reach the database. Keys live in FIELD_KEYS, newest first."""

import base64
import hashlib
import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

from crm.kernel.tenancy import current_workspace_id


class WrongWorkspace(ValueError):
    """A ciphertext was read in a workspace other than the one that wrote it."""


class EncryptedJSONField(models.TextField):  # type: ignore[type-arg]
    """A JSON value kept as Fernet ciphertext bound to its workspace; unreadable in any other one."""

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else seal(value, workspace_id=current_workspace_id())

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        return None if value is None else unseal(value, workspace_id=current_workspace_id())

    def to_python(self, value: Any) -> Any:
        return value


def seal(value: Any, *, workspace_id: int) -> str:
    """A JSON value as ciphertext of this workspace, for wherever else a secret has to rest (the cache)."""
    sealed = json.dumps({"workspace": workspace_id, "value": value})
    return _fernet().encrypt(sealed.encode()).decode()


def unseal(text: str, *, workspace_id: int) -> Any:
    """What `seal` was given. Raises WrongWorkspace for another workspace or an unknown key."""
    try:
        sealed = json.loads(_fernet().decrypt(text.encode()))
    except InvalidToken as broken:
        raise WrongWorkspace(
            "This value was written under a key that is no longer in FIELD_KEYS."
        ) from broken
    if sealed["workspace"] != workspace_id:
        raise WrongWorkspace("This value belongs to another workspace.")
    return sealed["value"]


@lru_cache
def _fernet() -> MultiFernet:
    keys = settings.FIELD_KEYS or [settings.SECRET_KEY]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(k.encode()).digest())) for k in keys])
