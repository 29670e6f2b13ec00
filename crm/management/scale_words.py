"""The names, places and titles of people made up by seed_scale."""

_GIVEN = [
    "Ada",
    "Grace",
    "Zoë",
    "Björn",
    "Amélie",
    "Rui",
    "Noor",
    "Samuel",
    "Łucja",
    "Max",
    "Inês",
    "Tomáš",
    "Emmy",
    "Alan",
    "Mary",
    "Katherine",
    "Linus",
    "Margaret",
    "Edsger",
    "Barbara",
    "Donald",
    "Frances",
    "Dennis",
    "Radia",
    "Ken",
    "Hedy",
    "Tim",
    "Karen",
    "Vint",
    "Sophie",
]
_FAMILY = [
    "Lovelace",
    "Hopper",
    "Kravchenko",
    "Åkesson",
    "Dupont",
    "Nakamura",
    "Berg",
    "Oyelaran",
    "Nowak",
    "Weber",
    "Carvalho",
    "Novák",
    "Noether",
    "Turing",
    "Jackson",
    "Johnson",
    "Torvalds",
    "Hamilton",
    "Dijkstra",
    "Liskov",
    "Knuth",
    "Allen",
    "Ritchie",
    "Perlman",
    "Thompson",
    "Lamarr",
    "Lee",
    "Jones",
    "Cerf",
    "Wilson",
    "Müller",
    "García",
    "Rossi",
    "Silva",
    "Kowalski",
    "Jensen",
    "Virtanen",
    "Öztürk",
]
_STEMS = (  # noqa: SIM905 - a list of ninety lines tells nobody more
    "Abel Acker Alm Amber Ander Arn Ash Back Bell Berg Bern Birk Blom Brand Brook Carl Dahl Dal Edel Ek Elm"
    " Engel Falk Fern Fors Frid Gold Gran Grön Hag Hall Ham Hart Haus Hav Holm Isak Jan Kal Karl Kirk Kron"
    " Lamm Lange Lex Lind Lund Mar Mel Mon Nord Oak Ost Palm Pers Quist Ravn Ros Sand Silber Skog Sol Stein"
    " Stern Strand Sund Svan Tal Thor Ulm Vall Vester Wal Wein West Wik Wolf Zell"
).split(" ")
_ENDS = (  # noqa: SIM905
    "aker bach beck berg blad dahl dorf feld gård gren hagen hoff holt haus klint kvist land lund mann mark"
    " qvist rød sen son stad strøm thal wald ward wick"
).split(" ")
FIRST = tuple(_GIVEN)
# The famous first, then some thousand surnames of many hands, so that a name is as rare as names are.
LAST = (*_FAMILY, *(f"{stem}{end}" for stem in _STEMS for end in _ENDS))
COMPANIES = (
    "Meridian Grid",
    "Ion Works",
    "Granite Health",
    "Tern Analytics",
    "Juniper Mobility",
    "Cobalt Pay",
    "Quartz Media",
    "Rowan Retail",
    "Nimbus Foods",
    "Élan Logistics",
)
PLACES = (
    ("Berlin", "DE"),
    ("Munich", "DE"),
    ("Paris", "FR"),
    ("Lyon", "FR"),
    ("Madrid", "ES"),
    ("Lisbon", "PT"),
    ("London", "GB"),
    ("New York", "US"),
    ("Zürich", "CH"),
    ("Amsterdam", "NL"),
)
TITLES = {
    "engineering": ("Backend Engineer", "Data Engineer", "Platform Engineer", "Frontend Engineer"),
    "sales": ("Account Executive", "Sales Engineer", "Sales Manager"),
    "operations": ("Operations Manager", "Logistics Planner", "Office Manager"),
    "customer_success": ("Customer Success Manager", "Support Specialist", "Onboarding Lead"),
}
SENIORITIES = ("junior", "mid", "senior", "staff", "lead")
STAGES = ("", "initial_interest", "screening", "interview_ready", "offer_ready")
SKILLS = (
    "Python",
    "Go",
    "Django",
    "PostgreSQL",
    "Kubernetes",
    "React",
    "Salesforce",
    "Negotiation",
    "Lean",
    "Forecasting",
    "Zendesk",
    "Coaching",
)
HIRING = ("applied", "screening", "interview", "final_interview", "offer", "hired")
REASONS = ("timing", "headcount", "runner_up", "skills", "salary")
KINDS = (
    "message.delivered",
    "message.opened",
    "message.clicked",
    "message.replied",
    "event.registered",
    "event.attended",
)
