import json
from typing import Any

import pytest

from crm.actions import api_keys
from crm.kernel.tenancy import workspace_scope
from crm.models import User, Workspace
from tests.conftest import ScopelessClient


class Api:
    """A program with a key: calls and gets back (status, body)."""

    def __init__(self, key: str) -> None:
        self.client = ScopelessClient(headers={"Authorization": f"Bearer {key}"} if key else None)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        sent: dict[str, Any] = {"headers": headers}
        if body is not None:
            text = body if isinstance(body, str | bytes) else json.dumps(body)
            sent |= {"data": text, "content_type": "application/json"}
        self.last = getattr(self.client, method)(f"/api/v1{path}", **sent)
        return self.last.status_code, json.loads(self.last.content) if self.last.content else None


@pytest.fixture
def api_for(workspace: Workspace) -> Any:
    def make(
        role: str = "admin", *, by: User | None = None, scopes: tuple[str, ...] = (), of: Any = None
    ) -> Api:
        with workspace_scope((of or workspace).pk):
            return Api(api_keys.create(name="Test", role=role, by=by, scopes=scopes).text)

    return make


@pytest.fixture
def api(api_for: Any, grace: User) -> Api:
    made: Api = api_for("admin", by=grace)
    return made


@pytest.fixture
def anybody(workspace: Workspace) -> Api:
    return Api("")
