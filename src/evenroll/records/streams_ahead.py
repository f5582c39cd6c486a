"""What commands to cases and service orders will lock, as their rows say it before anything is locked."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from evenroll.quantities.identifiers import CaseNumber, OrderNumber, PodId
from evenroll.records.organizations import current, cursor
from evenroll.records.streams import StreamId, case_stream, order_stream, point_stream


def streams_of_cases(numbers: Collection[CaseNumber]) -> Mapping[CaseNumber, frozenset[StreamId]]:
    """Of each case that stands here: itself and the cases that it is linked with."""
    if not numbers:
        return {}
    with cursor() as pen:
        rows = pen.execute(
            "SELECT number, follows, followed_by FROM case_record WHERE organization_id = %s AND number = ANY(%s)",
            (current().id, list(numbers)),
        ).fetchall()
    return {CaseNumber(row[0]): frozenset(case_stream(CaseNumber(each)) for each in row if each) for row in rows}


def streams_of_orders(numbers: Collection[OrderNumber]) -> Mapping[OrderNumber, frozenset[StreamId]]:
    """Of each service order that stands here: itself and its usage point."""
    if not numbers:
        return {}
    with cursor() as pen:
        rows = pen.execute(
            "SELECT number, pod FROM service_order WHERE organization_id = %s AND number = ANY(%s)",
            (current().id, list(numbers)),
        ).fetchall()
    return {
        OrderNumber(number): frozenset((point_stream(PodId(pod)), order_stream(OrderNumber(number))))
        for number, pod in rows
    }
