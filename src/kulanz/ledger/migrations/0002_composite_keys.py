"""Foreign keys that carry the account: a posting lies on the account of its transaction and of its claim."""

from django.db import migrations


def composite(table: str, name: str, columns: str, target: str, target_columns: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) REFERENCES {target} ({target_columns}) "
        "DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        composite(
            "ledger_posting", "posting_of_transaction", "transaction_id, account_id", "ledger_transaction", "id, account_id"
        ),
        composite("ledger_posting", "posting_of_claim", "claim_id, account_id", "ledger_claim", "id, account_id"),
        composite("ledger_claim", "claim_of_invoice", "invoice_id, account_id", "ledger_invoice", "id, account_id"),
        composite("ledger_claimbalance", "balance_of_claim", "claim_id, account_id", "ledger_claim", "id, account_id"),
        composite("ledger_claimreference", "reference_of_claim", "claim_id, account_id", "ledger_claim", "id, account_id"),
        composite("ledger_dispute", "dispute_of_claim", "claim_id, account_id", "ledger_claim", "id, account_id"),
        composite("ledger_allocation", "allocation_of_claim", "claim_id, account_id", "ledger_claim", "id, account_id"),
        composite(
            "ledger_allocation",
            "allocation_of_transaction",
            "customer_transaction_id, account_id",
            "ledger_transaction",
            "id, account_id",
        ),
    ]
