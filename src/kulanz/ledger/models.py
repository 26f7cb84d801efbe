"""The tables of the books. Every row that hangs on an account carries `account_id`."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import F, Func, Q

from kulanz.infra.guards import append_only, fixed, never_deleted
from kulanz.infra.ids import new_id
from kulanz.infra.models import Upload
from kulanz.kernel.money import Money
from kulanz.kernel.states import StateMachine
from kulanz.ledger import guards
from kulanz.ledger.rules import claim_state
from kulanz.ledger.states import (
    DISPUTE,
    Book,
    ClaimKind,
    ClaimState,
    DisputeKind,
    DisputeState,
    TransactionKind,
)
from kulanz.parties.api import Account, Brand


def choices(kinds: type[StrEnum]) -> list[tuple[str, str]]:
    return [(kind.value, kind.value) for kind in kinds]


class Invoice(models.Model):
    """The document that founds one claim, or the credit note that takes something back. Append-only."""

    class Kind(models.TextChoices):
        INVOICE = "invoice"
        CREDIT_NOTE = "credit_note"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=70)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    order_number = models.CharField(max_length=70, blank=True)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    # What the shop wrote, also where that invoice has not come in yet.
    corrects_number = models.CharField(max_length=70, blank=True)
    issued_on = models.DateField()
    total_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "number"], name="invoice_number_once_per_brand"),
            models.UniqueConstraint(fields=["id", "account"], name="invoice_with_its_account"),
            models.CheckConstraint(
                condition=~Q(kind="credit_note") | Q(total_cents__lte=0), name="credit_notes_are_not_positive"
            ),
        ]
        indexes = [models.Index(fields=["account", "-issued_on"], name="invoice_by_account")]
        triggers = [append_only("ledger_invoice")]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> Money:
        return Money(self.total_cents, self.currency)


class Claim(models.Model):
    """An amount one account owes on one invoice. The row never changes; what is left of it is the balance.

    `account` is the debtor's account; `ordered_by` the account that placed the order, which may be a thief's.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=25, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    ordered_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=14, choices=choices(ClaimKind), default=ClaimKind.PRINCIPAL.value)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, null=True, related_name="claim")
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    founded_on = models.DateField()
    due_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "account"], name="claim_with_its_account"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="claims_are_positive"),
            models.CheckConstraint(
                condition=Q(kind="principal", invoice__isnull=False, parent=None)
                | (~Q(kind="principal") & Q(parent__isnull=False)),
                name="principal_names_invoice_side_claim_names_parent",
            ),
        ]
        indexes = [models.Index(fields=["account", "due_on"], name="claim_by_account")]
        triggers = [append_only("ledger_claim"), guards.CLAIM_GETS_BALANCE]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)

    @property
    def title(self) -> str:
        """What people call it: the invoice number, or the reference where there is no invoice of its own."""
        return self.invoice.number if self.invoice is not None else self.reference


