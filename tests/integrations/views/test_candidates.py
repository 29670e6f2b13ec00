from collections.abc import Callable

from django.test import Client
from django.utils import timezone

from crm.actions import custom_fields
from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, User, Workspace
from crm.queries import field_uses
from integrations.actions import field_mappings
from integrations.actions.field_mappings import Choice
from integrations.models import Connection, ExternalRef, SyncRun

Pull = Callable[..., SyncRun]


def test_profile_says_what_the_ats_told_and_what_was_edited_since(
    client_as: Callable[[User], Client], ada: User, workspace: Workspace, connection: Connection, pull: Pull
) -> None:
    pull()
    with workspace_scope(workspace.pk):
        person = Candidate.objects.get(pk=ExternalRef.objects.filter(kind="candidate")[0].object_id)
        told, stamp = person.current_title, {"current_title": timezone.now().isoformat()}
        Candidate.objects.filter(pk=person.pk).update(current_title="Ours", edited_fields=stamp)

    page = client_as(ada).get(f"/w/acme/candidates/{person.pk}/sources/").content.decode()

    assert told in page
    assert page.count("edited here") == 1
    assert "as of" in page


def test_field_an_ats_fills_is_in_use(workspace: Workspace, connection: Connection) -> None:
    with workspace_scope(workspace.pk):
        field = custom_fields.add(label="Visa", kind="text")
        choice = Choice("candidate", "told.visa", "Visa status", f"custom.{field.key}", "")
        field_mappings.save(connection=connection, choices=[choice], by=None)

        assert [str(use) for use in field_uses.uses(f"custom.{field.key}")] == [
            "connection “Greenhouse: Visa status”"
        ]
