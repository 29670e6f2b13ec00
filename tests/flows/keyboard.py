"""What somebody does who has no mouse: Tab, letters, arrows, Enter."""

from playwright.sync_api import Page, expect

_IS_ON = "selector => document.activeElement.matches(selector)"
_FARTHEST = 90


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the keyboard is on it; it has to be there to be reached."""
    for _ in range(_FARTHEST):
        if page.evaluate(_IS_ON, selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")


def builds_a_segment(page: Page, name: str, *, depth: int) -> None:
    """Groups in groups, each added where the focus was left; the group that came has the focus at once."""
    tab_to(page, "[name=name]")
    page.keyboard.type(name)
    _chooses(page, "#n-0-value", "Eng")
    group = "n"
    for _ in range(depth - 1):
        tab_to(page, f"#{group}-group")
        page.keyboard.press("Enter")
        group += "-1"
        expect(page.locator(f"#{group}-match")).to_be_focused()
        page.keyboard.type("All")
        _chooses(page, f"#{group}-0-value", "Eng")
    expect(page.locator("#preview-count")).to_have_text("1")
    for part, words in (("subject", "E-mail"), ("op", "contains")):
        with page.expect_response("**/segments/builder/"):
            _chooses(page, f"#{group}-0-{part}", words)
        expect(page.locator(f"#{group}-0-{part}")).to_be_focused()
    _chooses(page, f"#{group}-0-value", "ines@")
    expect(page.locator("#preview-count")).to_have_text("1")
    page.keyboard.press("Enter")


def _chooses(page: Page, selector: str, words: str) -> None:
    tab_to(page, selector)
    page.keyboard.type(words)


def reads_a_list(page: Page) -> None:
    """j and k walk, x ticks, Enter opens beside the list, Escape closes, ? explains."""
    rows = page.locator("[data-list] > tr")
    expect(rows.first).to_be_visible()
    page.keyboard.press("j")
    expect(rows.first.locator(".row-link")).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator(".bulk-bar output")).to_have_text("1 selected")
    page.keyboard.press("x")
    expect(page.locator(".bulk-bar")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("#panel [data-panel-title]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#panel-shell")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard keys")).to_be_visible()
    page.keyboard.press("Escape")
