"""Field 86 with codewords between slashes, as Dutch and other banks write it: `/IBAN/…/NAME/…/REMI/…`."""

from __future__ import annotations

import re

from kulanz.ledger.bank_formats.mt940.information import Information, marked, one_line, unwrapped

_CODEWORDS = [
    "ADDR",
    "BENM",
    "BIC",
    "BUSP",
    "CHGS",
    "CNTP",
    "CSID",
    "EREF",
    "EXCH",
    "IACC",
    "IBAN",
    "ID",
    "INID",
    "IREF",
    "ISDT",
    "MARF",
    "NAME",
    "NRTX",
    "OCMT",
    "ORDP",
    "PREF",
    "PURP",
    "REMI",
    "RTRN",
    "SVCL",
    "TR",
    "TRCD",
    "TRTP",
    "ULTB",
    "ULTC",
    "ULTD",
    "PY",
    "PT",
]
_CODEWORD = re.compile(f"/({'|'.join(_CODEWORDS)})/")
_STRUCTURED = re.compile(r"STRD/[A-Z]{3,4}/(.+)")
_UNSTRUCTURED = re.compile(r"USTD/+")


def read(lines: list[str]) -> Information | None:
    """The information in a field 86 with slashes; None if it is none."""
    text = unwrapped(lines, between=" ")
    found = list(_CODEWORD.finditer(text))
    if not found or text[: found[0].start()].strip():
        return None
    information = Information()
    section = ""
    for word, said in marked(found, text):
        value = one_line(said).strip("/ ")
        if word[1] in {"ULTD", "ULTC", "ULTB", "ORDP", "BENM"}:
            section = word[1]
        if value:
            _tell(information, word[1], section, value)
    return information


def _tell(information: Information, word: str, section: str, value: str) -> None:
    """Of each the first counts: a payer can write codewords into his text too."""
    match word:
        case "EREF":
            information.end_to_end = information.end_to_end or value
        case "MARF":
            information.mandate = information.mandate or value
        case "IBAN":
            information.iban = information.iban or value.replace(" ", "")
        case "NAME" if section.startswith("ULT"):
            information.ultimate = information.ultimate or value
        case "NAME":
            information.name = information.name or value
        case "ULTD" | "ULTC" | "ULTB":
            information.ultimate = information.ultimate or value
        case "CNTP":
            _read_counterparty(information, value)
        case "REMI":
            _read_remittance(information, value)
        case "RTRN":
            information.reason = information.reason or value.split("/")[0].strip()
            information.extra.append(value)
        case "OCMT":
            information.original_amount = information.original_amount or value
        case "CHGS":
            information.charges = information.charges or value
        case "TRTP" | "PY" | "PT":
            information.booking_text = one_line(f"{information.booking_text} {value}")
        case "BIC" | "ADDR" | "ID" | "ISDT" | "IACC":
            pass
        case _:
            information.extra.append(f"{word} {value}")


def _read_counterparty(information: Information, value: str) -> None:
    """Account, bank, name and town of the other side, in this order."""
    account, _, name, *_ = [part.strip() for part in value.split("/")] + ["", "", ""]
    information.iban = information.iban or account.replace(" ", "")
    information.name = information.name or name


def _read_remittance(information: Information, value: str) -> None:
    if structured := _STRUCTURED.match(value):
        information.reference = information.reference or structured[1].strip("/ ")
        return
    text = _UNSTRUCTURED.sub("", value, count=1)
    information.text = one_line(f"{information.text} {text}")
