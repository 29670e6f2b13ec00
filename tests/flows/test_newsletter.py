"""A newsletter from the empty editor to the inbox: written, previewed, tried, planned, sent."""

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from crm.actions import workspaces
from crm.kernel.tenancy import workspace_scope
from crm.models import User
from journeys.actions import pieces
from journeys.actions.mailboxes import set_pace
from talentpools.models import Segment, SegmentMember
from tests.conftest import NOW
from tests.factories import UserFactory
from tests.factories.journeys import ReachableFactory
from tests.flows import pages
from tests.flows.browser import WIDE, Watch, chromium
from tests.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.transactional]
ARTICLE = "How we run on-call without heroes"


def test_a_newsletter_is_written_tried_and_sent(running_product: Product) -> None:
    olivia = UserFactory.create(name="Olivia Brandt", email="olivia@acme.example")
    _readers(olivia)
    client, name = Client(), settings.SESSION_COOKIE_NAME
    client.force_login(olivia)
    cookie = client.cookies[name].value
    with chromium() as browser:
        context = browser.new_context(viewport=WIDE)
        context.add_cookies([{"name": name, "value": cookie, "url": running_product.base_url}])
        watch = Watch().over(context)
        page = context.new_page()
        page.goto(f"{running_product.base_url}/w/acme/content/new/")
        _writes(page)
        _looks_and_tries(page)
        _plans_and_sends(page, running_product)
    assert not watch.faults, "\n".join(watch.faults)


def _readers(olivia: User) -> None:
    """Two in the segment: one may be written to, one stopped all mail."""
    workspace = workspaces.create(name="Acme", owner=olivia)
    with workspace_scope(workspace.pk):
        for sender in (None, olivia):
            set_pace(sender=sender, daily_limit=1_000, spacing_seconds=0)
        pieces.save(draft=pieces.Draft(ARTICLE, "article", url="https://acme.example/on-call"), by=olivia)
        readers = Segment.objects.create(name="Readers", rules={"match": "all", "rules": []})
        for first_name, stopped_at in (("Bo", None), ("Cy", NOW)):
            person = ReachableFactory.create(
                first_name=first_name, last_name="Reader", email=f"{first_name.lower()}@people.example",
                owner=olivia, unsubscribed_at=stopped_at,
            )  # fmt: skip
            SegmentMember.objects.create(segment=readers, candidate=person, entered_at=NOW)


def _writes(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill("Winter letter")
    page.get_by_label("Subject", exact=True).fill("Winter at Acme")
    words = page.locator(".ProseMirror")
    words.click()
    page.keyboard.type("Hello ")
    pages.press(page, "Insert a field")
    page.locator(".editor-choices button", has_text="candidate.first_name").first.click()
    page.keyboard.type(", this is ")
    pages.press(page, "Bold")
    page.keyboard.type("our winter")
    page.keyboard.press("Enter")
    pages.press(page, "Insert a snippet or an asset")
    page.locator(".editor-choices button", has_text=ARTICLE).click()
    expect(words.locator("[data-chip], .chip").first).to_be_visible()
    page.get_by_label("Layout").select_option("newsletter")
    pages.press(page, "Save")
    page.wait_for_url(re.compile(r"/content/\d+/$"))


def _looks_and_tries(page: Page) -> None:
    shown = page.locator("#preview-card")
    expect(shown.get_by_text("Winter at Acme")).to_be_visible()
    reader = shown.locator("#preview-person option", has_text="Bo Reader").get_attribute("value")
    shown.locator("#preview-person").select_option(reader)
    expect(shown.get_by_text("To Bo Reader")).to_be_visible()
    mail = page.frame_locator(".mail-frame")
    expect(mail.get_by_text("Hello Bo, this is our winter")).to_be_visible()
    expect(mail.get_by_role("link", name=ARTICLE)).to_be_visible()
    shown.get_by_role("button", name="Send this to olivia@acme.example").click()
    expect(page.locator("#toasts")).to_contain_text("A test is on its way")
    tried = pages.read_mail(page, "olivia@acme.example", "[Test] Winter at Acme")
    expect(tried.get_by_text("our winter")).to_be_visible()


def _plans_and_sends(page: Page, product: Product) -> None:
    page.goto(f"{product.base_url}/w/acme/content/campaigns/new/")
    page.get_by_label("Name", exact=True).fill("Winter letter to readers")
    page.get_by_label("To everybody in").select_option(label="Readers")
    page.get_by_label("Mail", exact=True).select_option(label="Winter letter")
    page.get_by_label("It leaves").select_option("any")
    pages.press(page, "Save and see who gets it")
    audience = page.locator("#audience")
    expect(audience).to_contain_text(re.compile(r"1 enter"))
    expect(audience).to_contain_text("Cy Reader")
    pages.press(page, "Schedule or send")
    expect(page.locator("#toasts")).to_contain_text("on its way")
    got = pages.read_mail(page, "bo@people.example", "Winter at Acme")
    expect(got.get_by_text("Hello Bo, this is our winter")).to_be_visible()
    expect(got.get_by_role("link", name="Stop all mail")).to_be_visible()
