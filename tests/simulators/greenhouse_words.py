"""The words of the invented account: names, places, jobs, stages and reasons."""

from __future__ import annotations

from dataclasses import dataclass


def _words(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in text.split(";"))


FIRST_NAMES = _words(
    """
    Ada; Aisha; Alejandro; Amara; Amélie; Anders; Andrea; Anton; Arjun; Astrid; Beatriz; Benedikt;
    Camille; Carla; Chiara; Chidi; Daniel; Daria; David; Diego; Elena; Elif; Emeka; Emil; Emma; Fatima;
    Felix; Fiona; Florian; Freya; Gabriel; Giulia; Grace; Hana; Hannah; Hugo; Ibrahim; Ines; Ingrid;
    Isabel; Ivan; Jakub; James; Jana; Joana; João; Jonas; Julia; Kenji; Klara; Lars; Laura; Leila; Léa;
    Liam; Linh; Lucía; Lukas; Magda; Malik; Marco; Maria; Marta; Mateo; Matilda; Maya; Mehmet; Mia;
    Michał; Milan; Mina; Nadia; Naomi; Nikolai; Noah; Nora; Olga; Oliver; Omar; Oskar; Pablo; Paula;
    Pavel; Petra; Pierre; Priya; Rafael; Ravi; Rosa; Sami; Sara; Sebastian; Selin; Sofia; Stefan; Tariq;
    Teresa; Thomas; Tomás; Ursula; Valentina; Victor; Wei; Yara; Yuki; Yusuf; Zoë
    """
)
LAST_NAMES = _words(
    """
    Abadi; Adeyemi; Almeida; Andersson; Bauer; Becker; Benali; Bergström; Bianchi; Brandt; Brown;
    Carvalho; Castillo; Chen; Costa; Demir; Dubois; Eriksen; Farouk; Fernández; Fischer; Fontaine;
    Garcia; Gruber; Haddad; Hansen; Hartmann; Hoffmann; Ivanova; Jansen; Johansson; Kaplan; Keller;
    Khan; Kovács; Kowalska; Krüger; Lambert; Larsen; Lefèvre; Lindqvist; Lopez; Łukasiewicz; Mancini;
    Marino; Martin; Mbeki; Meier; Mendes; Moreau; Müller; Murphy; Nakamura; Nguyen; Nilsson; Novak;
    Nowak; O'Brien; Okafor; Oliveira; Osei; Park; Patel; Pereira; Petrov; Popescu; Ricci; Rossi; Roux;
    Sato; Schmidt; Schneider; Silva; Singh; Sokolov; Sørensen; Takahashi; Tanaka; Taylor; Torres;
    Vasquez; Vogel; Wagner; Walker; Weber; Williams; Wójcik; Yıldız; Zimmermann
    """
)
EMPLOYERS = _words(
    """
    Nordwind GmbH; Brightline; Helio Systems; Kestrel Labs; Lumen & Co; Marble Analytics; Northgate;
    Ostara; Pinecrest; Quayside; Riverstone; Saltmarsh; Tidewater Cloud; Umbra; Vantage Rail; Westerly;
    Yarrow Health; Zephyr Pay
    """
)


@dataclass(frozen=True)
class Office:
    name: str
    location: str
    country: str
    time_zone: str
    dialing: str


OFFICES = (
    Office("Berlin", "Berlin, Germany", "Germany", "Berlin", "+49 30"),
    Office("Paris", "Paris, France", "France", "Paris", "+33 15"),
    Office("London", "London, United Kingdom", "United Kingdom", "London", "+44 20"),
    Office("Lisbon", "Lisbon, Portugal", "Portugal", "Lisbon", "+351 21"),
    Office("New York", "New York, United States", "United States", "Eastern Time (US & Canada)", "+1 212"),
    Office("Austin", "Austin, United States", "United States", "Central Time (US & Canada)", "+1 512"),
)


@dataclass(frozen=True)
class Family:
    department: str
    prefix: str
    titles: tuple[str, ...]
    skills: tuple[str, ...]
    stages: tuple[str, ...]


FAMILIES = (
    Family(
        "Engineering",
        "ENG",
        ("Backend Engineer", "Frontend Engineer", "Data Engineer", "Platform Engineer", "Mobile Engineer"),
        (
            "Python",
            "Go",
            "PostgreSQL",
            "Kubernetes",
            "TypeScript",
            "React",
            "Kafka",
            "AWS",
            "Terraform",
            "Swift",
        ),
        ("Application Review", "Phone Screen", "Technical Interview", "Onsite", "Offer"),
    ),
    Family(
        "Sales",
        "SAL",
        ("Account Executive", "Sales Development Representative", "Sales Engineer", "Account Manager"),
        ("Salesforce", "Prospecting", "Negotiation", "MEDDIC", "Forecasting", "SaaS sales", "Discovery"),
        ("Application Review", "Recruiter Screen", "Hiring Manager Interview", "Final Interview", "Offer"),
    ),
    Family(
        "Operations",
        "OPS",
        ("Operations Analyst", "Supply Planner", "Business Operations Manager", "Procurement Specialist"),
        ("Excel", "SQL", "Process design", "Lean", "SAP", "Vendor management", "Reporting"),
        ("Application Review", "Phone Screen", "Case Study", "Final Interview", "Offer"),
    ),
    Family(
        "Customer Success",
        "CS",
        ("Customer Success Manager", "Support Engineer", "Onboarding Specialist", "Renewals Manager"),
        ("Onboarding", "Zendesk", "Renewals", "SQL", "Training", "Account planning", "Empathy"),
        (
            "Application Review",
            "Phone Screen",
            "Team Interview",
            "Founder Coffee",
            "Final Interview",
            "Offer",
        ),
    ),
)
SENIORITIES = ("Junior", "", "", "Senior", "Senior", "Lead")
SOURCES = (
    ("LinkedIn", "Social media"),
    ("Jobs page on your website", "Company marketing"),
    ("Referral", "Referrals"),
    ("Indeed", "Third-party boards"),
    ("Agency", "Agencies"),
    ("Rekindle", "Third-party boards"),
)
# (name, type key, type name, built in)
REASONS = (
    ("Lacking required skills", "WE_REJECTED_THEM", "We rejected them", True),
    ("Too Junior", "WE_REJECTED_THEM", "We rejected them", False),
    ("Runner-up, another finalist was chosen", "WE_REJECTED_THEM", "We rejected them", False),
    ("Bad timing, strong candidate", "WE_REJECTED_THEM", "We rejected them", False),
    ("Headcount frozen", "WE_REJECTED_THEM", "We rejected them", False),
    ("Salary expectations too high", "WE_REJECTED_THEM", "We rejected them", True),
    ("Withdrew: accepted another offer", "THEY_REJECTED_US", "They rejected us", True),
    ("Withdrew: location", "THEY_REJECTED_US", "They rejected us", True),
)
EARLY_REASONS = (0, 0, 0, 1, 1, 5, 6, 7)
FINALIST_REASONS = (2, 2, 2, 3, 4, 6)
STAFF = (
    ("Rita", "Cruz", "Recruiter"),
    ("Ben", "Okoye", "Recruiter"),
    ("Nina", "Vogt", "Senior Recruiter"),
    ("Tom", "Ashby", "Recruiting Coordinator"),
    ("Claire", "Dumont", "Engineering Manager"),
    ("Marek", "Zielinski", "Engineering Manager"),
    ("Helen", "Frost", "Head of Sales"),
    ("Luis", "Prado", "Operations Director"),
    ("Sunita", "Rao", "Head of Customer Success"),
    ("Gil", "Stein", "VP Engineering"),
)
