"""Small camt.053 documents for the tests, written out as a bank would write them."""

from __future__ import annotations

import io

from kulanz.ledger.bank_formats.camt import read
from kulanz.ledger.bank_formats.statement import Detail, Entry, Statement

OWN_IBAN = "DE02120300000000202051"


def balance(code: str, amount: str, indicator: str = "CRDT", currency: str = "EUR") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{amount}</Amt>"
        f"<CdtDbtInd>{indicator}</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>"
    )


def entry(
    amount: str = "<Amt Ccy='EUR'>10.00</Amt>",
    indicator: str = "<CdtDbtInd>CRDT</CdtDbtInd>",
    *,
    status: str = "<Sts>BOOK</Sts>",
    more: str = "",
    details: str = "",
) -> str:
    inside = f"<NtryDtls>{details}</NtryDtls>" if details else ""
    return f"<Ntry>{amount}{indicator}{status}{more}{inside}</Ntry>"


def document(
    *entries: str,
    balances: str = "",
    account: str = f"<Acct><Id><IBAN>{OWN_IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>",
    version: str = "02",
    head: str = "<?xml version='1.0' encoding='UTF-8'?>",
) -> bytes:
    return (
        f"{head}<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}'><BkToCstmrStmt>"
        "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-20T23:00:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>253</Id>{account}{balances}{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def statements(content: bytes) -> list[Statement]:
    return list(read(io.BytesIO(content), name="umsatz.xml"))


def statement(content: bytes) -> Statement:
    (only,) = statements(content)
    return only


def only_entry(*parts: str, version: str = "02") -> Entry:
    (found,) = statement(document(*parts, version=version)).entries
    return found


def only_detail(*parts: str, version: str = "02") -> Detail:
    (found,) = only_entry(*parts, version=version).details
    return found
