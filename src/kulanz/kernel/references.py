"""References people read out on the phone and type from paper: short, without look-alikes, with a check character.

The alphabet leaves out 0/O, 1/I/L and U (heard as "you"); the last character is a Luhn check over that alphabet,
which catches every single wrong character and nearly every swap of neighbours.
"""

from __future__ import annotations

import secrets

from stdnum import iso11649, luhn

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_code(length: int) -> str:
    """`length` unguessable characters (4.9 bits each) plus one check character, without separators."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return body + str(luhn.calc_check_digit(body, alphabet=ALPHABET))


def is_code(code: str, length: int) -> bool:
    """Whether `code` (normalised) has the right length, characters and check character."""
    return (
        len(code) == length + 1
        and all(c in ALPHABET for c in code)
        and luhn.calc_check_digit(code[:-1], alphabet=ALPHABET) == code[-1]
    )


def normalise(text: str) -> str:
    """Upper case without spaces, dots and hyphens: what a person typed, as we store it."""
    return "".join(c for c in text.upper() if c.isalnum())


def grouped(code: str, size: int = 4) -> str:
    """For eyes and voices: groups of four with hyphens between them."""
    return "-".join(code[i : i + size] for i in range(0, len(code), size))


def creditor_reference(number: str) -> str:
    """The ISO 11649 reference (`RF` + two check digits) that carries `number` inside it.

    `number`: up to 21 letters and digits once separators are gone. Raises ValueError otherwise.
    """
    body = normalise(number)
    if not body or len(body) > 21 or not body.isascii():
        raise ValueError(f"no creditor reference can be made of {number!r}")
    remainder = int("".join(str(int(c, 36)) for c in body + "RF00")) % 97
    return f"RF{98 - remainder:02d}{body}"


def is_creditor_reference(text: str) -> bool:
    """Whether `text` is an ISO 11649 reference whose check digits hold."""
    return bool(iso11649.is_valid(text))
