"""The words that ship: what a new workspace's content library begins with. People edit them afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class StarterTemplate:
    """A template as it ships."""

    key: str
    name: str
    kind: str
    subject: str
    body: str


_ARTICLE = """\
{% case candidate.role_family %}{% when "engineering" %}\
[The SPACE of developer productivity](https://queue.acm.org/detail.cfm?id=3454124). \
It changed how we talk about good engineering work here\
{% when "sales" %}\
[The new sales imperative](https://hbr.org/2017/03/the-new-sales-imperative). \
It puts words to what our customers tell us about buying\
{% when "leadership" %}\
[How Google sold its engineers on management]\
(https://hbr.org/2013/12/how-google-sold-its-engineers-on-management). \
Our own leads keep coming back to it\
{% else %}\
[What makes work meaningful, or meaningless]\
(https://sloanreview.mit.edu/article/what-makes-work-meaningful-or-meaningless/). \
We passed it around the office last month\
{% endcase %}"""

_SILVER_1 = f"""\
Hi {{{{ candidate.first_name | default: "there" }}}},

Thank you for the time and thought you put into our conversations about \
{{{{ application.title | default: "the role" }}}}. \
Everybody you met came away impressed.

You deserve a straight word about the decision. It was close. In the end we went with someone whose recent \
experience lies a little nearer to what the team needs in its first months. That says something about this \
one role at this one moment. It does not change what we think of you.

We would like to stay in touch, at an easy pace: a few notes over the coming months, written by a \
person, and \
only things we think are worth your time. You can tell us what interests you, slow us down, or stop \
us with \
the link below. No hard feelings.

And because you asked good questions, here is one good read: {_ARTICLE}.

All the best, and thank you again,
{{{{ sender.first_name }}}}"""

_SILVER_2 = """\
Hi {{ candidate.first_name | default: "there" }},

I promised to write only when there is something to say. Now there is: we have settled where the \
team grows \
this quarter, and I thought of you.

The short version: fewer things, done properly. We are putting people where our customers feel it \
first, and we \
would rather wait for the right person than fill a seat.

{% if jobs %}These are open now and may fit what you told us:

{{ jobs }}

No need to apply anywhere. Answer this mail and I will tell you what the work is really like.{% else %}\
Nothing is open today that I would pass on with a clear conscience. When that changes, you will \
hear it from me \
first.{% endif %}

How are things on your side? Are you settled, curious, or somewhere in between? A line is enough, and it \
stays with us.

Warm regards,
{{ sender.first_name }}"""

_SILVER_3 = """\
Hi {{ candidate.first_name | default: "there" }},

A few months have passed, and plans change. I would rather ask than guess.

Three short questions, about a minute in all: what you would like to do next, where, and when. Your \
answers \
go straight to us, and they decide what we write to you about and what we leave you alone with.

[Answer the three questions]({{ form.url }})

If talking is easier, tick the box at the end and I will find twenty minutes that suit you.

Take care,
{{ sender.first_name }}"""

_EVENT_1 = """\
Hi {{ candidate.first_name | default: "there" }},

It was good to have you with us. Events are short and there is always a conversation one would have \
liked to \
finish, so here is mine: if something stayed with you, or you wanted to ask and the moment passed, \
answer this \
mail. It comes to me.

I will not flood you. If you like, I will write now and then about what the team is working on and \
about roles \
that may fit you, and you can say stop at any time.

Until next time,
{{ sender.first_name }}"""

_EVENT_2 = """\
Hi {{ candidate.first_name | default: "there" }},

A little while ago you spent an evening with us. I wanted to share one thing we have been reading since: \
{article}.

I would also like to know a bit more about what you are looking for, so that what I send you is of use. \
It is three questions and takes about a minute: [tell us here]({{ form.url }}).

Best,
{{ sender.first_name }}"""

_QUARTERLY = """\
Hi {{ candidate.first_name | default: "there" }},

This is my small note for the quarter, and it is not about a job.

How are you? Has anything changed in what you do, where you live, or what you would like to do \
next? If so, \
[tell us in a minute]({{ form.url }}). If not, no need to answer. I will not read anything into it.

Wishing you a good season,
{{ sender.first_name }}"""

_JOBS = """\
Hi {{ candidate.first_name | default: "there" }},

Something opened that matches what you told us, and I would rather you heard it from a person:

{{ jobs }}

If one of these sounds right, answer this mail. I can tell you about the team, the work and the pay \
before you \
decide anything. If not, tell me what is off, and I will look more closely next time.

Best wishes,
{{ sender.first_name }}"""

TEMPLATES = (
    StarterTemplate(
        "silver-1", "Thank you & staying in touch", "value", "Thank you, and staying in touch", _SILVER_1
    ),
    StarterTemplate(
        "silver-2",
        "How we’re growing the team this quarter",
        "value",
        "How we’re growing the team this quarter",
        _SILVER_2,
    ),
    StarterTemplate(
        "silver-3",
        "Quick check in on your plans for this year",
        "check_in",
        "Quick check in on your plans for this year",
        _SILVER_3,
    ),
    StarterTemplate("event-1", "Good to meet you", "value", "Good to have met you", _EVENT_1),
    StarterTemplate(
        "event-2", "After the event", "check_in", "One thing to read, one thing to ask",
        _EVENT_2.replace("{article}", _ARTICLE),
    ),
    StarterTemplate("quarterly", "Quarterly check-in", "check_in", "How are things?", _QUARTERLY),
    StarterTemplate("job-alert", "Roles that fit", "job", "Something that may fit you", _JOBS),
)  # fmt: skip

FIELDS: tuple[tuple[str, str, str], ...] = (
    ("career_goals", "Career goals", "text"),
    ("preferred_location", "Preferred location", "text"),
)

PLANS: dict[str, Any] = {
    "key": "plans",
    "title": "Your plans",
    "questions": [
        {
            "field": "custom.career_goals",
            "label": "What would you like to do next?",
            "kind": "text",
            "choices": [],
        },
        {
            "field": "custom.preferred_location",
            "label": "Where would you like to work? A city, a country, or from home.",
            "kind": "text",
            "choices": [],
        },
        {
            "field": "availability",
            "label": "When would a change suit you?",
            "kind": "choice",
            "choices": [
                ["active", "Now, I am looking"],
                ["open", "For the right thing, I would listen"],
                ["not_looking", "Not in the coming months"],
            ],
        },
    ],
}
