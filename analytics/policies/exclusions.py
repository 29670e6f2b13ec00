"""What each figure leaves out, and what it counts with a reservation: in words, by key and name."""

WITHOUT_OFFER = "counted though the ATS reports no accepted offer, by its own hire date"
ERASED = "counted though erased since: the number stays, the person does not"
SUPERSEDED = "left out: a newer version of the offer decides"
_HIRES = {"without_offer": WITHOUT_OFFER, "superseded": SUPERSEDED, "erased": ERASED}
_CONTACTS = {
    "contacted_before": "left out: first written to before the period",
    "machine_clicks": "left out of clicks: only a mail scanner clicked",
    "automatic_replies": "left out of replies: only their mail program answered",
    "erased": ERASED,
}
EXCLUSIONS: dict[str, dict[str, str]] = {
    "time_to_hire": {
        "without_opening_date": "left out: their requisition has neither an approval nor an opening date",
        "accepted_before_opening": "counted though accepted before the requisition opened",
        **_HIRES,
    },
    "time_to_accept": _HIRES,
    "relationship_age": {
        "without_touch": "left out: pushed, and no touch known before",
        "other_origin": "left out: their origin is not the CRM",
        "erased": ERASED,
    },
    "time_to_fill": {
        "without_opening_date": "left out: filled, but without an opening date",
        "still_open": "left out: still open, with openings to take",
        "on_hold": "left out: on hold, with openings to take",
        "closed_unfilled": "left out: closed with openings to take",
        "hold_removed": "counted, their time on hold taken out",
    },
    "conversion_to_screening": _CONTACTS,
    "drop_off": _CONTACTS,
    "reply_rate": {
        "delivered_before": "left out: their first delivery was before the period",
        "undelivered": "left out: written to, but nothing was delivered",
        "automatic_replies": _CONTACTS["automatic_replies"],
        "erased": ERASED,
    },
    "offer_acceptance": {
        "superseded": SUPERSEDED,
        "undated": "left out: neither sent nor answered on any day we know",
        "expired": "counted as withdrawn: the offer expired",
        "erased": ERASED,
    },
    "share_of_hires_from_crm": {
        "assisted": "counted as external: assisted, without a word back",
        **_HIRES,
    },
    "cost_per_hire": _HIRES,
    "velocity": {
        "entered_before": "left out: in the stage since before the period",
        "archived": "counted as waiting until the day they were archived",
        "erased": ERASED,
    },
    "pool_health": {
        "archived": "left out: archived",
        "unreviewed": "left out: found by a segment, and not reviewed yet",
    },
}
