"""The number of an asking goes along with its messages: the receiver's log lines have it, and so does the answer."""

from __future__ import annotations

from dataclasses import replace

from evenroll.records.log_lines import LogCode, LogLine, carried_on, current_request, hear, request_scope
from tests.territory import NOW, Territory
from tests.worker.test_together import until_asked


def _messages(territory: Territory) -> list[tuple[str, str, str, str]]:
    """Id, kind, conversation and request of each message of the territory."""
    from evenroll.records.models import OutboxMessage
    from evenroll.records.organizations import open_organization

    found: list[tuple[str, str, str, str]] = []
    for key in territory.organizations:
        with open_organization(key):
            found += OutboxMessage.objects.values_list("message_id", "kind", "conversation", "request")
    return found


def test_who_brings_a_message_tells_by_whose_asking_it_came(territory: Territory) -> None:
    lines = list[LogLine]()
    stop = hear(lambda line, _level: lines.append(line))
    try:
        territory.apply(territory.premise())
        territory.run()
    finally:
        stop()
    messages = _messages(territory)
    requests = {message: request for message, _, _, request in messages}
    brought = {each.message: each.request for each in lines if each.code is LogCode.MESSAGE_TAKEN}
    # Each line of the receiver has the number that its message carries, and the one who caused it has told of it.
    assert len(brought) > 1 and all(requests.values())
    assert brought == {message: requests[message] for message in brought}
    assert set(requests.values()) <= {each.request for each in lines if each.code is LogCode.COMMAND_TAKEN}
    # What was answered at once carries the number of the question.
    of_kind = {kind: request for _, kind, _, request in messages}
    assert of_kind["request_answered"] == of_kind["meter_requested"]


def test_messages_that_are_taken_together_keep_their_own_numbers(territory: Territory) -> None:
    from evenroll.worker.receiving_together import receive_together

    for _ in range(2):
        territory.apply(territory.premise())
    asked = {
        each.envelope.conversation: replace(each.envelope, request=f"asked-{at}")
        for at, each in enumerate(until_asked(territory))
    }
    assert len(asked) == 2
    assert all(receive_together(list(asked.values()), NOW))
    answered = {conversation: request for _, kind, conversation, request in _messages(territory) if "answered" in kind}
    assert answered == {conversation: each.request for conversation, each in asked.items()}


def test_an_older_peers_message_names_nobody_and_is_taken_all_the_same(territory: Territory) -> None:
    from evenroll.records.models import OutboxMessage
    from evenroll.records.organizations import open_organization

    number = territory.apply(territory.premise())
    with open_organization(territory.utility):
        OutboxMessage.objects.update(request="")
    territory.run()
    assert "decision_made" in territory.events(territory.utility, number)
    with request_scope() as running, carried_on(""):
        assert current_request() == running
    with request_scope(), carried_on("another"):
        assert current_request() == "another"
    assert current_request() == ""
