from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.actions import candidates
from crm.models import Skill, SkillAlias, Tag, User

pytestmark = pytest.mark.usefixtures("scope")
ClientAs = Callable[[User], Client]
URL = "/w/acme/settings/words/"


def people(*skills: str) -> None:
    given = {"email": f"{'-'.join(skills)}@a.example", "skills": list(skills), "tags": list(skills)}
    candidates.create(given=given, origin="manual")


def test_an_admin_renames_merges_with_undo_and_adds_names(grace: User, client_as: ClientAs) -> None:
    people("JS", "JavaScript")
    client, js = client_as(grace), Skill.objects.get(name="JS")
    client.post(f"{URL}skills/{js.pk}/", {"action": "alias", "name": "ES6"})
    assert "ES6" in client.get(f"{URL}skills/").content.decode()
    client.post(f"{URL}skills/{js.pk}/", {"action": "merge", "into": "javascript"})
    assert SkillAlias.objects.filter(skill__name="JavaScript").count() == 2
    client.post(client.session["toast"]["undo_url"])
    assert SkillAlias.objects.filter(skill__name="JavaScript").count() == 0
    tag = Tag.objects.get(name="JS")
    client.post(f"{URL}tags/{tag.pk}/", {"action": "rename", "name": "Front end"})
    client.post(f"{URL}tags/{tag.pk}/", {"action": "archive"})
    tag.refresh_from_db()
    assert (tag.name, tag.archived_at is not None) == ("Front end", True)
    client.post(f"/w/acme/settings/skill-names/{SkillAlias.objects.get().pk}/removal/")
    assert not SkillAlias.objects.exists()


def test_what_cannot_be_is_refused(grace: User, client_as: ClientAs) -> None:
    people("JS", "SQL")
    client, js = client_as(grace), Skill.objects.get(name="JS")
    assert client.post(f"{URL}skills/{js.pk}/", {"action": "rename", "name": "sql"}).status_code == 409
    assert client.post(f"{URL}skills/{js.pk}/", {"action": "merge", "into": "nothing"}).status_code == 422
    assert client.get(f"{URL}verbs/").status_code == 404


def test_the_page_asks_as_much_for_more_words(grace: User, client_as: ClientAs) -> None:
    client, counts = client_as(grace), []
    for words in (("JS",), ("SQL", "Go")):
        people(*words)
        client.get(f"{URL}skills/")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{URL}skills/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_only_admins_come_in(ada: User, mallory: User, client_as: ClientAs) -> None:
    people("JS")
    js = Skill.objects.get(name="JS")
    assert client_as(ada).get(f"{URL}tags/").status_code == 403
    assert client_as(mallory).post(f"{URL}skills/{js.pk}/", {"action": "archive"}).status_code == 404
