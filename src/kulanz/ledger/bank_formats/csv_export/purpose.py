"""The remittance text of German banks: SEPA fields packed into one string, and the signs of a returned payment.

Savings banks write `EREF+…MREF+…SVWZ+…` without any space between, cooperative banks `… EREF: … MREF: …` behind the
text. What is no field is what the payer wrote, and stays whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES = "EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|OAMT|COAM|IBAN|BIC|PURP|RREF"
_WITH_PLUS = re.compile(rf"({_NAMES})\+")
_WITH_COLON = re.compile(rf"(?:^|(?<=\s))({_NAMES}): ?")
# Payers write "IBAN:" themselves. It is the bank's field only in company.
_ONLY_IN_COMPANY = frozenset({"IBAN", "BIC", "PURP"})
_SAYS_NOTHING = frozenset({"NOTPROVIDED", "NOTAVAILABLE", "NONREF", "OFFLINE", "-"})
_RETURNED = re.compile(
    r"r(?:ü|ue)ck(?:lastschrift|belastung|(?:ü|ue)berweisung|gabe)|lastschriftr(?:ü|ue)ck|retoure|\breturn\b|chargeback",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(AC0[1-6]|AC13|AG0[12]|AM0[45]|BE0[45]|CNOR|DNOR|ED05|FF05|FOCR|MD0[1-7]|MS0[23]|RC01|RR0[1-4]|SL01|SL1[1-4]"
    r"|DUPL|TECH|CUST)\b"
)
_CANCELLED = re.compile(r"\bstorn|korrekturbuchung|\breversal\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What was found in a remittance text. `fields` are the named ones, `text` is what people wrote."""

    text: str
    fields: dict[str, str]

    def get(self, name: str) -> str | None:
        """One field, None if the bank says nothing or that there is nothing to say."""
        return telling(self.fields.get(name))


def read(text: str) -> Purpose:
    """Split the fields from the text. A text without fields is returned as it is."""
    for pattern in (_WITH_PLUS, _WITH_COLON):
        found = list(pattern.finditer(text))
        names = {match[1] for match in found}
        if names - _ONLY_IN_COMPANY or {"IBAN", "BIC"} <= names:
            return _split(text, found)
    return Purpose(text, {})


def _split(text: str, found: list[re.Match[str]]) -> Purpose:
    fields: dict[str, str] = {}
    ends = [match.start() for match in found[1:]] + [len(text)]
    for match, end in zip(found, ends, strict=True):
        fields.setdefault(match[1], text[match.end() : end].strip())
    before = text[: found[0].start()].strip()
    written = [before, fields.get("SVWZ", "")]
    return Purpose(" ".join(part for part in written if part), fields)


def telling(text: str | None) -> str | None:
    """None for what stands in a field only because it must not be empty."""
    return None if text is None or not text or text.upper() in _SAYS_NOTHING else text


def return_code(kind: str, text: str) -> str | None:
    """Why a payment came back (ISO 20022 reason), if the bank says both that it did and why."""
    whole = f"{kind} {text}"
    found = _REASON.search(whole)
    return found[1] if found and _RETURNED.search(whole) else None


def is_cancelled(kind: str) -> bool:
    """Whether the bank calls this booking the reversal of another one."""
    return _CANCELLED.search(kind) is not None
