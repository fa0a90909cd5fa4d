"""Requests are paged, split and repeated, and what cannot be done is told in a sentence."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from wlcron.aws.clients import AwsClients
from wlcron.errors import StoreError
from wlcron.stores.dynamodb.database import Database
from wlcron.stores.dynamodb.faults import Cancelled, Lost
from wlcron.stores.dynamodb.requests import Update, put_new
from wlcron.stores.dynamodb.tables import Item, Tables, key

Answer = Item | Exception
KEYS = [key("a", str(n)) for n in range(250)]
PAUSES: list[float] = []


class Script(AwsClients):
    """Clients that answer what they are told to, one answer after the other."""

    def __init__(self, *answers: Answer | Callable[[Item], Answer]) -> None:
        super().__init__()
        self.asked: list[tuple[str, Item]] = []
        self._answers = list(answers)

    async def get(self, service: str) -> Any:  # noqa: ANN401 -- as the port has it
        """Return a client of any service."""
        assert service == "dynamodb"
        return self

    def __getattr__(self, operation: str) -> Any:  # noqa: ANN401 -- botocore's clients are made so
        async def ask(**parameters: Any) -> Item:  # noqa: ANN401 -- whatever is asked
            self.asked.append((operation, parameters))
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            said = answer if isinstance(answer, dict | Exception) else answer(parameters)
            if isinstance(said, Exception):
                raise said
            return said

        return ask


def refusal(code: str, operation: str = "GetItem", **more: object) -> ClientError:
    """Return what botocore raises."""
    return ClientError({"Error": {"Code": code, "Message": "because"}, **more}, operation)


def cancelled(*codes: str, item: Item | None = None) -> ClientError:
    """Return the error of a transaction that was cancelled for these reasons."""
    reasons = [{"Code": code, "Message": f"{code}!"} for code in codes]
    if item:
        reasons[-1]["Item"] = item  # type: ignore[assignment]  # as AWS answers
    return refusal(
        "TransactionCanceledException", "TransactWriteItems", CancellationReasons=reasons
    )


def database(script: Script) -> Database:
    """Return a database that a script answers for, and that waits for nobody."""
    PAUSES.clear()
    return Database(script, Tables("wl"), pause=_note)


async def _note(seconds: float) -> None:
    PAUSES.append(seconds)


async def test_every_page_of_a_query_is_followed() -> None:
    """Also an empty one: a filter, or an index, may leave nothing of a page."""
    script = Script(
        {"Items": [{"n": 1}], "LastEvaluatedKey": {"k": 1}},
        {"Items": [], "LastEvaluatedKey": {"k": 2}},
        {"Items": [{"n": 2}]},
    )
    assert await database(script).query("t") == [{"n": 1}, {"n": 2}]
    assert [asked.get("ExclusiveStartKey") for _, asked in script.asked] == [
        None,
        {"k": 1},
        {"k": 2},
    ]


async def test_a_query_ends_where_there_is_enough() -> None:
    """No more pages than are wanted."""
    script = Script({"Items": [{"n": 1}, {"n": 2}], "LastEvaluatedKey": {"k": 1}})
    assert await database(script).query("t", 2) == [{"n": 1}, {"n": 2}]
    assert len(script.asked) == 1


async def test_what_was_left_unread_is_read() -> None:
    """DynamoDB may answer only a part of a batch."""

    def half(parameters: Item) -> Item:
        keys = parameters["RequestItems"]["t"]["Keys"]
        read, left = keys[: len(keys) // 2 + 1], keys[len(keys) // 2 + 1 :]
        rest = {"t": {"Keys": left, "ConsistentRead": True}} if left else {}
        return {"Responses": {"t": read}, "UnprocessedKeys": rest}

    found = await database(Script(half)).get_many("t", KEYS)
    assert Counter(item["sk"]["S"] for item in found) == Counter(str(n) for n in range(250))


async def test_what_was_left_undone_is_done() -> None:
    """DynamoDB may do only a part of a batch; a batch is 25."""
    gone: list[str] = []

    def some(parameters: Item) -> Item:
        writes = parameters["RequestItems"]["t"]
        assert len(writes) <= 25
        gone.extend(each["DeleteRequest"]["Key"]["sk"]["S"] for each in writes[:20])
        left = writes[20:]
        return {"UnprocessedItems": {"t": left} if left else {}}

    await database(Script(some)).delete_many("t", KEYS)
    assert sorted(gone) == sorted(str(n) for n in range(250))


@pytest.mark.parametrize(
    "conflict",
    [
        refusal("TransactionConflictException"),
        refusal("TransactionInProgressException"),
        cancelled("None", "TransactionConflict"),
        cancelled("ThrottlingError", "None"),
    ],
)
async def test_who_met_others_tries_again(conflict: ClientError) -> None:
    """Nothing is lost by it, and nobody is told."""
    script = Script(conflict, conflict, {})
    assert await database(script).transact([put_new("t", key("a", "b"))]) is None
    assert len(script.asked) == 3


async def test_a_condition_that_did_not_hold_is_an_answer() -> None:
    """With the item as it is, where there is one."""
    lost = refusal("ConditionalCheckFailedException", "UpdateItem", Item={"a": 1})
    update = Update("t", KEYS[0]).set({"a": None}).expect(a={"N": "2"})
    assert await database(Script(lost)).update(update) == Lost({"a": 1})
    lost = refusal("ConditionalCheckFailedException", "UpdateItem")
    assert await database(Script(lost)).update(update) == Lost(None)


async def test_a_cancelled_transaction_says_who_lost() -> None:
    """Those that only met others are innocent."""
    error = cancelled("None", "TransactionConflict", "ConditionalCheckFailed", item={"a": 1})
    answer = await database(Script(error)).transact([])
    assert answer == Cancelled((None, None, Lost({"a": 1})))


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            refusal("ResourceNotFoundException"),
            "DynamoDB has no table t in this account and region: `wl aws bootstrap` makes it",
        ),
        (refusal("AccessDeniedException"), "AWS does not allow GetItem: because"),
        (refusal("ExpiredTokenException"), "AWS does not take these credentials"),
        (refusal("ThrottlingException"), "GetItem was refused (ThrottlingException): because"),
        (ConnectTimeoutError(endpoint_url="http://x"), "AWS does not answer"),
        (cancelled("ValidationError"), "DynamoDB refused to write to t: ValidationError!"),
    ],
)
async def test_what_cannot_be_done_is_one_sentence(error: Exception, sentence: str) -> None:
    """It says what to do, or what AWS said."""
    with pytest.raises(StoreError) as caught:
        await database(Script(error)).get("t", KEYS[0])
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_what_is_never_done_is_given_up() -> None:
    """And told, after some tries that are ever further apart."""
    left = {"Responses": {}, "UnprocessedKeys": {"t": {"Keys": KEYS[:2]}}}
    with pytest.raises(StoreError, match="busy"):
        await database(Script(left)).get_many("t", KEYS[:2])
    assert len(PAUSES) > 5
    assert PAUSES[-1] > PAUSES[0]
    conflict = refusal("TransactionConflictException")
    with pytest.raises(StoreError, match="TransactionConflict"):
        await database(Script(conflict)).transact([])
