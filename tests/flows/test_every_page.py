"""Every page of a workspace as its owner sees it: wide and narrow, light and dark."""

from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from analytics.actions import mailings, reports, views
from analytics.queries import asking
from crm.actions import capture_forms, imports, landing_pages, registrations, workspaces
from crm.kernel.tenancy import workspace_scope
from crm.models import Message, User, Workspace
from crm.policies.page_blocks import Block
from integrations.actions import connections
from integrations.models import Connection
from journeys.actions import campaigns
from journeys.models import Journey, JourneyVersion, Template
from talentpools.models import Segment
from tests.architecture.addresses import addresses, model_of
from tests.crm.capture import live_event
from tests.factories import CandidateFactory, MessageFactory, RequisitionFactory, UserFactory
from tests.factories.rows import any_row
from tests.flows.browser import (
    AXE,
    FRAME,
    NARROW,
    WIDE,
    Watch,
    chromium,
    newly_shown,
    overflow,
    remember_shown,
)
from tests.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.transactional]
PAGES = addresses("w/<slug:workspace>/")
# What stands for a word of these addresses.
WORDED: dict[str, dict[str, Any]] = {
    "w/<slug:workspace>/settings/connections/new/<slug:kind>/": {"kind": "greenhouse"},
    "w/<slug:workspace>/forms/<int:form_id>/questions/<slug:question>/": {"question": "email"},
    "w/<slug:workspace>/forms/<int:form_id>/qr.<slug:kind>": {"kind": "svg"},
    "w/<slug:workspace>/events/<int:talent_event_id>/qr.<slug:kind>": {"kind": "svg"},
    "w/<slug:workspace>/landing-pages/<int:landing_page_id>/qr.<slug:kind>": {"kind": "svg"},
    "w/<slug:workspace>/landing-pages/<int:landing_page_id>/blocks/<slug:block>/": {"block": "b1"},
    "w/<slug:workspace>/journeys/<int:journey_id>/steps/<slug:step>/": {"step": "thanks"},
    "w/<slug:workspace>/journeys/<int:journey_id>/steps/<slug:step>/people/": {"step": "thanks"},
    "w/<slug:workspace>/journeys/<int:journey_id>/steps/<slug:step>/rules/": {"step": "answered"},
    "w/<slug:workspace>/analytics/people/<slug:key>/export.<slug:kind>": {"kind": "csv"},
    "w/<slug:workspace>/analytics/dashboards/<slug:page>/export.<slug:kind>": {"kind": "csv"},
}
# What the story of the main job opens, for it takes more than a row.
ABSENT = {
    "w/<slug:workspace>/analytics/changes/",  # a fragment: leads to its page when asked for by itself
    "w/<slug:workspace>/analytics/views/<int:figure_view_id>/",  # leads to the page it keeps
    "w/<slug:workspace>/mailbox/<str:key>/",
    "w/<slug:workspace>/content/<int:template_id>/mail/",  # for the person its frame names
    "w/<slug:workspace>/imports/<int:run_id>/refused/",
    "w/<slug:workspace>/files/<int:attachment_id>/",  # a row without bytes is 404
    "w/<slug:workspace>/rehearsals/<int:rehearsal_id>/people/<int:candidate_id>/",
    "w/<slug:workspace>/runs/<int:list_run_id>/file/",
}
KEYS = {"client_id": "nobody.harvest", "client_secret": "nothing"}
LONG = "Bartholomäus Konstantinopolitanischer-Dudelsackpfeifenmachergeselle"
STOP_POLLING = 286
COLORS = ["color-contrast", "link-in-text-block"]


def test_every_page_is_sound(running_product: Product) -> None:
    olivia = UserFactory.create(name="Olivia")
    cookie = _session(olivia)
    paths = _paths(_acme(olivia))
    watch = Watch()
    cookies = {settings.SESSION_COOKIE_NAME: cookie}
    with httpx.Client(base_url=running_product.base_url, cookies=cookies, timeout=30) as line:
        shown = [path for path in paths if _is_page(line, path, watch)]
    with chromium() as browser:
        context = browser.new_context(viewport=WIDE, color_scheme="light")
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": cookie, "url": running_product.base_url}])
        watch.over(context)
        context.add_init_script(path=AXE)
        page = context.new_page()
        for number, path in enumerate(shown):
            _look(page, f"{running_product.base_url}{path}", watch, besides=FRAME if number else ())
    assert not watch.faults, "\n".join(watch.faults)
    assert len(shown) > 40


