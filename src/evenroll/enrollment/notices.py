"""Of which events a customer is told, by what, and within what time. The sentences stand in the message catalog."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

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
        "final_bill_heard",
        "price_started",
        "control_started",
        "activated",
        "device_tested",
        "parameters_set",
        "statement_issued",
        "event_noticed",
        "event_cancelled",
        "incentive_earned",
        "incentive_sent",
        "incentive_reversed",
        "incentive_restored",
        "protection_settled",
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
        "leave_asked",
        "return_dated",
        "return_billed",
        "stayed",
        "lockout_set",
        "program_close_told",
        "device_lost",
        "device_back",
        "consent_ended",
        "consent_renewed",
        "suspended",
        "resumed",
        "correction_made",
        "waitlisted",
        "place_offered",
        "place_lapsed",
        "case_continued",
        "program_change_asked",
        "move_out_asked",
        "vehicle_added",
        "vehicle_swapped",
        "vehicle_removed",
        "vehicle_disputed",
        "vehicle_asked_about",
        "vehicle_question_closed",
        "vehicle_proof_asked",
        "vehicle_settled",
        "equipment_unfit",
        "case_merged",
        "answers_merged",
        "interest_asked",
        "admitted",
        "supply_sent",
        "supply_unverified",
        "supply_accepted",
        "supply_objected",
        "supply_began",
        "supply_news_heard",
        "supply_contested",
        "supplier_change_asked",
    }
)
"""The kinds of events in a case that its customer is told of."""

NOTICE_WITHIN = timedelta(days=1)
"""A change of state is told within a day; what the law demands sooner is data of the jurisdiction."""

REQUIRED_NOTICES = frozenset(
    {
        "decision_made",
        "cure_asked",
        "refused_at_proof",
        "refused_by_provider",
        "appeal_decided",
        "visit_heard",
        "switch_heard",
        "bill_heard",
        "final_bill_heard",
        "return_billed",
        "terms_received",
        "enrolled",
        "ended",
        "suspended",
        "equipment_unfit",
        "supply_lost_heard",
        "program_close_told",
    }
)
"""What always goes, by letter where nothing else is wanted: decision, visit, bill, safety (rules of the trade, 14)."""

NOTICE_STALE = timedelta(days=7)
"""What could not be told within this time after it happened is no news any more: it is withheld, and the case tells."""


class MessageChannel(StrEnum):
    """A way of messages that a customer may refuse."""

    EMAIL = "email"


class WithheldReason(StrEnum):
    """Why a notice was not sent, for whoever asks later."""

    CHANNEL_REFUSED = "channel_refused"
    NO_ADDRESS = "no_address"
    ADDRESS_UNUSABLE = "address_unusable"
    ERASED = "erased"
    TOO_LATE = "too_late"
    NOT_PROVED = "not_proved"


class NoticeState(StrEnum):
    """What became of a notice. before_sending: owed by a release that sent none."""

    OWED = "owed"
    SENT = "sent"
    WITHHELD = "withheld"
    PARKED = "parked"
    BEFORE_SENDING = "before_sending"
