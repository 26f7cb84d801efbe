"""Reminders and collection never outlive their claim: checked where the claim's balance changes."""

from django.db import migrations


def composite(table: str, name: str) -> str:
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (claim_id, account_id) "
        "REFERENCES ledger_claim (id, account_id) DEFERRABLE INITIALLY DEFERRED;\n"
    )


FORWARD = (
    composite("dunning_procedure", "procedure_of_claim")
    + composite("dunning_dunningnotice", "notice_of_claim")
    + composite("dunning_collectionorder", "collection_of_claim")
    + composite("dunning_pause", "pause_of_claim")
    + """
CREATE FUNCTION dunning_ends_with_its_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT b.outstanding_cents = 0 FROM ledger_claimbalance b WHERE b.claim_id = NEW.claim_id)
       AND (EXISTS (SELECT 1 FROM dunning_procedure p WHERE p.claim_id = NEW.claim_id AND p.state = 'running')
            OR EXISTS (SELECT 1 FROM dunning_collectionorder o
                        WHERE o.claim_id = NEW.claim_id AND o.state = 'handed_over')) THEN
        RAISE EXCEPTION 'reminders or collection would outlive claim %', NEW.claim_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER dunning_ends_with_its_claim AFTER UPDATE ON ledger_claimbalance
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.outstanding_cents = 0)
    EXECUTE FUNCTION dunning_ends_with_its_claim();
"""
)
BACKWARD = """
DROP TRIGGER dunning_ends_with_its_claim ON ledger_claimbalance;
DROP FUNCTION dunning_ends_with_its_claim();
ALTER TABLE dunning_procedure DROP CONSTRAINT procedure_of_claim;
ALTER TABLE dunning_dunningnotice DROP CONSTRAINT notice_of_claim;
ALTER TABLE dunning_collectionorder DROP CONSTRAINT collection_of_claim;
ALTER TABLE dunning_pause DROP CONSTRAINT pause_of_claim;
"""


class Migration(migrations.Migration):
    dependencies = [("dunning", "0001_initial"), ("ledger", "0002_composite_keys")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
