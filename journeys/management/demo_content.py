"""The demo’s content library in use: variants, a story, a newsletter that went out and a planned one."""

import random
from datetime import timedelta

from crm.kernel.tenancy import workspace_scope
from crm.management.demo.chapters import Demo
from crm.models import Candidate
from journeys.actions import campaigns, pieces, templates
from journeys.management.demo import live_through
from journeys.models import Template
from talentpools.models import Segment

WENT = timedelta(days=9)
_GERMAN = """\
<h2>Neues von {{ workspace.name }}</h2>
<p>Hallo {{ candidate.first_name | default: "zusammen" }},</p>
<p>{% asset "good-read" %}</p>
<p>{% snippet "at-your-pace" %}</p>
<p>Bis bald<br>{{ sender.first_name }}</p>"""


def publish(demo: Demo) -> str:
    """Write a few variants, send a newsletter nine days ago and plan the next one."""
    grace, went = demo.staff["grace"], demo.now - WENT
    with workspace_scope(demo.workspace.pk):
        _write(demo)
        german = Candidate.objects.filter(country="DE").order_by("pk").values_list("pk", flat=True)[:120]
        Candidate.objects.filter(pk__in=list(german)).update(locale="de-DE")
        segment = Segment.objects.order_by("-size", "pk")[0]
        plan = campaigns.Draft("Autumn newsletter", "newsletter", segment.pk)
        sent = campaigns.save(draft=plan, by=grace)
        campaigns.schedule(campaign=sent, send_at=went, by=grace, now=went)
    chance = random.Random(11)
    for hours in range(0, 200, 5):
        live_through(demo, went + timedelta(hours=hours), chance)
    with workspace_scope(demo.workspace.pk):
        plan = campaigns.Draft("Winter newsletter", "newsletter", segment.pk)
        planned = campaigns.save(draft=plan, by=grace)
        campaigns.schedule(campaign=planned, send_at=demo.now + timedelta(days=20), by=grace)
    return "a newsletter sent and one planned"


def _write(demo: Demo) -> None:
    grace = demo.staff["grace"]
    story = pieces.Draft(
        "From support to product in two years", "story", "Amira answered tickets, then questions, then both.",
        key="own-story",
    )  # fmt: skip
    pieces.save(draft=story, by=grace)
    letter = Template.objects.get(key="newsletter")
    Template.objects.filter(pk=letter.pk).update(layout="newsletter")
    letter.refresh_from_db()
    story_part = letter.body.replace(
        "<h3>What", '<h3>One of us</h3>\n<p>{% asset "own-story" %}</p>\n<h3>What'
    )
    templates.save(draft=templates.replaced(letter, body=story_part), by=grace, template=letter)
    german = templates.replaced(
        letter,
        language="de",
        subject="Neues von {{ workspace.name }}",
        body=_GERMAN,
    )
    templates.save(draft=german, by=grace)
