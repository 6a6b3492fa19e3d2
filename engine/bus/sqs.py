"""Amazon SQS: a topic is a queue; a FIFO queue keeps the order per key, any other only delivers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .base import BusUnavailable, Delivery, Record
from .events import CONTENT_TYPE
from .transports import Options

VISIBILITY_SECONDS = 30
"""How long what was received and is not done stays hidden when its consumer dies."""

ANSWER_SECONDS = 20
"""How long the service may take to answer."""

BATCH = 10
"""Events received in one go: no more are handed out."""

FIFO = ".fifo"

AWAY = frozenset({"InternalFailure", "RequestThrottled", "ServiceUnavailable", "ThrottlingException"})
"""What the service says when the event is not to blame."""


class SqsTransport:
    """SQS at "sqs://KEY:SECRET@?region=REGION" or "sqs://KEY:SECRET@HOST:PORT?secure=false", for one that is elsewhere.

    Without a key the surroundings say who asks, as for every program that uses Amazon's client. options: the prefix of
    the queues' names.
    """

    embedded = False

    def __init__(self, url: str, options: Options) -> None:
        self._url, self._options = url, options

    def publisher(self) -> SqsPublisher:
        """Connect for publishing."""
        return SqsPublisher(_client(self._url), self._options)

    def consumer(self, topics: frozenset[str]) -> SqsConsumer:
        """Connect for consuming."""
        return SqsConsumer(_client(self._url), self._options, topics)


class SqsPublisher:
    """Sends to the queues."""

    def __init__(self, client: Any, options: Options) -> None:
        self._client, self._options = client, options
        self._queues: dict[str, str] = {}

    def expect(self, topics: frozenset[str]) -> None:
        """Queues keep what nobody has received."""

    def publish(self, records: Sequence[Record]) -> list[str]:
        """Send one after the other."""
        return [self._publish(record) for record in records]

    def _publish(self, record: Record) -> str:
        more: dict[str, Any] = {}
        if record.topic.endswith(FIFO):
            more = {"MessageGroupId": record.key[:128] or record.id, "MessageDeduplicationId": record.id}
        said = {"content-type": CONTENT_TYPE} | ({"partitionkey": record.key} if record.key else {})
        attributes = {name: {"DataType": "String", "StringValue": text} for name, text in said.items()}
        try:
            with _service():
                if record.topic not in self._queues:
                    self._queues[record.topic] = _queue(self._client, self._options, record.topic)
                queue = self._queues[record.topic]
                body = record.body.decode()
                self._client.send_message(QueueUrl=queue, MessageBody=body, MessageAttributes=attributes, **more)
        except ClientError as error:
            return f"SQS does not take the event: {error}"
        return ""

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class SqsConsumer:
    """Receives from the queues in turn."""

    def __init__(self, client: Any, options: Options, topics: frozenset[str]) -> None:
        self._client = client
        self._open: dict[str, str] = {}
        try:
            with _service():
                self._queues = {_queue(client, options, topic): topic for topic in sorted(topics)}
        except ClientError as error:
            client.close()
            raise BusUnavailable(f"Expected to consume from SQS but it refuses: {error}") from None

    def receive(self, seconds: float) -> list[Delivery]:
        """Look at each queue once; only the last one is waited at."""
        came: list[Delivery] = []
        for queue, topic in self._queues.items():
            wait = max(round(seconds), 1) if topic == list(self._queues.values())[-1] and not came else 0
            with _service():
                found = self._client.receive_message(
                    QueueUrl=queue,
                    MaxNumberOfMessages=BATCH,
                    WaitTimeSeconds=wait,
                    VisibilityTimeout=VISIBILITY_SECONDS,
                    MessageAttributeNames=["All"],
                )
            came += [self._delivery(queue, topic, message) for message in found.get("Messages", ())]
        return came

    def _delivery(self, queue: str, topic: str, message: Any) -> Delivery:
        said = message.get("MessageAttributes", {}).items()
        headers = {name: one["StringValue"] for name, one in said if "StringValue" in one}
        self._open[message["ReceiptHandle"]] = queue
        return Delivery(
            topic=topic,
            body=message["Body"].encode(),
            key=headers.get("partitionkey", ""),
            content_type=headers.get("content-type", ""),
            headers=headers,
            token=message["ReceiptHandle"],
        )

    def done(self, delivery: Delivery) -> None:
        """Delete it from its queue."""
        with _service():
            self._client.delete_message(QueueUrl=self._open.pop(delivery.token), ReceiptHandle=delivery.token)

    def close(self) -> None:
        """Let others see at once what is not done."""
        with contextlib.suppress(Exception):
            for handle, queue in self._open.items():
                self._client.change_message_visibility(QueueUrl=queue, ReceiptHandle=handle, VisibilityTimeout=0)
        self._client.close()


@contextlib.contextmanager
def _service() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, OSError) as error:
        raise BusUnavailable(f"Expected SQS to answer but it does not: {error}") from error
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in AWAY:
            raise BusUnavailable(f"Expected SQS to answer but it does not: {error}") from error
        raise


def _client(url: str) -> Any:
    parts = urlsplit(url)
    said = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    config = Config(connect_timeout=ANSWER_SECONDS, read_timeout=ANSWER_SECONDS, retries={"max_attempts": 2})
    more: dict[str, Any] = {}
    if parts.username and parts.password:
        more |= {"aws_access_key_id": unquote(parts.username), "aws_secret_access_key": unquote(parts.password)}
    if parts.hostname:
        scheme = "http" if said.get("secure") == "false" else "https"
        more["endpoint_url"] = f"{scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"
    if "region" in said:
        more["region_name"] = said["region"]
    with _service():
        return boto3.client("sqs", config=config, **more)


def _queue(client: Any, options: Options, topic: str) -> str:
    """The address of the topic's queue, which is made when it is not there; names have no dots but FIFO's."""
    fifo = topic.endswith(FIFO)
    name = f"{options.prefix}-{topic.removesuffix(FIFO)}".replace(".", "-") + (FIFO if fifo else "")
    try:
        return str(client.get_queue_url(QueueName=name)["QueueUrl"])
    except client.exceptions.QueueDoesNotExist:
        attributes = {"FifoQueue": "true"} if fifo else {}
        return str(client.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])
