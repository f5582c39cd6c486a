"""Of which events a customer is told, and within what time. The sentences stand in the message catalog."""

from __future__ import annotations

from datetime import timedelta

NOTICE_KINDS = frozenset(
    {
        "case_opened",
        "provider_unreachable",
        "provider_answered",
        "case_handed_over",
        "case_received",
        "form_received",
        "mail_stamped",
        "form_returned",
        "application_completed",
        "proof_failed",
        "match_review_opened",
        "identity_proved",
        "register_unreachable",
        "decision_made",
        "cure_asked",
        "condition_due_set",
        "condition_met",
        "terms_received",
        "enrolled",
        "meter_need_found",
        "visit_heard",
        "meter_heard",
        "switch_heard",
        "bill_heard",
        "price_started",
        "control_started",
        "activated",
        "device_tested",
        "parameters_set",
        "statement_issued",
        "withdraw_asked",
        "withdrawn",
        "withdraw_too_late",
        "rescinded",
        "expired",
        "reminded",
        "supply_lost_heard",
        "ended",
        "refused_at_proof",
        "refused_by_provider",
        "appeal_opened",
        "appeal_decided",
        "refusal_closed",
    }
)
"""The kinds of events in a case that its customer is told of."""

NOTICE_WITHIN = timedelta(days=1)
"""A change of state is told within a day; what the law demands sooner is data of the jurisdiction."""