class ClaimBalance(models.Model):
    """What is left of a claim and what became of the rest. Kept by the database, recomputed by `kulanz verify`."""

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, primary_key=True, related_name="balance")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    due_on = models.DateField()
    currency = models.CharField(max_length=3)
    outstanding_cents = models.BigIntegerField(default=0)
    charged_cents = models.BigIntegerField(default=0)
    paid_cents = models.BigIntegerField(default=0)
    credited_cents = models.BigIntegerField(default=0)
    written_off_cents = models.BigIntegerField(default=0)
    reversed_cents = models.BigIntegerField(default=0)
    open_disputes = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(outstanding_cents__gte=0), name="never_more_taken_than_owed"),
            models.CheckConstraint(condition=Q(open_disputes__gte=0), name="open_disputes_counted"),
            models.CheckConstraint(
                condition=Q(
                    outstanding_cents=F("charged_cents")
                    - F("paid_cents")
                    - F("credited_cents")
                    - F("written_off_cents")
                    - F("reversed_cents")
                ),
                name="balance_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(paid_cents__gte=0, outstanding_cents__lte=F("charged_cents")),
                name="never_more_owed_than_charged",
            ),
            models.CheckConstraint(
                condition=Q(credited_cents__gte=0, written_off_cents__gte=0, reversed_cents__gte=0),
                name="nothing_taken_back_twice",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "due_on"], condition=~Q(outstanding_cents=0), name="open_by_account"),
            models.Index(
                fields=["due_on"],
                condition=~Q(outstanding_cents=0) & Q(open_disputes=0),
                name="open_by_due_day",
            ),
        ]
        triggers = [
            never_deleted("ledger_claimbalance"),
            fixed("ledger_claimbalance", "claim_id", "account_id", "due_on", "currency"),
            guards.BALANCE_FOLLOWS_POSTINGS,
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.outstanding}"

    @property
    def outstanding(self) -> Money:
        return Money(self.outstanding_cents, self.currency)

    @property
    def paid(self) -> Money:
        return Money(self.paid_cents, self.currency)

    @property
    def state(self) -> ClaimState:
        """Derived; see `rules.claim_state`."""
        return claim_state(
            outstanding_cents=self.outstanding_cents,
            charged_cents=self.charged_cents,
            written_off_cents=self.written_off_cents,
            reversed_cents=self.reversed_cents,
            disputed=self.open_disputes > 0,
        )


class ClaimReference(models.Model):
    """What a payer may write to mean this claim: normalised (upper case, letters and digits only)."""

    value = models.CharField(max_length=80)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="references")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["value", "claim"], name="claim_reference_once")]

    def __str__(self) -> str:
        return self.value


class Transaction(models.Model):
    """One booking: at least two postings that sum to zero per currency. Append-only.

    `key` makes it idempotent (the same event again books nothing; another content under the same key is refused),
    `link` ties the two halves of an allocation together, `xid` lets the database refuse postings added later.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=120, unique=True)
    content_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=18, choices=choices(TransactionKind))
    text = models.CharField(max_length=200)
    booked_on = models.DateField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    link = models.UUIDField(null=True)
    xid = models.BigIntegerField(
        db_default=Func(
            function="pg_current_xact_id",
            template="(%(function)s()::text::bigint)",
            output_field=models.BigIntegerField(),
        ),
        editable=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "account"], name="transaction_with_its_account"),
        ]
        indexes = [
            models.Index(fields=["account", "-booked_on", "-id"], name="transaction_by_account"),
            models.Index(fields=["link"], condition=Q(link__isnull=False), name="transaction_by_link"),
        ]
        triggers = [append_only("ledger_transaction"), guards.TRANSACTION_BALANCES, guards.REVERSALS_MIRROR]

    def __str__(self) -> str:
        return f"{self.kind} {self.text}"


class Posting(models.Model):
    """One row of a booking, debit positive. Append-only.

    The foreign keys to transaction and claim are composite with `account_id` (migration 0002), so a posting can only
    lie on the account of its transaction and of its claim.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="postings", db_constraint=False)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    line = models.SmallIntegerField()
    book = models.CharField(max_length=20, choices=choices(Book))
    claim = models.ForeignKey(
        Claim,
        on_delete=models.PROTECT,
        null=True,
        related_name="postings",
        db_constraint=False,
        db_index=False,
    )
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount_cents=0), name="no_posting_of_nothing"),
            models.CheckConstraint(condition=Q(book__in=[b.value for b in Book]), name="book_is_known"),
            models.CheckConstraint(
                condition=Q(book="receivable", claim__isnull=False) | (~Q(book="receivable") & Q(claim=None)),
                name="receivables_name_their_claim",
            ),
        ]
        indexes = [
            models.Index(fields=["claim"], condition=Q(claim__isnull=False), name="posting_by_claim"),
            models.Index(fields=["account"], condition=Q(book="refunds_payable"), name="posting_of_credits"),
        ]
        triggers = [append_only("ledger_posting"), guards.POSTINGS_APPLY, guards.CREDIT_COVERS_POSTINGS]

    def __str__(self) -> str:
        return f"{self.book} {self.amount}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)


