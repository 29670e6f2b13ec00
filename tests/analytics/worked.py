"""The examples worked by hand in docs/kpis.md, so that tests hold the page to the same numbers."""

import re
from pathlib import Path

_PAGE = Path(__file__).parents[2] / "docs" / "kpis.md"
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


def section(key: str) -> str:
    """What the page says under the heading that names the figure."""
    parts = re.split(r"^## ", _PAGE.read_text(), flags=re.MULTILINE)
    return next((part for part in parts if f"`{key}`" in part.partition("\n")[0]), "")


def told(key: str, *figures: float | None) -> None:
    """Fails unless the worked example says each of these numbers."""
    text = section(key)
    written = {float(number.replace(",", "")) for number in _NUMBER.findall(text)}
    written |= {float(n) for word, n in _WORDS.items() if re.search(rf"\b{word}\b", text, re.IGNORECASE)}
    missing = [figure for figure in figures if figure is not None and figure not in written]
    assert not missing, f"docs/kpis.md does not say {missing} of {key}"
