"""The triggers that make a wrong notice or hand-over impossible."""

from __future__ import annotations

import pgtrigger

# Due, open, undisputed, not paused and of that account, on the day it is issued. The shared lock makes a payment or an
# objection under way finish first, and then its result counts.
_PURSUABLE = """
    PERFORM 1 FROM ledger_claimbalance b
      WHERE b.claim_id = NEW.claim_id AND b.account_id = NEW.account_id
        AND b.outstanding_cents > 0 AND b.open_disputes = 0 AND b.due_on < {day}
      FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'claim % is not due, open and undisputed on %', NEW.claim_id, {day}
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM dunning_pause p WHERE p.claim_id = NEW.claim_id AND p.ended_at IS NULL) THEN
        RAISE EXCEPTION 'claim % is paused', NEW.claim_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


def pursuable(day: str, *, living: str | None = None) -> pgtrigger.Trigger:
    """`day` is the SQL of the day on which the claim must be overdue; `living` the state that must not be taken up
    again without being pursuable."""
    operation, func = pgtrigger.Insert, _PURSUABLE.format(day=day)
    if living is not None:
        operation = pgtrigger.Insert | pgtrigger.Update
        unmoved = (
            f"IF NEW.state <> '{living}' OR (TG_OP = 'UPDATE' AND OLD.state = '{living}') THEN RETURN NEW; END IF;"
        )
        func = unmoved + func
    return pgtrigger.Trigger(name="claim_is_pursuable", when=pgtrigger.Before, operation=operation, func=func)