class Dispute(models.Model):
    """Somebody says he does not owe it. Open until a person has decided it, with reasons."""

    machine: StateMachine[DisputeState] = DISPUTE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=16, unique=True)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="disputes")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=choices(DisputeKind))
    # None: the whole claim. A part of it only where somebody said so.
    amount_cents = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    words = models.TextField(blank=True)
    raised_at = models.DateTimeField()
    raised_by = models.CharField(max_length=200)
    decide_by = models.DateField()
    state = models.CharField(max_length=12, choices=choices(DisputeState), default=DisputeState.OPEN.value)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decision_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents=None) | Q(amount_cents__gt=0), name="partial_disputes_are_positive"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None)
                | (~Q(state="open") & Q(decided_at__isnull=False) & ~Q(decision_reason="") & ~Q(decided_by="")),
                name="decided_disputes_have_reason_and_decider",
            ),
        ]
        indexes = [
            models.Index(fields=["claim", "state"], name="dispute_by_claim"),
            models.Index(fields=["decide_by"], condition=Q(state="open"), name="open_disputes_by_day"),
        ]
        triggers = [
            never_deleted("ledger_dispute"),
            fixed("ledger_dispute", "id", "claim_id", "account_id", "kind", "raised_at"),
            guards.DISPUTES_COUNT,
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> Money | None:
        return None if self.amount_cents is None else Money(self.amount_cents, self.currency)


class DisputeProof(models.Model):
    """A file somebody sent to show why he does not owe it. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="proofs")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)

    class Meta:
        triggers = [append_only("ledger_disputeproof")]

    def __str__(self) -> str:
        return str(self.upload)


class DisputeNote(models.Model):
    """Further words to an objection that was there already: nothing anybody says to us is lost. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="notes")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    words = models.TextField()
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="further_words_are_words")]
        triggers = [append_only("ledger_disputenote")]

    def __str__(self) -> str:
        return self.words


class BankAccount(models.Model):
    """One of our own bank accounts. `on_trial` marks accounts taken in only to try a file.

    `books_interim`: the bank sends no statement of the finished day for this account, only reports and notifications
    of the running one, so these are booked. Otherwise they are shown, and booked when the statement comes.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    iban = models.CharField(max_length=40, unique=True)
    bic = models.CharField(max_length=11, blank=True)
    bank_name = models.CharField(max_length=120, blank=True)
    holder = models.CharField(max_length=140)
    currency = models.CharField(max_length=3)
    on_trial = models.BooleanField(default=False)
    books_interim = models.BooleanField(default=False, db_default=False)

    def __str__(self) -> str:
        return self.iban


class BankStatement(models.Model):
    """A statement as it came in: opening balance, entries, closing balance, checked to add up. Append-only.

    `first_on` and `last_on` are the days of its entries, whatever period the bank states. `entries` counts payments
    (a batch of ten is ten), `new_lines` those that had not come before, `credit_cents` what came in without what went
    out. An `interim` one was told, not booked, unless its account books such reports; `announced` counts what was only
    told. `notes` are sentences for finance, each with its facts.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="statements")
    statement_id = models.CharField(max_length=80)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    format = models.CharField(max_length=20)
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    sequence = models.CharField(max_length=40, blank=True, default="", db_default="")
    opening_cents = models.BigIntegerField(null=True)
    opening_on = models.DateField(null=True)
    closing_cents = models.BigIntegerField(null=True)
    closing_on = models.DateField(null=True)
    credit_cents = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    entries = models.IntegerField()
    new_lines = models.IntegerField()
    interim = models.BooleanField(default=False, db_default=False)
    announced = models.IntegerField(default=0, db_default=0)
    not_booked = models.IntegerField(default=0, db_default=0)
    notes = models.JSONField(default=list, db_default=[])
    balanced = models.BooleanField(null=True)
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=200)

    class Meta:
        indexes = [
            models.Index(fields=["-imported_at"], name="statement_newest"),
            models.Index(fields=["bank_account", "last_on"], name="statement_by_days"),
        ]
        triggers = [append_only("ledger_bankstatement")]

    def __str__(self) -> str:
        return self.statement_id

    @property
    def opening(self) -> Money | None:
        return None if self.opening_cents is None else Money(self.opening_cents, self.currency)

    @property
    def closing(self) -> Money | None:
        return None if self.closing_cents is None else Money(self.closing_cents, self.currency)


