from crm.policies.cv_findings import Finding, findings

CV = """Ada Lovelace · Ada.Lovelace@Example.com · +44 20 7946 0958 · 030 1234567
https://www.linkedin.com/in/ada-lovelace/ and github.com/ada, see https://acme.example/about
Machine  learning, PostgreSQL; Résumé of Node.js and C++. We go far. nobody@nowhere
"""
SKILLS = {
    "machine learning": "Machine learning", "postgresql": "PostgreSQL", "node.js": "Node.js",
    "go": "Go", "rust": "Rust", "c++": "C++", "resume": "Résumé",
}  # fmt: skip


def test_what_a_cv_says_is_found_once_in_the_form_it_is_stored_in() -> None:
    assert findings(CV + CV, skills=SKILLS, country="DE") == [
        Finding("email", "ada.lovelace@example.com"),
        Finding("phone", "+442079460958"),
        Finding("phone", "+49301234567"),
        Finding("link", "linkedin.com/in/ada-lovelace"),
        Finding("link", "github.com/ada"),
        Finding("skill", "Machine learning"),
        Finding("skill", "PostgreSQL"),
        Finding("skill", "Résumé"),
        Finding("skill", "Node.js"),
        Finding("skill", "C++"),
    ]


def test_without_a_country_only_full_numbers_are_numbers() -> None:
    phones = [finding.value for finding in findings(CV, skills={}, country="") if finding.kind == "phone"]
    assert phones == ["+442079460958"]


def test_an_empty_text_says_nothing() -> None:
    assert findings("", skills=SKILLS, country="DE") == []
