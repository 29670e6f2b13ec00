"""The words that ship: what a new workspace's content library begins with. People edit them afterwards."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StarterTemplate:
    """A template as it ships."""

    key: str
    name: str
    kind: str
    subject: str
    body: str
    language: str = "en"
    topic: str = "talent_community"
    layout: str = ""


_SILVER_1 = """\
Hi {{ candidate.first_name | default: "there" }},

Thank you for the time and thought you put into our conversations about \
{{ application.title | default: "the role" }}. \
Everybody you met came away impressed.

You deserve a straight word about the decision. It was close. In the end we went with someone whose recent \
experience lies a little nearer to what the team needs in its first months. That says something about this \
one role at this one moment. It does not change what we think of you.

We would like to stay in touch, at an easy pace: a few notes over the coming months, written by a \
person, and \
only things we think are worth your time. You can tell us what interests you, slow us down, or stop \
us with \
the link below. No hard feelings.

And because you asked good questions, here is one good read: {% asset "good-read" link %}.

All the best, and thank you again,
{{ sender.first_name }}"""

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
{% asset "good-read" link %}.

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

_TIMING_1 = """\
Hi {{ candidate.first_name | default: "there" }},

Thank you for the conversations about {{ application.title | default: "the role" }}. You were a strong \
candidate, and the reason we could not go on lies with us: the moment was wrong, not the person.

I do not know yet when that changes. I would like to be the one who tells you when it does, and until then I \
will only write when there is something worth your time. {% snippet "at-your-pace" %}

All the best,
{{ sender.first_name }}"""

_TIMING_2 = """\
Hi {{ candidate.first_name | default: "there" }},

When we last spoke the timing was wrong on our side. A few weeks later I can say a little more.

{% if jobs %}These are open now and come close to what we talked about:

{{ jobs }}

Answer this mail if one of them speaks to you, and we start where we stopped: nobody will ask you the same \
questions twice.{% else %}The role we talked about is not open again yet. I have not forgotten it, or you.\
{% endif %}

How is your own timing? One line is plenty.

Best wishes,
{{ sender.first_name }}"""

_ALUMNI_1 = """\
Hi {{ candidate.first_name | default: "there" }},

Good people leave for good reasons, and some of the best conversations I have are with those who once sat \
next to us. I would like to stay in touch: twice a year, no more.

How is the new place treating you? And if you know somebody who would like it here, I am glad of a name.

{% snippet "at-your-pace" %}

Warm regards,
{{ sender.first_name }}"""

_ALUMNI_2 = """\
Hi {{ candidate.first_name | default: "there" }},

My half-yearly note to people who used to work here. What we have been passing around: \
{% asset "good-read" link %}.

{% if jobs %}And in case you ever think of coming back, this is open:

{{ jobs }}{% else %}Nothing is open that I would tempt you with today.{% endif %}

If something changed on your side, [tell me in a minute]({{ form.url }}).

Take care,
{{ sender.first_name }}"""

_NEWSLETTER = """\
<h2>What is new at {{ workspace.name }}</h2>
<p>Hi {{ candidate.first_name | default: "there" }},</p>
<p>a few things from the past months, short enough for a coffee.</p>
<h3>Worth reading</h3>
<p>{% asset "good-read" %}</p>
<h3>What the market pays</h3>
<p>{% asset "salary-check" %}</p>
<p>{% snippet "at-your-pace" %}</p>
<p>Until next time,<br>{{ sender.first_name }}</p>"""

_QUARTERLY_DE = """\
Hallo {{ candidate.first_name | default: "zusammen" }},

das ist mein kurzer Gruß zum Quartal, und es geht nicht um eine Stelle.

Wie geht es Ihnen? Hat sich etwas geändert: woran Sie arbeiten, wo Sie leben, was Sie als Nächstes \
machen möchten? Dann [sagen Sie es uns in einer Minute]({{ form.url }}). Wenn nicht, müssen Sie nicht \
antworten.

Eine gute Zeit wünscht
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
        _EVENT_2,
    ),
    StarterTemplate("quarterly", "Quarterly check-in", "check_in", "How are things?", _QUARTERLY),
    StarterTemplate(
        "quarterly", "Quarterly check-in", "check_in", "Wie geht es Ihnen?", _QUARTERLY_DE,
        language="de", topic="check_in",
    ),
    StarterTemplate("timing-1", "Strong, but the timing", "value", "Thank you for your time", _TIMING_1),
    StarterTemplate("timing-2", "Has the timing changed?", "value", "Has the timing changed?", _TIMING_2),
    StarterTemplate("alumni-1", "To those who left", "value", "Still glad you were here", _ALUMNI_1),
    StarterTemplate("alumni-2", "Half-yearly note to alumni", "check_in", "From your old desk", _ALUMNI_2),
    StarterTemplate(
        "newsletter", "Newsletter", "value", "News from {{ workspace.name }}", _NEWSLETTER, layout="letter"
    ),
    StarterTemplate("job-alert", "Roles that fit", "job", "Something that may fit you", _JOBS, topic="jobs"),
)  # fmt: skip

FIELDS: tuple[tuple[str, str, str], ...] = (
    ("career_goals", "Career goals", "text"),
    ("preferred_location", "Preferred location", "text"),
)
