"""The laboratory's process, and moto behind its lock, can be relied upon."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.aws_lab.clients import Make
from tests.aws_lab.control import Control
from tests.aws_lab.process import Lab


def make_table(aws: Make, name: str) -> None:
    """Make a table with a key `k`."""
    aws("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def test_a_long_poll_stops_nobody_and_gets_the_message(aws: Make) -> None:
    """ReceiveMessage's wait leaves the others their turn, and ends with what they send."""
    sqs = aws("sqs")
    url = sqs.create_queue(QueueName="long-poll")["QueueUrl"]
    with ThreadPoolExecutor(1) as beside:
        waiting = beside.submit(aws("sqs").receive_message, QueueUrl=url, WaitTimeSeconds=20)
        sqs.list_queues()
        sqs.send_message(QueueUrl=url, MessageBody="hello")
        [message] = waiting.result(10)["Messages"]
    assert message["Body"] == "hello"


def test_a_queue_has_a_wait_of_its_own(aws: Make) -> None:
    """ReceiveMessageWaitTimeSeconds holds where ReceiveMessage names none."""
    sqs = aws("sqs")
    wait = {"ReceiveMessageWaitTimeSeconds": "20"}
    url = sqs.create_queue(QueueName="patient", Attributes=wait)["QueueUrl"]
    with ThreadPoolExecutor(1) as beside:
        waiting = beside.submit(aws("sqs").receive_message, QueueUrl=url)
        sqs.list_queues()
        sqs.send_message(QueueUrl=url, MessageBody="hello")
        assert waiting.result(10)["Messages"]


def test_an_abandoned_long_poll_takes_no_message(aws: Make, lab: Lab) -> None:
    """Who has gone away gets nothing that others wait for."""
    url = aws("sqs").create_queue(QueueName="abandoned")["QueueUrl"]
    config = Config(read_timeout=0.3, retries={"total_max_attempts": 1})
    given = lab.environment()
    leaving = boto3.client(
        "sqs",
        endpoint_url=lab.url,
        region_name=given["AWS_REGION"],
        aws_access_key_id="lab",
        aws_secret_access_key="lab",  # noqa: S106 -- not a secret
        config=config,
    )
    with pytest.raises(ReadTimeoutError):
        leaving.receive_message(QueueUrl=url, WaitTimeSeconds=20)
    leaving.close()
    aws("sqs").send_message(QueueUrl=url, MessageBody="still here")
    received = aws("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=5)
    assert received["Messages"]


def test_no_write_is_lost_beside_cancelled_transactions(aws: Make) -> None:
    """A transaction that is cancelled leaves alone what others write at the same time."""
    make_table(aws, "races")
    clients = [aws("dynamodb") for _ in range(8)]
    condition = "attribute_not_exists(k)"

    def put(key: str) -> dict[str, object]:
        return {"TableName": "races", "Item": {"k": {"S": key}}, "ConditionExpression": condition}

    def write(number: int) -> int:
        won = 0
        for turn in range(20):
            items = [{"Put": put(f"own-{number}-{turn}")}, {"Put": put(f"shared-{turn}")}]
            try:
                clients[number].transact_write_items(TransactItems=items)
                won += 1
            except clients[number].exceptions.TransactionCanceledException:
                clients[number].put_item(**put(f"alone-{number}-{turn}"))
        return won

    with ThreadPoolExecutor(len(clients)) as pool:
        won = sum(pool.map(write, range(len(clients))))
    found = clients[0].scan(TableName="races", ConsistentRead=True)["Items"]
    kinds = Counter(item["k"]["S"].partition("-")[0] for item in found)
    assert won == kinds["own"] == kinds["shared"] == 20
    assert kinds["alone"] == 7 * 20


def test_a_transaction_with_a_token_is_carried_out_once(aws: Make) -> None:
    """The same ClientRequestToken does nothing again; with other parameters it is refused."""
    make_table(aws, "tokens")
    dynamodb = aws("dynamodb")

    def add(number: int) -> None:
        update = {
            "TableName": "tokens",
            "Key": {"k": {"S": "sum"}},
            "UpdateExpression": "ADD added :n",
            "ExpressionAttributeValues": {":n": {"N": str(number)}},
        }
        dynamodb.transact_write_items(TransactItems=[{"Update": update}], ClientRequestToken="once")

    add(3)
    add(3)
    with pytest.raises(ClientError, match="IdempotentParameterMismatchException"):
        add(4)
    assert dynamodb.get_item(TableName="tokens", Key={"k": {"S": "sum"}})["Item"]["added"] == {
        "N": "3"
    }


def test_every_request_is_counted(aws: Make, control: Control) -> None:
    """Requests are counted by service and operation, the laboratory's own are not."""
    control.forget()
    aws("sqs").list_queues()
    aws("dynamodb").list_tables()
    aws("dynamodb").list_tables()
    assert control.calls() == {"sqs:ListQueues": 1, "dynamodb:ListTables": 2}
    assert control.calls("somebody else") == {}


def test_a_fault_meets_the_calls_that_were_named(aws: Make, control: Control) -> None:
    """A fault is answered in the service's own form, as often as was asked for."""
    control.fault("sns:ListTopics", code="InternalError", status=500)
    control.fault("ecs:*", code="AccessDeniedException", message="not allowed to")
    with pytest.raises(ClientError, match=r"AccessDeniedException.*not allowed to"):
        aws("ecs").list_clusters()
    aws("ecs").list_clusters()
    sns = aws("sns")  # boto3 tries again
    assert sns.list_topics()["ResponseMetadata"]["RetryAttempts"] == 1


def test_an_answer_that_is_lost_was_carried_out(aws: Make, control: Control) -> None:
    """A fault with is_done hides what was done."""
    control.fault("sqs:CreateQueue", is_done=True, code="RequestExpired", message="too late")
    with pytest.raises(ClientError, match="too late"):
        aws("sqs").create_queue(QueueName="made-all-the-same")
    assert aws("sqs").get_queue_url(QueueName="made-all-the-same")
