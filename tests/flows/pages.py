"""What a person does on each page of the main job. Every wait is for something that person would see."""

import re
from pathlib import Path
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from tests.product import Product

SEEDS = ("time_to_hire", "conversion_to_screening", "offer_acceptance", "share_of_hires_from_crm")
expect.set_options(timeout=30_000)


def go_to(page: Page, name: str) -> None:
    """A page of the rail."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name=name, exact=True).first.click()


def press(page: Page | Locator, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def follow(page: Page | Locator, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()


def set_password(page: Page, url: str, password: str) -> None:
    """The one-time link a new owner gets."""
    page.goto(url)
    page.get_by_label(re.compile("^New Password$", re.I)).fill(password)
    page.get_by_label(re.compile("again", re.I)).fill(password)
    page.get_by_role("button", name="Change password").click()


def sign_in(page: Page, product: Product, *, email: str, password: str) -> None:
    page.goto(f"{product.base_url}/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    press(page, "Sign in")
    page.wait_for_url("**/w/**")


def connect_greenhouse(page: Page, product: Product, credentials: dict[str, str]) -> None:
    """Settings → ATS connections → the form → a live check that found every right."""
    go_to(page, "Settings")
    page.get_by_role("link", name="ATS connections").first.click()
    follow(page, "Connect Greenhouse")
    page.get_by_label("Client id").fill(credentials["client_id"])
    page.get_by_label("Client secret").fill(credentials["client_secret"])
    page.get_by_label("Webhook secret").fill(credentials["webhook_secret"])
    page.get_by_text("Rare settings").click()
    page.get_by_label("API address").fill(product.ats_url)
    page.get_by_label("Sign-in address").fill(f"{product.ats_url}/token")
    press(page, "Save and check")
    expect(page.get_by_text("every right we need is there")).to_be_visible()


def say_name(page: Page, name: str) -> None:
    """Settings → You: what mails are signed with."""
    go_to(page, "Settings")
    page.get_by_role("link", name=re.compile("^You")).first.click()
    page.get_by_label("Your name").fill(name)
    press(page, "Save")
    expect(page.get_by_text("Saved.")).to_be_visible()


def open_connection(page: Page, name: str) -> None:
    go_to(page, "Settings")
    page.get_by_role("link", name="ATS connections").first.click()
    follow(page, name)


def sync(page: Page, button: str) -> None:
    """Start a sync on the connection's page and watch it until it has finished."""
    runs = page.locator("tr[id^=run-]")
    before = runs.count()
    press(page, button)
    expect(runs).to_have_count(before + 1, timeout=60_000)
    expect(runs.first.get_by_text("Finished")).to_be_visible()


def import_csv(page: Page, file: Path) -> None:
    """Settings → Import candidates: upload, look at the columns, rehearse, import."""
    go_to(page, "Settings")
    page.get_by_role("link", name="Import candidates").first.click()
    page.get_by_label("CSV or XLSX file").set_input_files(file)
    press(page, "Upload and look")
    expect(page.get_by_label("Where E-Mail goes")).to_have_value("email")
    press(page, "Only rehearse")
    expect(page.get_by_role("heading", name="What would happen")).to_be_visible()
    press(page, "Import")
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()


def fact(page: Page | Locator, name: str) -> str:
    """The value beside a name in a list of facts."""
    term = page.locator("dt").filter(has_text=re.compile(f"^{re.escape(name)}$"))
    return term.locator("xpath=following-sibling::dd[1]").first.inner_text().strip()


def row(page: Page | Locator, text: str) -> Locator:
    return page.get_by_role("row").filter(has_text=text)


def open_segment(page: Page, pool: str, segment: str) -> Locator:
    """Pools → the pool → its sub-segments → the segment's people; the rows of the table."""
    go_to(page, "Pools")
    follow(page, pool)
    page.get_by_role("link", name=re.compile("^Sub-segments")).first.click()
    follow(page, segment)
    page.get_by_role("link", name=re.compile("^People")).first.click()
    return page.locator("tbody tr")


def publish_for_segment(page: Page, journey: str, segment: str) -> None:
    """The starter journey, entered from a segment; who is in it now enters at once."""
    go_to(page, "Journeys")
    follow(page, journey)
    page.locator(".page-actions").get_by_role("link", name="Settings").click()
    panel = page.locator("#panel")
    panel.get_by_label("People enter").select_option("segment.entered")
    panel.get_by_label(re.compile("^Segment")).select_option(label=segment)
    press(panel, "Save in the draft")
    expect(page.get_by_text("Saved in the draft.")).to_be_visible()
    follow(page, "Publish")
    panel.get_by_label("Enroll the people who are in the segment now").check()
    press(panel, "Publish")
    expect(page.get_by_text(re.compile("Version 1 is live"))).to_be_visible()


