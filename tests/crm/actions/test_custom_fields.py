import pytest

from crm.actions import candidates, custom_fields
from crm.actions.custom_fields import FieldInUse, InvalidField
from crm.models import CustomField, Event, User
from crm.queries.people import custom_fields as in_use
from journeys.models import Journey
from talentpools.models import Segment

pytestmark = pytest.mark.usefixtures("scope")


def add(label: str, kind: str = "text", choices: tuple[str, ...] = ()) -> CustomField:
    return custom_fields.add(label=label, kind=kind, choices=choices)


def test_a_field_is_added_last_under_a_key_of_its_own(grace: User) -> None:
    first = custom_fields.add(label=" Shoe  size ", kind="number", by=grace)
    second = add("Shirt", "choice", ("S", "M", "S", ""))
    assert (first.key, first.label, first.kind, first.choices) == ("shoe_size", "Shoe size", "number", [])
    assert (second.choices, list(in_use())) == (["S", "M"], ["shoe_size", "shirt"])
    assert Event.objects.get(kind="custom_field.added", actor=grace).data["key"] == "shoe_size"


def test_a_key_is_never_given_twice() -> None:
    field = add("Level")
    custom_fields.archive(field=field)
    assert add("Level").key == "level_2"
    with pytest.raises(InvalidField):
        custom_fields.restore(field=field)


@pytest.mark.parametrize(
    ("label", "kind", "choices"),
    [
        ("", "text", ()), ("x" * 121, "text", ()), ("City", "text", ()), ("level", "text", ()),
        ("New", "color", ()), ("New", "choice", ()), ("New", "set", ("a,b",)), ("New", "set", ("x" * 81,)),
    ],
)  # fmt: skip
def test_what_cannot_be_a_field_is_refused(label: str, kind: str, choices: tuple[str, ...]) -> None:
    add("Level")
    with pytest.raises(InvalidField):
        add(label, kind, choices)
    assert CustomField.objects.count() == 1


def test_a_workspace_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom_fields, "MOST", 1)
    add("One")
    with pytest.raises(InvalidField, match="at most 1"):
        add("Two")


def test_renaming_keeps_key_and_values() -> None:
    field = add("Level", "choice", ("A", "B"))
    person = candidates.create(given={"email": "a@example.com", "custom": {"level": "A"}}, origin="manual")
    changed = custom_fields.change(field=field, label="Grade", choices=("B", "A", "C"))
    assert (changed.key, changed.label, changed.choices) == ("level", "Grade", ["B", "A", "C"])
    person.refresh_from_db()
    assert person.custom == {"level": "A"}


def test_an_option_a_segment_asks_for_stays() -> None:
    field = add("Level", "choice", ("A", "B", "C"))
    rule = {"field": "custom.level", "op": "in", "value": ["A"]}
    Segment.objects.create(name="Top", rules={"match": "all", "rules": [rule]})
    custom_fields.change(field=field, label="Level", choices=("A", "C"))
    with pytest.raises(FieldInUse, match="“A” is asked for by segment “Top”"):
        custom_fields.change(field=field, label="Level", choices=("C",))
    field.refresh_from_db()
    assert field.choices == ["A", "C"]


def test_a_field_in_use_cannot_be_archived() -> None:
    field = add("Level", "number")
    rule = {"field": "custom.level", "op": "gt", "value": 3}
    for n in range(3):
        Segment.objects.create(name=f"S{n}", rules={"match": "all", "rules": [{"not": rule}]})
    Journey.objects.create(name="J", draft={"steps": [{"when": rule}]})
    with pytest.raises(FieldInUse, match="segment “S0”, segment “S1”, segment “S2” and 1 more"):
        custom_fields.archive(field=field)
    field.refresh_from_db()
    assert field.archived_at is None


def test_archived_and_back_with_the_values() -> None:
    field = add("Level", "number")
    person = candidates.create(given={"email": "a@example.com", "custom": {"level": 3}}, origin="manual")
    custom_fields.archive(field=field)
    custom_fields.archive(field=field)
    assert in_use() == {}
    custom_fields.restore(field=field)
    person.refresh_from_db()
    assert (list(in_use()), person.custom) == (["level"], {"level": 3.0})
    assert Event.objects.filter(kind="custom_field.archived").count() == 1


def test_ensure_brings_an_archived_field_back() -> None:
    custom_fields.archive(field=add("Level"))
    assert custom_fields.ensure(label="Level", kind="text", key="level").archived_at is None


def test_fields_move_up_and_down_and_not_beyond_the_ends() -> None:
    a, b, c = add("A"), add("B"), add("C")
    custom_fields.move(field=c, places=-1)
    assert list(in_use()) == ["a", "c", "b"]
    custom_fields.move(field=a, places=-5)
    custom_fields.move(field=a, places=9)
    assert list(in_use()) == ["c", "b", "a"]
    custom_fields.archive(field=b)
    custom_fields.move(field=b, places=1)
    assert list(in_use()) == ["c", "a"]
