"""The main job as one story: connect, sync, import, keep in touch, hear back, shortlist, push, prove."""

import datetime as dt
import json
import os
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.flows import pages
from tests.flows.browser import WIDE, Watch, chromium
from tests.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.transactional]
OWNER, PASSWORD = "olivia@acme.example", "correct horse battery staple"
GREENHOUSE = {
    "client_id": "gh-demo-client.harvest",
    "client_secret": "gh-demo-client-secret",
    "webhook_secret": "a secret of both",
}
PEOPLE = """\
First name,Last name,E-Mail,Job title,Skills,Department,Stage
Grace,Hopper,grace.hopper@navy.example,Compiler Engineer,{skill},engineering,Screening
Katherine,Johnson,not-an-address,Mathematician,{skill},engineering,
Margaret,Hamilton,margaret.hamilton@moon.example,Software Engineer,{skill},engineering,
"""
JOURNEY, SEGMENT = "Silver medalists, 12 weeks", "Engineering: Silver medalists"
OPENED = "Principal Engineer, Search"


@pytest.mark.parametrize("running_product", [{"DEMO_ATS_PEOPLE": "120"}], indirect=True)
def test_the_main_job(running_product: Product, tmp_path: Path) -> None:
    with chromium() as browser:
        context = browser.new_context(viewport=WIDE)
        watch = Watch().over(context)
        story = Story(running_product, context.new_page(), watch, tmp_path)
        try:
            story.run()
        except BaseException:
            story.keep_evidence()
            raise
    assert not watch.faults, "\n".join(watch.faults)