class BankLine(models.Model):
    """One movement on our bank account, credit positive. Only `allocated_cents` ever moves, by trigger.

    `fingerprint` is what the line says and how often it has been said: `CONTENT:0` is the first payment of this
    content on this day, `CONTENT:1` an equal one (see `bank_intake/repeats.py`). `position` counts payments within the
    statement, `entry_position` the bank's entries: the payments of a batch share it.

    Of a returned debit `original_cents` is what had been drawn and `charges_cents` what the bank took for it, both in
    the currency of the line and empty where the bank says nothing.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="lines")
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    fingerprint = models.CharField(max_length=64, unique=True)
    position = models.IntegerField()
    entry_position = models.IntegerField(default=0, db_default=0)
    booked_on = models.DateField()
    value_on = models.DateField(null=True)
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    payer_name = models.CharField(max_length=200, blank=True)
    payer_iban = models.CharField(max_length=40, blank=True)
    payer_account = models.CharField(max_length=60, blank=True, default="", db_default="")
    ultimate_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    end_to_end_id = models.CharField(max_length=60, blank=True)
    mandate_id = models.CharField(max_length=60, blank=True, default="", db_default="")
    creditor_reference = models.CharField(max_length=40, blank=True)
    remittance = models.TextField(blank=True)
    bank_reference = models.CharField(max_length=60, blank=True)
    return_code = models.CharField(max_length=8, blank=True)
    original_cents = models.BigIntegerField(null=True)
    charges_cents = models.BigIntegerField(null=True)
    additional_text = models.TextField(blank=True, default="", db_default="")
    # Never booked by a rule: what takes back an earlier movement; and a line whose details do not explain its amount,
    # or of which a person has undone a booking (the trigger of reversals marks it).
    reversal = models.BooleanField(default=False)
    details_incomplete = models.BooleanField(default=False)
    allocated_cents = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount_cents=0), name="no_bank_line_of_nothing"),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0, allocated_cents__gte=0, allocated_cents__lte=F("amount_cents"))
                | Q(amount_cents__lt=0, allocated_cents__lte=0, allocated_cents__gte=F("amount_cents")),
                name="never_more_allocated_than_came_in",
            ),
        ]
        indexes = [
            models.Index(fields=["-booked_on", "-id"], name="bank_line_newest"),
            models.Index(
                fields=["booked_on", "id"],
                condition=~Q(allocated_cents=F("amount_cents")),
                name="bank_line_unexplained",
            ),
            models.Index(fields=["payer_iban"], condition=~Q(payer_iban=""), name="bank_line_by_payer"),
            models.Index(
                fields=["end_to_end_id"],
                condition=~Q(end_to_end_id__in=["", "NOTPROVIDED"]),
                name="bank_line_by_end_to_end_id",
            ),
        ]
        triggers = [
            guards.LINE_FOLLOWS_ALLOCATIONS,
            never_deleted("ledger_bankline"),
            fixed(
                "ledger_bankline",
                "id",
                "fingerprint",
                "amount_cents",
                "currency",
                "booked_on",
                "statement_id",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.amount}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)

    @property
    def unexplained(self) -> Money:
        return Money(self.amount_cents - self.allocated_cents, self.currency)


class SetAside(models.Model):
    """A person could not explain a payment that day and put it aside, with a reason, until a day. Never deleted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bank_line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="asides")
    until = models.DateField()
    why = models.CharField(max_length=500)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bank_line"], condition=Q(ended_at=None), name="aside_once_at_a_time"),
            models.CheckConstraint(condition=~Q(why=""), name="aside_for_a_reason"),
        ]
        triggers = [
            never_deleted("ledger_setaside"),
            fixed("ledger_setaside", "id", "bank_line_id", "until", "why", "set_at", "set_by"),
        ]

    def __str__(self) -> str:
        return f"{self.bank_line_id} until {self.until}"


