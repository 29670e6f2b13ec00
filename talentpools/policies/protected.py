"""What nobody is picked for a job by: who somebody is, and what gives it away."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from crm.policies.rules.catalogue import Field

# A name tells of gender and descent.
NAMES = frozenset({"first_name", "last_name", "full_name"})
# Own fields by the words in their key and label, in the three languages of the product, without accents.
_WORDS = re.compile(
    r"\b(gender|sex|sexual|pronouns?|salutation|marital|married|spouse|pregnan\w*|children|kids"
    r"|age|birth\w*|born|dob|race|racial|ethnic\w*|nationalit\w*|citizenship|(national|social) origin"
    r"|religio\w*|faith|disab\w*|handicap\w*|medical|veteran|union member\w*|photo\w*|picture"
    r"|geschlecht|anrede|familienstand|verheiratet|schwanger\w*|kinder|alter|geburt\w*|geboren|herkunft"
    r"|staatsangehor\w*|behinder\w*|gewerkschaft\w*|lichtbild"
    r"|sexe|civilite|situation familiale|enceinte|enfants|naissance|nationalite|origine ethnique)\b"
)


def refused(tree: Any, fields: Mapping[str, Field], rules_of: Callable[[int], Any]) -> dict[str, str]:
    """Each rule of the tree that asks who somebody is: where it stands → the sentence that says so.

    `rules_of(segment id)` are the rules of a segment, which may not carry in what may not be asked here.
    """
    found = {}
    for path, rule in _rules(tree, ()):
        named = _asked(rule, fields, rules_of)
        if named:
            found[".".join(path) or "rules"] = (
                f"{named} says who somebody is: nobody is picked for a job by it."
            )
    return found


def is_protected(field: Field) -> bool:
    """Whether a field tells who somebody is rather than what they can do."""
    if not field.is_custom:
        return field.key in NAMES
    return bool(_WORDS.search(_plain(f"{field.name} {field.label}")))


def _asked(rule: Mapping[str, Any], fields: Mapping[str, Field], rules_of: Callable[[int], Any]) -> str:
    if "segment" in rule:
        inside = [_asked(one, fields, rules_of) for _, one in _rules(rules_of(rule["segment"]), ())]
        named = next((name for name in inside if name), "")
        return f"The segment asks for {named}, which" if named.startswith("“") else named
    field = fields.get(str(rule.get("field", "")))
    return f"“{field.label}”" if field and is_protected(field) else ""


def _rules(node: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """The single rules of a tree with their places."""
    if not isinstance(node, Mapping):
        return
    if "not" in node:
        yield from _rules(node["not"], (*path, "not"))
    elif isinstance(node.get("rules"), list):
        for index, one in enumerate(node["rules"]):
            yield from _rules(one, (*path, "rules", str(index)))
    else:
        yield path, node


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.lower().replace("_", " "))
    return "".join(letter for letter in folded if not unicodedata.combining(letter))
