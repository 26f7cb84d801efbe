"""Our own bank accounts: which there are, and to which of them a statement belongs."""

from __future__ import annotations

import re

from django.db import transaction

from kulanz.infra.audit import Note, record
from kulanz.kernel.acts import Act
from kulanz.kernel.references import normalise
from kulanz.kernel.refusals import NotFound, Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats.statement import Statement
from kulanz.ledger.models import BankAccount
from kulanz.parties.api import Brand

# Bank code and account number of the time before IBANs, as German MT940 files still write them.
_GERMAN_ACCOUNT = re.compile(r"(?P<bank>[0-9]{8})\s*/\s*0*(?P<account>[0-9]{1,10})(?:[A-Z]{3})?")
_LONGEST_IDENTITY = 40


class NotOurBankAccount(Refusal):
    """A statement of an account that is not configured."""

    code = "not_our_bank_account"
    sentence = N_(
        "%(file)s: statement %(statement)s belongs to the bank account %(iban)s, which is not one of ours. "
        "Nothing was imported. Add the account first, or check whether it is the right file."
    )


class BankAccountNotNamed(Refusal):
    """A statement that does not say whose it is: nobody may guess where money came in."""

    code = "bank_account_not_named"
    sentence = N_(
        "%(file)s: statement %(statement)s does not say to which bank account it belongs. Nothing was imported. "
        "Take it in again and name the account."
    )


@transaction.atomic
def configure_bank_account(
    act: Act,
    *,
    brand: Brand,
    iban: str,
    holder: str,
    bic: str = "",
    bank_name: str = "",
    currency: str = "EUR",
) -> BankAccount:
    """One of our own accounts. Known again by its IBAN; one taken in only for a trial becomes ours in earnest, and
    what has come in on it may be booked from now on."""
    account, created = BankAccount.objects.get_or_create(
        iban=normalise(iban),
        defaults={"brand": brand, "holder": holder, "bic": bic, "bank_name": bank_name, "currency": currency},
    )
    if account.on_trial:
        account.brand, account.holder, account.currency = brand, holder, currency
        account.bic, account.bank_name, account.on_trial = bic, bank_name, False
        account.save()
        created = True
    if created:
        record(act, [Note("configured", "ledger.bankaccount", account.pk)])
    return account


@transaction.atomic
def choose_interim_booking(act: Act, bank_account: BankAccount, *, books_interim: bool) -> BankAccount:
    """Say whether reports and notifications of the running day are booked, because no statement of the finished day
    comes for this account. Where one comes, booking them would book everything twice."""
    account = BankAccount.objects.select_for_update().get(pk=bank_account.pk)
    if account.books_interim != books_interim:
        account.books_interim = books_interim
        account.save(update_fields=["books_interim"])
        record(act, [Note("interim reports", "ledger.bankaccount", account.pk, facts={"booked": books_interim})])
    return account


def receiving_account(brand: Brand, currency: str = "EUR") -> BankAccount:
    """The account customers are asked to pay to. Raises NotFound where none is configured."""
    found = BankAccount.objects.filter(brand=brand, currency=currency, on_trial=False).order_by("id").first()
    if found is None:
        raise NotFound(reference=f"bank account in {currency}")
    return found


def currency_of(named: str | None) -> str | None:
    """The currency of the account somebody named; None where there is no such account."""
    if not named:
        return None
    return BankAccount.objects.filter(iban=normalise(named)).values_list("currency", flat=True).first()


def lock_account_of(
    statement: Statement, *, brand: Brand, file: str, named: str | None, trial_identity: str | None
) -> BankAccount:
    """The account a statement belongs to, locked so that two imports of one account follow each other.

    `named` is the account somebody said it is, for files that do not tell. With `trial_identity` any account is taken
    in on trial, under that identity where the file names none. Raises NotOurBankAccount, BankAccountNotNamed.
    """
    identities = _identities(statement) or ([normalise(named)] if named else [])
    if not identities and trial_identity:
        identities = [trial_identity]
    if not identities:
        raise BankAccountNotNamed(file=file, statement=statement.statement_id)
    found = BankAccount.objects.select_for_update().filter(iban__in=identities).order_by("id").first()
    if found is None and trial_identity:
        BankAccount.objects.get_or_create(
            iban=identities[0],
            defaults={
                "brand": brand,
                "holder": brand.legal_name,
                "currency": statement.currency,
                "on_trial": True,
            },
        )
        found = BankAccount.objects.select_for_update().get(iban=identities[0])
    if found is None:
        raise NotOurBankAccount(file=file, statement=statement.statement_id, iban=identities[0])
    return found


def _identities(statement: Statement) -> list[str]:
    """The names a file gives its account, the surest first; a German bank code and number as the IBAN they make."""
    written = [statement.account_iban or "", statement.account_other_id or ""]
    german = (_GERMAN_ACCOUNT.fullmatch(text.strip()) for text in written)
    ibans = [german_iban(match["bank"], match["account"]) for match in german if match]
    return [i[:_LONGEST_IDENTITY] for i in (*ibans, *(normalise(text) for text in written)) if i]


def german_iban(bank_code: str, account_number: str) -> str:
    """The IBAN of a German bank code and account number (ISO 7064 check digits). Some banks make others: then the
    account is configured by the number as the file writes it."""
    body = f"{bank_code}{account_number.zfill(10)}"
    remainder = int(f"{body}131400") % 97  # D is 13, E is 14
    return f"DE{98 - remainder:02d}{body}"