def read_mail(page: Page, address: str, subject: str) -> Locator:
    """The demo's mailbox: the mail with this subject to this address, opened beside the list."""
    go_to(page, "Mailbox")
    await_row(page, address)
    row(page, address).filter(has_text=subject).first.get_by_role("link").first.click()
    panel = page.locator("#panel")
    expect(panel.locator("[data-panel-title]")).to_have_text(subject)
    return panel


def answer_as_candidate(page: Page, panel: Locator, text: str) -> None:
    panel.get_by_label(re.compile("^Answer as")).fill(text)
    press(panel, "Send the answer")
    expect(page.get_by_text(re.compile("has answered"))).to_be_visible()


def open_reply(page: Page, name: str) -> None:
    go_to(page, "Inbox")
    await_row(page, name)
    row(page, name).get_by_role("link").first.click()
    expect(page.locator("#panel [data-panel-title]")).to_have_text(name)


def settle_reply(page: Page, outcome: str) -> None:
    """One click on what came of it."""
    press(page.locator("#panel"), outcome)
    expect(page.locator("#toasts").get_by_text(outcome)).to_be_visible()


def await_row(page: Page, text: str) -> None:
    """Looks again, as a person would, until the list has the row."""
    for _ in range(60):
        if row(page, text).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(f"No row with {text!r} on {page.url}")


def filter_matches(page: Page, choices: dict[str, str]) -> None:
    """On a requisition: choose in the dialog; each choice becomes a chip."""
    press(page, "Filter")
    dialog = page.get_by_role("dialog", name="Who to look at")
    for label, option in choices.items():
        dialog.get_by_label(label).select_option(label=option)
    press(dialog, "Apply")
    for label, option in choices.items():
        expect(page.locator("main .chip").filter(has_text=f"{label} {option}").first).to_be_visible()


def shortlist(page: Page, names: list[str]) -> None:
    for name in names:
        page.get_by_role("checkbox", name=name, exact=True).check()
    press(page.get_by_role("region", name="Selected rows"), "Shortlist")
    expect(page.locator("#toasts").get_by_text(re.compile("on the shortlist"))).to_be_visible()


def push(page: Page, *, people: int, verdicts: dict[str, str]) -> None:
    """Push to ATS → what would happen with each → one action → the receipt with a link for each."""
    follow(page, "Push to ATS")
    press(page, "Start the pre-flight")
    for name, verdict in verdicts.items():
        expect(row(page, name)).to_contain_text(verdict)
    press(page, f"Push {people} people")
    expect(page.get_by_text(f"{people} of {people} are in Greenhouse")).to_be_visible()
    expect(page.get_by_role("link", name="Open", exact=True)).to_have_count(people)


def save_view(page: Page, name: str) -> None:
    """The figures as they stand, under a name everybody here sees."""
    press(page, "Save as view")
    dialog = page.get_by_role("dialog", name="Save as view")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Shared with everybody here").check()
    press(dialog, "Save view")
    expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()


def mail_view(page: Page, name: str) -> None:
    """Saved views → mail it every Monday to oneself."""
    press(page, name)
    page.get_by_role("menuitem", name="Manage views and mailings").click()
    page.get_by_text("Mail it regularly").click()
    press(page, "Mail it")
    expect(page.get_by_text("Every week, next")).to_be_visible()
    follow(page, name)


def download(page: Page, role: Literal["button", "link"], name: str) -> bytes:
    with page.expect_download() as started:
        page.get_by_role(role, name=name, exact=True).first.click()
    return Path(started.value.path()).read_bytes()


def figures(page: Page, period: str) -> dict[str, list[str]]:
    """Analytics over this period: the n under each side of the four large figures."""
    go_to(page, "Analytics")
    follow(page, period)
    expect(page.locator(".chip[aria-current]").filter(has_text=period)).to_be_visible()
    cards = {name: page.locator(f"#{name}") for name in SEEDS}
    return {
        name: card.get_by_role("link", name=re.compile("^n = ")).all_inner_texts()
        for name, card in cards.items()
    }