def _look(page: Page, url: str, watch: Watch, *, besides: Sequence[str]) -> None:
    """All rules over the whole page; in the dark its colors, on a phone what first shows there."""
    page.goto(url, wait_until="load")
    watch.judge(page)
    page.emulate_media(color_scheme="dark")
    watch.judge(page, rules=COLORS, besides=besides)
    remember_shown(page)
    page.set_viewport_size(NARROW)
    if new := newly_shown(page, besides=besides):
        watch.judge(page, only=new)
    watch.faults += [f"{url} is wider than a phone by {found[:300]}" for found in overflow(page)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)


def _is_page(line: httpx.Client, path: str, watch: Watch) -> bool:
    """A whole page; not a fragment, not a file, not an address that only takes what is sent to it."""
    answer = line.get(path)
    if answer.status_code not in (200, STOP_POLLING, 405):
        watch.faults.append(f"{path}: {answer.status_code}")
    return answer.status_code == 200 and "<html" in answer.text


def _paths(workspace: Workspace) -> list[str]:
    with workspace_scope(workspace.pk):
        named = sorted({name for address in PAGES for name in address.names})
        rows = {name: _first(name) for name in named}
        # A row made of nothing but its columns is an account at no vendor we know.
        Connection.objects.exclude(name="Greenhouse").update(kind="greenhouse")
        # And no journey ever had a version nobody can read.
        drafts = Journey.objects.exclude(draft={}).order_by("pk").values_list("draft", flat=True)
        JourneyVersion.objects.filter(definition={}).update(definition=drafts[0])
        return [
            address.path(workspace=workspace.slug, rows=rows | WORDED.get(address.route, {}))
            for address in PAGES
            if address.route not in ABSENT
        ]


def _first(name: str) -> int:
    """The oldest row a parameter can name: one the workspace began with, or a new one."""
    model = model_of(name)
    row = model._default_manager.order_by("pk").first() or any_row(model)
    return int(row.pk)


def _acme(owner: User) -> Workspace:
    """A workspace as it begins, and a few rows in it."""
    workspace = workspaces.create(name="Acme", owner=owner)
    with workspace_scope(workspace.pk):
        someone = CandidateFactory.create(first_name="Maximiliane", last_name=LONG, current_title=LONG)
        MessageFactory.create(
            candidate=someone, direction=Message.Direction.IN, state=Message.State.RECEIVED,
            from_address=someone.email, subject=LONG,
            body_text=f"Thank you!\n\nhttps://people.example/{LONG.lower()}",
        )  # fmt: skip
        capture_forms.create(title=f"Join {LONG}", kind="community", company="Acme", by=owner)
        page = landing_pages.create(title=f"Come {LONG}", form_id=None, by=owner)
        landing_pages.put(page=page, block=Block("b1", "text", LONG, "Words."))
        registrations.register(event=live_event(owner, name=LONG), candidate=someone)
        _figures(workspace, owner)
        RequisitionFactory.create(title=f"Senior {LONG}", skills=["Python", LONG])
        segment, template = Segment.objects.order_by("pk")[0], Template.objects.order_by("pk")[0]
        plan = campaigns.Draft(name=LONG, template=template.key, segment_id=segment.pk)
        campaigns.save(draft=plan, by=owner)
        connections.create(kind="greenhouse", name="Greenhouse", settings={}, credentials=KEYS, by=owner)
        imports.upload(file_name="people.csv", content=b"Name,E-Mail\nAda,ada@people.example\n", by=owner)
    return workspace


def _figures(workspace: Workspace, owner: User) -> None:
    """What the owner keeps, mails and publishes of the figures: these pages are theirs alone."""
    now = timezone.now()
    view = views.save(name=LONG, page="funnel", query={}, days=90, is_shared=True, by=owner)
    mailings.create(view=view, every="week", users=[owner.pk], by=owner, now=now)
    question = asking.put({}, workspace=workspace, now=now, reader=owner.pk).question
    reports.publish(
        name=LONG, question=question, figures={"headers": ["KPI"], "rows": [[LONG]], "note": ""}, by=owner
    )


def _session(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
