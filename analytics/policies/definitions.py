"""What each figure means, as data: shown in the definition panel and written into every export."""

from dataclasses import dataclass

from analytics.policies.asking import FILTERS


@dataclass(frozen=True, slots=True)
class Definition:
    """One KPI in words. `groups` are its lists of people, `ignores` the filters that do not narrow it."""

    key: str
    title: str
    sentence: str
    cohort: str
    starts: str = ""
    stops: str = ""
    exclusions: tuple[str, ...] = ()
    groups: tuple[str, ...] = ("all",)
    ignores: tuple[str, ...] = ()


ORIGIN = (
    "CRM when a push from here created the application, or when the person was in a pool or segment before "
    "they applied and sent a word back (reply, event attended, meeting booked, form submitted, human click) "
    "within the attribution window before applying. Otherwise external. Assisted: a message was delivered in "
    "the window but no word came back; shown apart and counted as external."
)
_BY_ORIGIN = ("all", "crm", "external")
_ACCEPTED = "Offers accepted in the period; the latest version of an offer decides."

_ALL = (
    Definition(
        "time_to_hire",
        "Time to hire",
        "Mean days from the requisition's approval to the accepted offer, with median and 90th percentile.",
        _ACCEPTED,
        "The requisition's approval; where the ATS gives none, its opening.",
        "The offer is accepted. A hire without an offer counts with the ATS's hire date.",
        ("Hires whose requisition has neither date are left out.",),
        _BY_ORIGIN,
    ),
    Definition(
        "time_to_accept",
        "Time to accept",
        "Days from application to accepted offer: the person's own clock.",
        _ACCEPTED,
        "The person applies.",
        "The offer is accepted.",
        (),
        _BY_ORIGIN,
    ),
    Definition(
        "relationship_age",
        "Relationship age",
        "Days we had known the people hired through the CRM when they were pushed or applied.",
        "CRM-origin hires of the period.",
        "The first message to them or word from them.",
        "The push or the application.",
        ("Hires pushed without any touch before are left out.",),
    ),
    Definition(
        "time_to_fill",
        "Time to fill",
        "Days from opening a requisition to the acceptance that took its last opening.",
        "Requisitions filled in the period.",
        "The requisition is opened.",
        "The last opening is taken.",
        (
            "Time on hold is taken out.",
            "Requisitions with fewer accepted offers than openings are not filled.",
        ),
        ignores=("pool", "journey"),
    ),
    Definition(
        "conversion_to_screening",
        "Conversion to screening",
        "Share of people who completed an initial call after we first wrote to them, up to now.",
        "People whose first message ever was sent in the period.",
        "The first message.",
        "They enter any stage after screening, or a call is logged as completed.",
        ("Calls and stages before the first message do not count.",),
        ("contacted", "screened", "not_screened"),
    ),
    Definition(
        "drop_off",
        "From first outreach to screening",
        "How far people came since we first wrote to them. Who came further passed every step before.",
        "People whose first message ever was sent in the period.",
        "The first message.",
        "Now; waiting people are shown and not counted as lost.",
        ("Opens count nowhere; clicks only when human.",),
        ("contacted", "delivered", "engaged", "replied", "screening_started", "screening_completed"),
    ),
    Definition(
        "reply_rate",
        "Reply rate",
        "People who replied over people with a delivered message.",
        "People whose first delivered message fell in the period.",
        "The first delivery.",
        "Their first reply, up to now.",
        ("Automatic replies and out-of-office notes are no replies.",),
        ("delivered", "replied"),
    ),
    Definition(
        "offer_acceptance",
        "Offer acceptance",
        "Accepted over extended offers. The decided rate is accepted over accepted and declined.",
        "Offers extended in the period; the latest version of an offer decides.",
        "The offer is extended.",
        "It is accepted, declined or withdrawn; until then pending. An expired offer counts as withdrawn.",
        ("Superseded versions do not count.", "Nurtured: a journey message was delivered before the offer."),
        ("all", "nurtured", "cold", "accepted", "declined", "pending", "withdrawn"),
    ),
    Definition(
        "share_of_hires_from_crm",
        "Share of hires from CRM",
        "CRM-origin hires over all hires. First touch and assisted are shown beside it, not in it.",
        _ACCEPTED,
        groups=("all", "crm", "external", "assisted", "first_touch"),
    ),
    Definition(
        "cost_per_hire",
        "Cost per hire",
        "Costs of the period over hires of the period, by origin.",
        "Costs dated, and offers accepted, in the period.",
        exclusions=("Filters do not apply: costs are not kept per requisition.",),
        groups=_BY_ORIGIN,
        ignores=FILTERS,
    ),
    Definition(
        "velocity",
        "Velocity",
        "Median days people stay in each CRM stage, people still there included as waiting (Kaplan–Meier).",
        "Entries into the stage in the period.",
        "They enter the stage.",
        "They leave it; who has not left by now is waiting.",
        ("An archived person stops waiting on the day they were archived.",),
        ("initial_interest", "screening", "interview_ready", "offer_ready"),
    ),
    Definition(
        "pool_health",
        "Pool health",
        "Per pool: people, reachable, warm or hot, contacted lately, and whose consent expires soon.",
        "Everybody in the pool now.",
        exclusions=("Archived, merged and erased people are not counted.",),
        groups=("people", "reachable", "warm", "contacted_42", "contacted_91", "expiring"),
        ignores=tuple(name for name in FILTERS if name not in ("pool", "role_family")),
    ),
)
DEFINITIONS: dict[str, Definition] = {definition.key: definition for definition in _ALL}

