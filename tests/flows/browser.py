"""Chromium for the flows: what went wrong on any page it was on, and what axe finds there."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    ViewportSize,
    sync_playwright,
)

from bin.local.toolchain import ROOT

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 375, "height": 812}
# Around every page and the same on each: once judged, it needs no second look.
FRAME = (".rail", ".bottom-bar", "#more", "#palette", "#keys")
# What the console says of what is meant: 422 is a form with its faults; a preview gives way to a newer one.
_EXPECTED = ("status of 422", "htmx:sendAbort", "htmx:afterRequest")


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = CHROMIUM if os.path.exists(CHROMIUM) else None
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watch:
    """Listens on every page of a context; `faults` must be empty at the end."""

    faults: list[str] = field(default_factory=list)
    judged: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> "Watch":
        context.on("console", self._console)
        context.on(
            "weberror", lambda error: self.faults.append(f"{error.page and error.page.url}: {error.error}")
        )
        context.on("response", self._response)
        return self

    def _console(self, message: ConsoleMessage) -> None:
        is_meant = any(words in message.text for words in _EXPECTED)
        if message.type in ("error", "warning") and not is_meant:
            self.faults.append(f"{message.page and message.page.url}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.url}: {response.status}")

    def judge(
        self, page: Page, *, rules: list[str] | None = None, only: str = "", besides: Sequence[str] = ()
    ) -> None:
        """Let axe look at the page as it stands, at what a selector finds, or at all besides some; anything
        serious is a fault."""
        self.judged.append(page.url)
        found = serious(page, rules=rules, only=only, besides=besides)
        self.faults += [f"{page.url}: {one}" for one in found]


def serious(
    page: Page, *, rules: list[str] | None = None, only: str = "", besides: Sequence[str] = ()
) -> list[str]:
    """What axe calls serious or critical on this page, with the elements."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE.read_text())
    # A sandboxed frame has no origin axe could talk to: the mail in it is judged where it is made.
    options: dict[str, Any] = {"resultTypes": ["violations"], "iframes": False}
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    where: dict[str, Any] = {"include": [[only]]} if only else {}
    if besides:
        where["exclude"] = [[selector] for selector in besides]
    found = page.evaluate(
        "([where, options]) => axe.run(Object.keys(where).length ? where : document, options)",
        [where, options],
    )
    return [
        f"axe {violation['id']} at {node['target']}: {node['html'][:160]}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"][:3]
    ]


def overflow(page: Page) -> list[str]:
    """What makes the document wider than the window: the innermost elements that reach beyond it."""
    return list(page.evaluate(_BEYOND))


def remember_shown(page: Page) -> None:
    """Note which elements can be seen now, for newly_shown."""
    page.evaluate(_REMEMBER)


def newly_shown(page: Page, *, besides: Sequence[str] = ()) -> str:
    """A selector of the outermost elements that show now and did not when remembered; empty for none."""
    return str(page.evaluate(_NEW, ", ".join(besides)))


_REMEMBER = """() => {
  const all = [...document.querySelectorAll("body, body *")]
  window.shownBefore = new WeakSet(all.filter((one) => one.checkVisibility()))
}"""
_NEW = """(besides) => {
  const isLeftOut = (one) => besides && one.closest(besides)
  const isNew = (one) => one.checkVisibility() && !window.shownBefore.has(one) && !isLeftOut(one)
  const all = [...document.body.querySelectorAll("*")]
  const found = all.filter((one) => isNew(one) && !isNew(one.parentElement))
  found.forEach((one) => one.setAttribute("data-newly-shown", ""))
  return found.length ? "[data-newly-shown]" : ""
}"""
_BEYOND = """() => {
  const edge = document.documentElement.clientWidth
  const excess = (element) => Math.round(element.getBoundingClientRect().right - edge)
  if (document.documentElement.scrollWidth <= edge) return []
  const beyond = [...document.body.querySelectorAll("*")].filter((element) => excess(element) > 1)
  const inner = beyond.filter((one) => !beyond.some((other) => other !== one && one.contains(other)))
  return inner.slice(0, 3).map((element) => `${excess(element)} px: ${element.outerHTML}`)
}"""
