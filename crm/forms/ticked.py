"""The rows somebody ticked in a list."""

from django.http import QueryDict


def ticked(posted: QueryDict, *names: str) -> list[int]:
    """The ids under `names` (`ids` by default), each once, in order; what is no id is left out."""
    given = (pk for name in names or ("ids",) for pk in posted.getlist(name))
    return sorted({int(pk) for pk in given if pk.isdecimal() and len(pk) < 19})
