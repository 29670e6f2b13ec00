"""What mail to candidates is about, as they choose it on their own page."""

from django.utils.translation import gettext_lazy as _

TOPICS = {
    "talent_community": _("News about the team and how we work"),
    "jobs": _("Jobs that fit me"),
    "career": _("Articles, salaries and interview tips"),
    "events": _("Events and meetups"),
    "check_in": _("A short question about my plans, now and then"),
}
# Days between two messages; None leaves it to the company's own rule.
PACES = (
    ("any", _("Whatever seems right to you")),
    ("28", _("At most every four weeks")),
    ("91", _("At most every three months")),
    ("182", _("At most twice a year")),
)