class Story:
    """One person's day with the product; each step leaves behind what the next one needs."""

    def __init__(self, product: Product, page: Page, watch: Watch, folder: Path) -> None:
        self.product, self.page, self.watch, self.folder = product, page, watch, folder
        self.medalist = self.address = self.skill = ""

    def run(self) -> None:
        self.signs_in()
        self.connects_the_ats()
        self.finds_silver_medalists()
        self.imports_a_file()
        self.keeps_in_touch()
        self.hears_back()
        self.a_requisition_opens()
        self.shortlists()
        self.pushes()
        self.proves()
        self.hands_on_the_proof()

    def signs_in(self) -> None:
        made = self.product.manage("create_workspace", "Acme", "--owner", OWNER, "--json")
        pages.set_password(self.page, json.loads(made)["set_password_url"], PASSWORD)
        pages.sign_in(self.page, self.product, email=OWNER, password=PASSWORD)
        self.looks("today")
        pages.say_name(self.page, "Olivia Brandt")

    def connects_the_ats(self) -> None:
        pages.connect_greenhouse(self.page, self.product, GREENHOUSE)
        hook = pages.fact(self.page, "Webhook address")
        self.asks_ats({"hooks": {"url": hook.split()[0], "secret": GREENHOUSE["webhook_secret"]}})
        pages.sync(self.page, "Sync everything")
        assert "120 candidates" in pages.fact(self.page, "Here from it")
        self.looks("connection")

    def finds_silver_medalists(self) -> None:
        members = pages.open_segment(self.page, "Engineering", "Silver medalists")
        pages.await_row(self.page, "Why?")
        self.looks("segment")
        members.first.get_by_role("link").first.click()
        panel = self.page.locator("#panel")
        self.medalist = panel.locator("[data-panel-title]").inner_text()
        pages.follow(panel, "Open as page")
        expect(self.page.get_by_role("heading", level=1, name=self.medalist)).to_be_visible()
        self.address = self.page.get_by_text(re.compile(r"@example\.org$")).first.inner_text()
        self.skill = pages.fact(self.page, "Skills").split()[0]
        self.looks("candidate")

    def imports_a_file(self) -> None:
        file = self.folder / "people.csv"
        file.write_text(PEOPLE.format(skill=self.skill))
        pages.import_csv(self.page, file)
        counts = [pages.fact(self.page, name) for name in ("Created", "Updated", "Refused")]
        assert counts == ["2", "0", "1"]
        expect(pages.row(self.page, "not-an-address").get_by_role("cell", name="3")).to_be_visible()
        self.looks("import")

    def keeps_in_touch(self) -> None:
        pages.publish_for_segment(self.page, JOURNEY, SEGMENT)
        self.looks("journey")
        now = dt.datetime.now(dt.UTC)
        span = ("--at", now.isoformat(), "--until", (now + dt.timedelta(days=9)).isoformat())
        told = json.loads(self.product.manage("tick", "--workspace", "acme", *span, "--json"))
        assert told["sending"] >= 1
        assert (told["held"], told["refused"], told["unknown"]) == (0, 0, 0)

    def hears_back(self) -> None:
        mail = pages.read_mail(self.page, self.address, "Thank you, and staying in touch")
        expect(mail.get_by_text("Thank you for the time and thought")).to_be_visible()
        expect(mail.get_by_text("thank you again,")).to_contain_text("Olivia")
        expect(mail.get_by_role("link", name="Stop all mail")).to_be_visible()
        self.looks("mail")
        pages.answer_as_candidate(self.page, mail, "Thanks! I would love to hear more.")
        pages.open_reply(self.page, self.medalist)
        self.looks("reply")
        pages.settle_reply(self.page, "Interested")
        pages.go_to(self.page, "Journeys")
        pages.follow(self.page, JOURNEY)
        self.page.locator("#journey").get_by_role("link", name=re.compile("Inside")).first.click()
        pages.follow(self.page, "Exited")
        expect(pages.row(self.page, self.medalist)).to_contain_text(re.compile("repl", re.I))
        self.looks("enrollments")

    def a_requisition_opens(self) -> None:
        order = {"department": "Engineering", "name": OPENED, "number": "ENG-NEW", "skills": [self.skill]}
        self.asks_ats({"open_job": order})
        pages.open_connection(self.page, "Greenhouse")
        pages.sync(self.page, "Sync now")
        pages.go_to(self.page, "Today")
        pages.follow(self.page, OPENED)
        self.looks("matches")

    def shortlists(self) -> None:
        pages.filter_matches(self.page, {"CRM stage": "Screening", "Skill": self.skill})
        pages.shortlist(self.page, ["Grace Hopper"])
        pages.filter_matches(self.page, {"CRM stage": "Screening", "Skill": self.skill, "Engagement": "Warm"})
        expect(self.page.get_by_role("checkbox", name="Grace Hopper")).to_have_count(0)
        pages.shortlist(self.page, [self.medalist])

    def pushes(self) -> None:
        before = self.asks_ats({})["rows"]
        verdicts = {"Grace Hopper": "New candidate", self.medalist: "New application"}
        pages.push(self.page, people=2, verdicts=verdicts)
        self.looks("receipt")
        after = self.asks_ats({})["rows"]
        assert after["candidates"] - before["candidates"] == 1
        assert after["applications"] - before["applications"] == 2
        pages.go_to(self.page, "Requisitions")
        pages.follow(self.page, OPENED)
        pages.push(self.page, people=2, verdicts=dict.fromkeys(verdicts, "Already there"))
        again = self.asks_ats({})
        assert again["rows"] == after
        assert {status for _, status in again["hooks_sent"]} == {200}

    def proves(self) -> None:
        found = pages.figures(self.page, "2 years")
        assert [len(found[name]) for name in pages.SEEDS] == [2, 1, 2, 1]
        self.looks("figures")
        externals = found["time_to_hire"][1]
        pages.follow(self.page.locator("#time_to_hire"), externals)
        people = self.page.locator("tbody tr")
        expect(people).to_have_count(int(externals.removeprefix("n = ")))
        expect(people.first).to_contain_text("External")
        self.looks("people-behind")

    def hands_on_the_proof(self) -> None:
        pages.figures(self.page, "2 years")
        pages.save_view(self.page, "The proof")
        pages.follow(self.page, "90 days")
        expect(self.page.get_by_text("Changed", exact=True)).to_be_visible()
        pages.press(self.page, "Save changes")
        expect(self.page.get_by_text("Changed", exact=True)).to_have_count(0)
        pages.mail_view(self.page, "The proof")
        expect(self.page.locator("[data-chart-area] svg")).to_have_count(2)
        assert pages.download(self.page, "button", "Download as PNG").startswith(b"\x89PNG")
        assert pages.download(self.page, "link", "XLSX").startswith(b"PK")
        self.looks("handed-on")

    def looks(self, name: str) -> None:
        """Axe judges the page; with PICTURES set, it is also photographed."""
        self.watch.judge(self.page)
        if folder := os.environ.get("PICTURES"):
            self.page.screenshot(path=f"{folder}/{name}.png", full_page=True)

    def asks_ats(self, order: dict[str, Any]) -> dict[str, Any]:
        """The simulator's own door: give it an order, read what it holds."""
        answer = httpx.post(f"{self.product.ats_url}/_control", json=order).raise_for_status()
        return dict(answer.json())

    def keep_evidence(self) -> None:
        folder = Path(os.environ.get("PICTURES", self.folder))
        self.page.screenshot(path=folder / "failed.png", full_page=True)
        for process in ("web", "worker", "ats"):
            (folder / f"{process}.log").write_text(self.product.log(process))
