import pytest

from integrations.policies import hiring_words, places
from integrations.policies.places import Place
from integrations.policies.preflight import judge


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("Application Review", "applied"),
        ("Phone Screen", "screening"),
        ("Recruiter screen", "screening"),
        ("Hiring Manager Interview", "interview"),
        ("Take-home assignment", "interview"),
        ("Final Interview", "final_interview"),
        ("Onsite", "final_interview"),
        ("Offer", "offer"),
        ("Hired", ""),
        ("Founder Coffee", ""),
        ("", ""),
    ],
)
def test_stage_defaults(name: str, stage: str) -> None:
    assert hiring_words.stage(name) == stage


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Runner-up, another finalist was chosen", "runner_up"),
        ("Bad timing, strong candidate", "timing"),
        ("Headcount frozen", "headcount"),
        ("Withdrew: accepted another offer", "withdrew"),
        ("Too Junior", "skills"),
        ("Purple", "other"),
        ("", ""),
    ],
)
def test_rejection_reasons(words: str, reason: str) -> None:
    assert hiring_words.reason(words) == reason


@pytest.mark.parametrize(
    ("title", "family", "seniority"),
    [
        ("Senior Backend Engineer", "engineering", "senior"),
        ("Sales Engineer", "sales", "mid"),
        ("Support Engineer", "customer_success", "mid"),
        ("VP Engineering", "engineering", "executive"),
        ("Junior Operations Analyst", "operations", "junior"),
        ("Ornithologist", "", "mid"),
        ("", "", ""),
    ],
)
def test_families_and_seniority(title: str, family: str, seniority: str) -> None:
    assert (hiring_words.family(title), hiring_words.seniority(title)) == (family, seniority)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Berlin, Germany", Place("Berlin", "", "DE")),
        ("Austin, Texas, United States", Place("Austin", "Texas", "US")),
        ("San Francisco, CA", Place("San Francisco", "CA", "US")),
        ("Paris", Place("Paris", "", "")),
        ("", Place()),
    ],
)
def test_places(text: str, place: Place) -> None:
    assert places.place(text) == place


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Berlin", "Europe/Berlin"),
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("Europe/Paris", "Europe/Paris"),
        ("Middle Earth", ""),
    ],
)
def test_zones(name: str, zone: str) -> None:
    assert places.zone(name) == zone


@pytest.mark.parametrize(
    ("lacking", "candidates", "applications", "verdict"),
    [
        ([], [], [], "create"),
        (["email"], [], [], "missing"),
        (["email"], ["1"], [], "attach"),
        ([], ["1"], ["9"], "already_there"),
        ([], ["1", "2"], [], "conflict"),
    ],
)
def test_verdicts(lacking: list[str], candidates: list[str], applications: list[str], verdict: str) -> None:
    assert judge(lacking=lacking, candidates=candidates, applications=applications).verdict == verdict
