"""What must hold about reminders and collection."""

from __future__ import annotations

from kulanz.infra.checks import Check, sql_check

CHECKS: tuple[Check, ...] = (
    sql_check(
        "no reminder procedure runs on a claim with nothing outstanding",
        "SELECT c.reference FROM dunning_procedure p JOIN ledger_claimbalance b ON b.claim_id = p.claim_id "
        "JOIN ledger_claim c ON c.id = p.claim_id WHERE p.state = 'running' AND b.outstanding_cents = 0",
    ),
    sql_check(
        "no collection order is alive on a claim with nothing outstanding",
        "SELECT o.reference FROM dunning_collectionorder o JOIN ledger_claimbalance b ON b.claim_id = o.claim_id "
        "WHERE o.state = 'handed_over' AND b.outstanding_cents = 0",
    ),
    sql_check(
        "every open objection pauses its claim",
        "SELECT d.reference FROM ledger_dispute d WHERE d.state = 'open' AND NOT EXISTS (SELECT 1 FROM dunning_pause p "
        "WHERE p.dispute_id = d.id AND p.claim_id = d.claim_id AND p.ended_at IS NULL) "
        "AND EXISTS (SELECT 1 FROM ledger_claimbalance b WHERE b.claim_id = d.claim_id AND b.outstanding_cents > 0)",
    ),
    sql_check(
        "every notice names a message in the outbox",
        "SELECT n.id FROM dunning_dunningnotice n LEFT JOIN contact_message m ON m.id = n.message_id "
        "WHERE m.id IS NULL",
    ),
    sql_check(
        "no notice was issued before its claim was due",
        "SELECT n.id FROM dunning_dunningnotice n JOIN ledger_claim c ON c.id = n.claim_id "
        "WHERE n.issued_on <= c.due_on",
    ),
)
