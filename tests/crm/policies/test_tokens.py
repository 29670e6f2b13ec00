import random
from typing import Any

import pytest

from crm.policies.tokens import Purpose, seal, unseal


@pytest.mark.parametrize("numbers", [(1,), (1, 2), (3, 127, 128), (2**62, 0, 2**40), (9, 9, 9, 9)])
def test_a_code_gives_back_its_numbers(numbers: tuple[int, ...]) -> None:
    code = seal(Purpose.STOP, *numbers)
    assert unseal(Purpose.STOP, code) == numbers
    assert unseal(Purpose.STOP, code.upper()) == numbers


def test_a_code_is_the_same_each_time_and_fits_into_an_address() -> None:
    code = seal(Purpose.STOP, 10**9, 10**12, 10**12)
    assert code == seal(Purpose.STOP, 10**9, 10**12, 10**12)
    assert len(f"u+{code}") <= 64


def test_a_code_is_worth_nothing_for_another_purpose() -> None:
    code = seal(Purpose.OPEN, 1, 2)
    others = [purpose for purpose in Purpose if purpose != Purpose.OPEN]
    assert [unseal(purpose, code) for purpose in others] == [None] * len(others)


def test_changed_and_invented_codes_are_refused() -> None:
    chance = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    code = seal(Purpose.PAGE, 3, 77, 12)
    for position in range(len(code) - 1):
        changed = code[:position] + ("a" if code[position] != "a" else "b") + code[position + 1 :]
        assert unseal(Purpose.PAGE, changed) is None
    for _ in range(5_000):
        invented = "".join(chance.choices(letters, k=chance.randint(1, 60)))
        assert unseal(Purpose.PAGE, invented) is None


@pytest.mark.parametrize("text", ["", " ", "é", "a" * 200, "%00", "1", "\x00abc", "=", "../../etc/passwd"])
def test_anything_else_is_refused(text: str) -> None:
    assert unseal(Purpose.PAGE, text) is None


def test_codes_made_under_an_older_key_still_work(settings: Any) -> None:
    code = seal(Purpose.STOP, 1, 2, 3)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key"
    assert unseal(Purpose.STOP, code) == (1, 2, 3)
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(Purpose.STOP, code) is None
