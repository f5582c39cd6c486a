"""The papers that customers hand in: what each is, and which question of a form or of a vehicle it answers."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from evenroll.enrollment.moving_events import OwnershipDocument
from evenroll.programs.program import DocumentKind


class PaperKind(StrEnum):
    """What a paper is, as its sender says it; whoever decides on it looks at it."""

    VEHICLE_REGISTRATION = "vehicle_registration"
    PURCHASE_ORDER = "purchase_order"
    BILL_OF_SALE = "bill_of_sale"
    TITLE = "title"
    LEASE = "lease"
    LANDLORD_PERMISSION = "landlord_permission"
    LETTER_OF_AUTHORIZATION = "letter_of_authorization"
    INSPECTION_CERTIFICATE = "inspection_certificate"
    INSTALLER_ATTESTATION = "installer_attestation"
    PERMIT = "permit"
    RECEIPT = "receipt"


class LookReason(StrEnum):
    """Why a person of the staff looks at something personal."""

    DECIDES = "decides"
    SETTLES_IDENTITY = "settles_identity"
    CUSTOMER_ASKS = "customer_asks"
    CORRECTS = "corrects"
    COMPLAINT = "complaint"
    BILLS = "bills"
    VISITS = "visits"
    AUDIT = "audit"


_OWNERSHIP = {PaperKind.VEHICLE_REGISTRATION: OwnershipDocument.REGISTRATION}


def documents_of(kinds: Collection[PaperKind]) -> frozenset[DocumentKind]:
    """The documents that a form can say of these papers."""
    said = {kind.value for kind in kinds}
    return frozenset(each for each in DocumentKind if each.value in said)


def ownership_of(kind: PaperKind) -> OwnershipDocument | None:
    """What a paper shows of whose a vehicle is; None where it shows nothing of that."""
    if kind in _OWNERSHIP:
        return _OWNERSHIP[kind]
    return next((each for each in OwnershipDocument if each.value == kind.value), None)
