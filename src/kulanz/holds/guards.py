"""The triggers that make a wrong hold impossible, whoever writes it."""

from __future__ import annotations

import pgtrigger

# A payment hold or its proposal rests on at least one claim of that account that is due, open and undisputed, and on
# nothing else. Checked at commit; the shared lock makes a payment under way finish first, and then its result counts.
_RESTS_ON_CLAIMS = """
    SELECT h.kind, h.state INTO kind, state FROM holds_hold h WHERE h.id = {hold};
    IF kind <> 'payment' OR state NOT IN ('proposed', 'active') THEN RETURN NULL; END IF;
    PERFORM 1 FROM ledger_claimbalance b JOIN holds_holdreason r ON r.claim_id = b.claim_id
      WHERE r.hold_id = {hold} AND r.ended_at IS NULL ORDER BY b.claim_id FOR SHARE OF b;
    SELECT count(*), count(*) FILTER (WHERE b.outstanding_cents > 0 AND b.open_disputes = 0
                                        AND b.due_on < (r.given_at AT TIME ZONE 'Europe/Berlin')::date
                                        AND b.account_id = r.account_id)
      INTO living, good
      FROM holds_holdreason r LEFT JOIN ledger_claimbalance b ON b.claim_id = r.claim_id
     WHERE r.hold_id = {hold} AND r.ended_at IS NULL;
    IF living = 0 OR good <> living THEN
        RAISE EXCEPTION 'hold % must rest on due, open, undisputed claims of its account (% of % do)',
            {hold}, good, living USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""
_DECLARE = [
    ("kind", "text"),
    ("state", "text"),
    ("living", "integer"),
    ("good", "integer"),
]

HOLD_RESTS_ON_CLAIMS = pgtrigger.Trigger(
    name="rests_on_claims",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update,
    timing=pgtrigger.Deferred,
    declare=_DECLARE,
    func=_RESTS_ON_CLAIMS.format(hold="NEW.id"),
)
REASON_RESTS_ON_CLAIM = pgtrigger.Trigger(
    name="rests_on_claim",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update,
    timing=pgtrigger.Deferred,
    declare=_DECLARE,
    func=_RESTS_ON_CLAIMS.format(hold="NEW.hold_id"),
)
