"""A hold never outlives its claim: checked where the claim's balance changes, at the end of the transaction."""

from django.db import migrations

FORWARD = """
ALTER TABLE holds_holdreason ADD CONSTRAINT reason_of_hold
    FOREIGN KEY (hold_id, account_id) REFERENCES holds_hold (id, account_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE holds_holdreason ADD CONSTRAINT reason_of_claim
    FOREIGN KEY (claim_id, account_id) REFERENCES ledger_claim (id, account_id) DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION holds_end_with_their_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM holds_holdreason r JOIN ledger_claimbalance b ON b.claim_id = r.claim_id
                WHERE r.claim_id = NEW.claim_id AND r.ended_at IS NULL
                  AND (b.outstanding_cents = 0 OR b.open_disputes > 0)) THEN
        RAISE EXCEPTION 'a hold would outlive claim %', NEW.claim_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER holds_end_with_their_claim AFTER UPDATE ON ledger_claimbalance
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.outstanding_cents = 0 OR NEW.open_disputes > 0)
    EXECUTE FUNCTION holds_end_with_their_claim();
"""
BACKWARD = """
DROP TRIGGER holds_end_with_their_claim ON ledger_claimbalance;
DROP FUNCTION holds_end_with_their_claim();
ALTER TABLE holds_holdreason DROP CONSTRAINT reason_of_claim;
ALTER TABLE holds_holdreason DROP CONSTRAINT reason_of_hold;
"""


class Migration(migrations.Migration):
    dependencies = [("holds", "0001_initial"), ("ledger", "0002_composite_keys")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
