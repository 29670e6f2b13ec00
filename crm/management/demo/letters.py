"""What the demo's recruiters wrote and what people answered. Invented."""

# ruff: noqa: E501 - prose

OUTREACH = (
    (
        "Staying in touch after our talks",
        (
            "Hi {first_name},\n\nIt was good to get to know you. We had one seat and two people we would gladly "
            "have hired. I would like to stay in touch and write when something fits, about every six weeks.\n\n"
            "Here is how our teams work today, in case you are curious.\n\nBest,\n{sender}"
        ),
    ),
    (
        "How we are growing the team this quarter",
        (
            "Hi {first_name},\n\nA short update from us: the platform group doubles until summer, and customer "
            "success opens in Lisbon. Two roles may come close to what you do.\n\nHow are things on your "
            "side?\n\nBest,\n{sender}"
        ),
    ),
    (
        "Salary benchmarks for your field",
        (
            "Hi {first_name},\n\nWe compared pay for your kind of role in six cities and put the figures on one "
            "page. No strings attached, I thought it might be useful.\n\nBest,\n{sender}"
        ),
    ),
    (
        "Quick check-in on your plans",
        (
            "Hi {first_name},\n\nTwo questions, whenever you have a minute: are you still in {city}, and would a "
            "move be on the cards this year?\n\nIf you would rather talk, pick a slot for a short call.\n\n"
            "Best,\n{sender}"
        ),
    ),
)

REPLIES = (
    "Thanks for writing, that is kind. I am happy where I am for now, but spring could be interesting.",
    "Good timing! My project ends in two months. Happy to talk next week, mornings are best.",
    "Thank you for the figures, very useful. Please keep me on the list.",
    "I moved to Hamburg last month, so remote or there would suit me. Is the platform role still open?",
    "Not at the moment, we just had a baby. Ask me again in September?",
    "Yes, interested. Could you tell me more about the team and the salary range?",
    "I remember our interviews well. Would love to hear more about what is next.",
    "Thanks, but I have changed fields and would not go back to sales.",
)