class AnnouncedLine(models.Model):
    """One payment of an interim report (camt.052, camt.054, MT942): shown, not money yet. Append-only.

    Its money comes with the statement of the finished day. Where that statement gives a batch as one sum, the payments
    announced before under the same bank reference explain it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="announced_lines")
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    entry_position = models.IntegerField()
    position = models.IntegerField()
    booked_on = models.DateField()
    value_on = models.DateField(null=True)
    entry_cents = models.BigIntegerField()
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    payer_name = models.CharField(max_length=200, blank=True)
    payer_iban = models.CharField(max_length=40, blank=True)
    payer_account = models.CharField(max_length=60, blank=True)
    ultimate_name = models.CharField(max_length=200, blank=True)
    end_to_end_id = models.CharField(max_length=60, blank=True)
    mandate_id = models.CharField(max_length=60, blank=True)
    creditor_reference = models.CharField(max_length=40, blank=True)
    remittance = models.TextField(blank=True)
    bank_reference = models.CharField(max_length=60, blank=True)
    return_code = models.CharField(max_length=8, blank=True)
    original_cents = models.BigIntegerField(null=True)
    charges_cents = models.BigIntegerField(null=True)
    additional_text = models.TextField(blank=True)
    reversal = models.BooleanField(default=False)
    details_incomplete = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["bank_account", "bank_reference"],
                condition=~Q(bank_reference=""),
                name="announced_by_reference",
            ),
        ]
        triggers = [append_only("ledger_announcedline")]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.amount}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)


class Suggestion(models.Model):
    """A claim a bank line may belong to, with a score and its evidence, waiting for a person. Without a claim it is a
    refund of ours that came back: then it names the account whose credit lives again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bank_line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="suggestions")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    score = models.SmallIntegerField()
    rule = models.CharField(max_length=40)
    evidence = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bank_line", "claim"], name="suggested_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.bank_line_id} → {self.claim_id} ({self.score})"


class Allocation(models.Model):
    """Which part of a bank line paid which claim (or became a credit), by which rule or person. Append-only.

    Claim, customer's transaction and account hang together by composite foreign keys (migration 0002); these imply the
    single ones, which would only be looked up once more for each row.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bank_line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="allocations")
    claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, null=True, related_name="allocations", db_constraint=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    house_transaction = models.OneToOneField(Transaction, on_delete=models.PROTECT, related_name="+")
    customer_transaction = models.OneToOneField(
        Transaction, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    rule = models.CharField(max_length=40)
    score = models.SmallIntegerField()
    evidence = models.JSONField(default=dict)
    allocated_at = models.DateTimeField()
    allocated_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount_cents=0), name="no_allocation_of_nothing")]
        indexes = [models.Index(fields=["account", "-allocated_at"], name="allocation_by_account")]
        triggers = [
            append_only("ledger_allocation"),
            guards.ALLOCATIONS_APPLY,
            guards.RULES_DO_NOT_BOOK_AGAIN,
        ]

    def __str__(self) -> str:
        return f"{self.bank_line_id} → {self.claim_id or self.account_id}: {self.amount}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)


# The tables of money that goes back stand in a file of their own, above these; Django looks for tables here.
from kulanz.ledger.money_back_models import (  # noqa: E402
    AllocationReversal as AllocationReversal,
)
from kulanz.ledger.money_back_models import HouseBooking as HouseBooking  # noqa: E402
from kulanz.ledger.money_back_models import RefundOrder as RefundOrder  # noqa: E402
from kulanz.ledger.money_back_models import ReturnFee as ReturnFee  # noqa: E402
