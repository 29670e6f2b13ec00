"""Is a color readable, and which shade of it would be? Contrast as WCAG 2.2 measures it."""

import re

WHITE, DARK_PAGE = "#ffffff", "#131617"
READABLE = 4.5


def is_color(text: str) -> bool:
    """#rrggbb and nothing else."""
    return bool(re.fullmatch(r"#[0-9a-fA-F]{6}", text))


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(color: str, *, on: str = WHITE) -> str:
    """The color itself, or its nearest shade that can be read on that ground."""
    toward = "#000000" if _luminance(on) > 0.5 else "#ffffff"
    for step in range(0, 101, 2):
        shade = _mixed(color, toward, step / 100)
        if contrast(shade, on) >= READABLE:
            return shade
    return toward


def stylesheet(accent: str) -> str:
    """The tokens of a public page in this accent, light and dark; buttons keep white words on the accent."""
    words_dark = readable(accent, on=DARK_PAGE)
    fill = readable(accent)
    return (
        ":root {\n"
        f"  --accent: {fill};\n"
        f"  --accent-strong: {_mixed(fill, '#000000', 0.2)};\n"
        f"  --accent-text: light-dark({fill}, {words_dark});\n"
        f"  --accent-soft: light-dark({_mixed(fill, WHITE, 0.9)}, {_mixed(fill, DARK_PAGE, 0.75)});\n"
        f"  --selected: light-dark({_mixed(fill, WHITE, 0.9)}, {_mixed(fill, DARK_PAGE, 0.75)});\n"
        f"  --focus: light-dark({fill}, {words_dark});\n"
        "}\n"
    )


def _luminance(color: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _parts(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _mixed(color: str, other: str, share: float) -> str:
    mixed = (
        round(a + (b - a) * share) for a, b in zip(_parts(color), _parts(other), strict=True)
    )  # fmt: skip
    return "#" + "".join(f"{part:02x}" for part in mixed)
