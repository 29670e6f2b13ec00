import datetime as dt

import pytest

from analytics.policies.cost_files import EXAMPLE, Entry, Fault, read

HEAD = "day;origin;category;amount;note\n"


def test_a_file_of_finance_is_read() -> None:
    found = read("Datum;Betrag;Kategorie;Herkunft\n31.3.2026;1.234,50 €;Agencies;External\n\n")
    assert found.faults == []
    assert found.entries == [Entry("external", "Agencies", 123_450, dt.date(2026, 3, 31), "")]
    assert read(EXAMPLE).entries == [
        Entry("external", "Agencies", 1_250_000, dt.date(2026, 3, 31), "two placements")
    ]


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1,234.50", 123_450), ("1 234,5", 123_450), ("EUR 1234", 123_400), ("1'234", 123_400),
        ("1,234", 123_400), ("1.234.567", 123_456_700), ("0.01", 1), ("12,34", 1_234),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(text: str, cents: int) -> None:
    [entry] = read(f"{HEAD}2026-03-31;crm;Events;{text};\n").entries
    assert entry.amount_cents == cents


@pytest.mark.parametrize("text", ["", "0", "-5", "12,3456", "1,23,4", "many", "9" * 13])
def test_what_is_no_amount(text: str) -> None:
    [fault] = read(f"{HEAD}2026-03-31;crm;Events;{text};\n").faults
    assert fault == Fault(2, f"“{text}” is no amount above 0.")


def test_every_fault_of_a_line_is_named_with_its_line() -> None:
    found = read(f"{HEAD}2026-03-31;crm;Events;5;\n3/4/2026;luck;;x;\n1850-01-01;crm;Events;5\n")
    assert [fault.line for fault in found.faults] == [3, 4]
    assert found.faults[0].words == (
        "“3/4/2026” is no day like 2026-03-31 or 31.3.2026; origin “luck” is neither crm nor external; "
        "the category is missing or longer than 80 characters; “x” is no amount above 0."
    )
    assert len(found.entries) == 1


def test_files_that_cannot_be_costs() -> None:
    assert read("").faults == [Fault(1, "There is nothing in it.")]
    assert read("day,origin\n2026-03-31,crm\n").faults == [Fault(1, "No column is named category or amount.")]
    assert read(HEAD + "x\n" * 5_001).faults == [Fault(5_001, "At most 5,000 lines at once.")]
