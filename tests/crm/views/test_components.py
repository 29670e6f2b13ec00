from typing import Any

import pytest
from django.test import Client

from crm.templatetags import components
from tests.crm.templatetags.test_components import NAMES, TEMPLATES

PAGES = ["", "list/", "charts/", "plain/", "public/", "palette/"]
ROOMS = ["controls/", "forms/", "reading/", "overlays/", "icons/"]


@pytest.fixture(autouse=True)
def _without_servers(settings: Any) -> None:
    backend = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"


@pytest.mark.parametrize("page", PAGES + ROOMS)
def test_gallery_page_renders(client: Client, page: str) -> None:
    assert client.get(f"/ui/{page}").status_code == 200


def test_gallery_room_that_does_not_exist_is_404(client: Client) -> None:
    assert client.get("/ui/attic/").status_code == 404


def test_every_component_is_shown_in_the_gallery() -> None:
    gallery = "".join(path.read_text() for path in (TEMPLATES / "crm/gallery").glob("*.html"))

    assert [name for name in NAMES if f'"{name}"' not in gallery and components.declaration(name)] == []


def test_list_page_answers_htmx_with_its_rows_alone(client: Client) -> None:
    page = client.get("/ui/list/?q=grace").content.decode()
    rows = client.get("/ui/list/?q=grace", headers={"HX-Request": "true"}).content.decode()

    assert "<html" in page
    assert "Grace Hopper" in rows
    assert "<html" not in rows


def test_record_is_a_page_of_its_own_and_a_panel_for_htmx(client: Client) -> None:
    page = client.get("/ui/list/1/")
    panel = client.get("/ui/list/1/", headers={"HX-Request": "true", "HX-Target": "panel"})

    assert "<html" in page.content.decode()
    assert "data-panel-title" in panel.content.decode()
    assert "<html" not in panel.content.decode()
    assert "HX-Request" in panel.headers["Vary"]


def test_record_nobody_has_is_404(client: Client) -> None:
    assert client.get("/ui/list/999/").status_code == 404


def test_toast_comes_out_of_band_and_after_a_redirect(client: Client) -> None:
    fragment = client.post("/ui/toast/", headers={"HX-Request": "true"}).content.decode()
    redirected = client.post("/ui/toast/")

    assert 'hx-swap-oob="beforeend:#toasts"' in fragment
    assert redirected.status_code == 302