_COUNTS = (
    Definition(
        "activity",
        "What happened",
        "Every event of the kind, whenever the person was first written to; one row an event.",
        "Events of the period. Filters do not apply.",
        groups=(
            "message.sent", "message.replied", "event.attended", "form.submitted", "meeting.booked",
            "application.created", "offer.extended", "offer.accepted", "application.hired",
        ),
    ),
    Definition(
        "hold_out",
        "Hold-out",
        "People a journey wrote to, and those drawn by lot to be left alone.",
        "People who entered the journey in the period.",
        groups=(
            "written_to", "written_to_applied", "written_to_screened", "held_out", "held_out_applied",
            "held_out_screened",
        ),
    ),
    Definition(
        "pool_moves",
        "Who came to pools, and who left",
        "Stays in pools and their reviewed segments; one row a stay.",
        "Stays begun, or ended, in the period.",
        groups=("entered", "left"),
    ),
    Definition(
        "stuck",
        "Stuck",
        "People who wait in a CRM stage twice its median or longer, and two weeks at least.",
        "Stages entered in the period and not left.",
        groups=("all", "initial_interest", "screening", "interview_ready", "offer_ready"),
    ),
    Definition(
        "applications",
        "Applications",
        "Applications by the source the ATS names, and those that passed screening.",
        "Applications of the period.",
        groups=("all", "past_screening"),
    ),
    Definition(
        "openings",
        "Applications to requisitions",
        "Applications to the requisitions listed, however long ago.",
        "Requisitions open now or ended in the period.",
        groups=("all", "crm", "hired"),
    ),
    Definition(
        "requisitions",
        "Requisitions",
        "Requisitions and for how long they are open; one row a requisition.",
        "Requisitions open now or ended in the period.",
        groups=("all", "open"),
    ),
    Definition(
        "promises",
        "Promises",
        "Promises made, kept and broken.",
        "Promises of the period, by the day it happened.",
        groups=("made", "kept", "broken"),
    ),
    Definition(
        "reply_times",
        "Replies and their answers",
        "Replies people sent, and when a person answered or settled them.",
        "Replies received in the period; automatic ones left out.",
        groups=("received", "answered", "waiting"),
    ),
)  # fmt: skip
LISTS = DEFINITIONS | {definition.key: definition for definition in _COUNTS}
"""Everything that opens a list of people: the KPIs, and counts that are none."""
