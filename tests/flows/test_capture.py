"""A visitor on a phone joins the community: a person, the words they agreed to, a pool, a first mail."""

import json
import time

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from crm.actions import candidates, registrations
from crm.kernel.tenancy import workspace_scope
from crm.models import Registration, User, Workspace
from tests.crm.capture import live_event
from tests.flows import keyboard, pages
from tests.flows.browser import NARROW, WIDE, Watch, chromium, overflow
from tests.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.transactional]
OWNER, PASSWORD = "olivia@acme.example", "correct horse battery staple"


def test_a_visitor_joins_on_a_phone_and_hears_back(running_product: Product) -> None:
    made = running_product.manage("create_workspace", "Acme", "--owner", OWNER, "--json")
    guest = _expects_a_guest()
    with chromium() as browser:
        watch = Watch()
        office = browser.new_context(viewport=WIDE)
        watch.over(office)
        member = office.new_page()
        address = _opens_a_form(running_product, member, json.loads(made)["set_password_url"])
        # No script runs on this phone: the page has to work without.
        phone = browser.new_context(viewport=NARROW, java_script_enabled=False)
        watch.over(phone)
        _joins(phone.new_page(), f"{address}?utm_source=fair")
        assert phone.cookies() == []
        _is_known(member, watch)
        _goes_by_keyboard(member, watch)
        # A console full of lost connections is what is wanted here, so nobody listens to this one.
        door = browser.new_context(viewport=NARROW, storage_state=office.storage_state())
        _checks_in_without_a_network(door, running_product, guest)
        looked = browser.new_context(viewport=NARROW).new_page()
        looked.goto(address)
        watch.judge(looked)
        assert overflow(looked) == []
    assert not watch.faults, "\n".join(watch.faults)


def _opens_a_form(product: Product, page: Page, url: str) -> str:
    pages.set_password(page, url, PASSWORD)
    pages.sign_in(page, product, email=OWNER, password=PASSWORD)
    pages.go_to(page, "Forms")
    pages.follow(page, "New form")
    page.get_by_label("What is it called?").fill("Talent community")
    pages.press(page, "Make a draft")
    page.get_by_label("Consent", exact=True).fill("You may write to me twice a year.")
    pages.press(page, "Save")
    pages.press(page, "Publish")
    page.get_by_role("checkbox", name="Engineering").check()
    pages.press(page, "Save pools")
    expect(page.get_by_role("checkbox", name="Engineering")).to_be_checked()
    pages.press(page, "Start a journey with it")
    expect(page.get_by_role("link", name="Welcome: Talent community")).to_be_visible()
    link = page.locator("a", has_text="/f/acme/talent-community/").first.get_attribute("href")
    assert link
    return link


def _joins(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("First name").fill("Ines")
    page.get_by_label("E-mail").fill("ines@people.example")
    page.get_by_label("Your field").select_option("engineering")
    time.sleep(2.1)  # what no person is faster than
    pages.press(page, "Send")
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_label("First name")).to_have_value("Ines")
    page.get_by_label("Last name").fill("Duarte")
    page.get_by_label("You may write to me twice a year.").check()
    pages.press(page, "Send")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def _is_known(page: Page, watch: Watch) -> None:
    mail = pages.read_mail(page, "ines@people.example", "Good to meet you")
    expect(mail.get_by_text("Hi Ines,")).to_be_visible()
    pages.go_to(page, "Pools")
    pages.follow(page, "Engineering")
    pages.await_row(page, "Ines Duarte")
    pages.go_to(page, "Forms")
    pages.follow(page, "Talent community")
    row = pages.row(page, "Ines Duarte").first
    expect(row).to_contain_text("fair")
    expect(row).to_contain_text("talent-community/2")
    watch.judge(page)


def _expects_a_guest() -> Registration:
    with workspace_scope(Workspace.objects.get(slug="acme").pk):
        event = live_event(User.objects.get(email=OWNER))
        guest = {"email": "otto@people.example", "first_name": "Otto"}
        person = candidates.create(given=guest, origin="manual")
        return registrations.register(event=event, candidate=person)


def _checks_in_without_a_network(door: BrowserContext, product: Product, row: Registration) -> None:
    page = door.new_page()
    page.goto(f"{product.base_url}/w/acme/events/{row.talent_event_id}/check-in/")
    expect(page.get_by_text("opens and takes check-ins without a network")).to_be_visible()
    door.set_offline(True)
    page.reload()
    pages.press(page.locator(f"#person-{row.pk}"), "Check in")
    page.reload()
    expect(page.get_by_text("Waiting to be sent: 1")).to_be_visible()
    expect(page.locator(f"#person-{row.pk}")).to_contain_text("waits to be sent")
    door.set_offline(False)
    expect(page.locator(f"#person-{row.pk}")).to_contain_text("here since")
    expect(page.locator("#present")).to_have_text("1 / 1")
    page.goto(f"{product.base_url}/accounts/logout/")
    page.wait_for_function("caches.has('door').then((has) => !has)")


def _goes_by_keyboard(page: Page, watch: Watch) -> None:
    page.goto(f"{page.url.partition('/forms/')[0]}/pools/segments/new/")
    keyboard.builds_a_segment(page, "Six deep", depth=6)
    expect(page.get_by_role("heading", level=1, name="Six deep")).to_be_visible()
    expect(page.get_by_text("“Six deep” holds 1 person.")).to_be_visible()
    watch.judge(page)
    pages.go_to(page, "Candidates")
    page.wait_for_url("**/candidates/")
    keyboard.reads_a_list(page)
