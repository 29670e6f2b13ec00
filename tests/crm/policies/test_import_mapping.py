import pytest

from crm.policies import import_mapping


def test_guess_knows_usual_headers_and_own_fields() -> None:
    headers = ["First Name", "E-Mail", "Employer", "Shoe Size", "What"]
    assert import_mapping.guess(headers, {"shoe_size": "Shoe size"}) == {
        "First Name": "first_name", "E-Mail": "email", "Employer": "current_company",
        "Shoe Size": "custom.shoe_size", "What": "",
    }  # fmt: skip


def test_guess_uses_each_field_once() -> None:
    assert import_mapping.guess(["Email", "Work email"], {}) == {"Email": "email", "Work email": ""}


@pytest.mark.parametrize(
    ("mapping", "at_fault"),
    [
        ({"A": "email"}, []),
        ({"A": "first_name"}, [""]),
        ({"A": "nonsense", "B": "email"}, ["A"]),
        ({"A": "email", "B": "email"}, ["A", "B"]),
        ({"C": "email"}, ["C"]),
        ({"A": "email", "B": "new"}, []),
    ],
)
def test_faults_name_the_column(mapping: dict[str, str], at_fault: list[str]) -> None:
    assert sorted(import_mapping.faults(mapping, ["A", "B"], [])) == at_fault


def test_given_leaves_out_empty_cells_and_takes_several_addresses_apart() -> None:
    fields = ["email", "first_name", "", "custom.shoe_size", "city"]
    assert import_mapping.given(["a@b.de; c@d.de", "  ", "ignored", "42"], fields) == {
        "emails": ["a@b.de", "c@d.de"], "custom": {"shoe_size": "42"},
    }  # fmt: skip


def test_the_label_of_an_own_field_heads_its_column_too() -> None:
    assert import_mapping.guess(["Size of shoe"], {"shoe_size": "Size of shoe"}) == {
        "Size of shoe": "custom.shoe_size"
    }
