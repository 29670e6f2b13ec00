from collections.abc import Callable

from django.test import Client

from crm.models import Team, TeamMember, User, Workspace

As = Callable[[User], Client]
URL = "/w/acme/settings/teams/"


def test_a_team_is_made_changed_and_deleted(
    scope: Workspace, ada: User, grace: User, mallory: User, client_as: As
) -> None:
    client = client_as(grace)

    assert client.post(URL, {"name": "Leads", "members": [ada.pk]}).status_code == 302
    team = Team.objects.get()
    assert [one.user_id for one in TeamMember.objects.all()] == [ada.pk]
    assert client.post(URL, {"name": "Leads"}).status_code == 422
    assert client.post(f"{URL}{team.pk}/", {"name": "Heads", "members": [grace.pk]}).status_code == 302
    assert [one.user_id for one in TeamMember.objects.all()] == [grace.pk]
    assert "Heads" in client.get(URL).content.decode()
    assert client.post(URL, {"name": "X", "members": [mallory.pk]}).status_code == 422
    client.post(f"{URL}{team.pk}/deletion/")
    assert not Team.objects.exists()


def test_recruiters_and_outsiders_do_not_manage_teams(
    scope: Workspace, ada: User, mallory: User, client_as: As
) -> None:
    assert client_as(ada).get(URL).status_code == 403
    assert client_as(mallory).get(URL).status_code == 404
