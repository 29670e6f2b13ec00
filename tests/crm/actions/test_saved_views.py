import pytest

from crm.actions import custom_fields, saved_views
from crm.actions.custom_fields import FieldInUse
from crm.actions.saved_views import InvalidView, NotYours
from crm.models import DefaultView, SavedView, User
from crm.queries.saved_views import shelf, visible_to

pytestmark = pytest.mark.usefixtures("scope")


def test_a_view_keeps_filters_and_neither_page_nor_view(ada: User) -> None:
    view = saved_views.save(name=" Hot  ", query="stage=screening&page=3&view=4&sort=name", by=ada)
    assert (view.name, view.query, view.is_shared) == ("Hot", "stage=screening&sort=name", False)


@pytest.mark.parametrize(
    ("name", "query"), [("", "a=b"), ("x" * 81, "a=b"), ("Hot", "a=b"), ("New", "q=" + "x" * 4_000)]
)
def test_what_cannot_be_kept_is_refused(ada: User, name: str, query: str) -> None:
    saved_views.save(name="Hot", query="", by=ada)
    with pytest.raises(InvalidView):
        saved_views.save(name=name, query=query, by=ada)
    assert SavedView.objects.count() == 1


def test_a_member_has_a_limit(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_views, "MOST", 0)
    with pytest.raises(InvalidView):
        saved_views.save(name="Hot", query="", by=ada)


def test_shared_views_are_everybodys_to_open_and_the_owners_to_change(ada: User, grace: User) -> None:
    mine = saved_views.save(name="Mine", query="", by=ada)
    shared = saved_views.save(name="Shared", query="", by=ada, is_shared=True)
    assert list(visible_to(grace.pk)) == [shared]
    with pytest.raises(NotYours):
        saved_views.change(view=shared, by=grace, name="X", is_shared=True)
    saved_views.change(view=shared, by=grace, name="Ours", is_shared=True, query="q=x", as_admin=True)
    with pytest.raises(NotYours):
        saved_views.delete(view=mine, by=grace, as_admin=True)
    with pytest.raises(InvalidView):
        saved_views.change(view=mine, by=ada, name="Ours", is_shared=False)
    assert set(SavedView.objects.values_list("name", "query")) == {("Mine", ""), ("Ours", "q=x")}


def test_the_default_view_opens_a_bare_list_until_it_is_gone(ada: User) -> None:
    view = saved_views.save(name="Hot", query="level=hot", by=ada)
    saved_views.open_with(view=view, by=ada)
    saved_views.open_with(view=view, by=ada)
    assert shelf(ada.pk, opened="", is_bare=True).opened == view
    assert shelf(ada.pk, opened="", is_bare=False).opened is None
    assert shelf(ada.pk, opened=str(view.pk), is_bare=False).opened == view
    saved_views.delete(view=view, by=ada)
    assert DefaultView.objects.count() == 0


def test_a_field_a_view_asks_for_cannot_be_archived(ada: User) -> None:
    field = custom_fields.add(label="Level", kind="number")
    rules = '{"match":"all","rules":[{"field":"custom.level","op":"gt","value":3}]}'
    saved_views.save(name="Top", query=f"rules={rules}", by=ada)
    saved_views.save(name="Broken", query="rules=%7B", by=ada)
    with pytest.raises(FieldInUse, match="view “Top”"):
        custom_fields.archive(field=field)
