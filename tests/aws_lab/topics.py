"""SNS's subscriptions over HTTP: confirmed by token, then signed notifications."""

import json
import re
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from tests.aws_lab import inside
from tests.aws_lab.call import Answer, Call, xml_answer, xml_refusal
from tests.aws_lab.deliveries import Deliveries, Parcel
from tests.aws_lab.front import Moto
from tests.aws_lab.inside import Post
from tests.aws_lab.signing import Signer

_ARN = re.compile(r"<SubscriptionArn>([^<]+)</SubscriptionArn>")
_WELCOME = (
    "You have chosen to subscribe to the topic {topic}.\n"
    "To confirm the subscription, visit the SubscribeURL included in this message."
)
_FAREWELL = (
    "You have chosen to deactivate subscription {arn}.\n"
    "To cancel this operation and restore the subscription, visit the SubscribeURL included in"
    " this message."
)


@dataclass
class Topics:
    """Takes the turns of SNS that moto does not know."""

    moto: Moto
    signer: Signer
    url: Callable[[], str]  # the laboratory's
    to_queue: Callable[[str, str], object]  # queue's ARN, body
    deliveries: Deliveries = field(init=False)
    _tokens: dict[str, str] = field(default_factory=dict)  # subscription -> token
    _pending: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.deliveries = Deliveries(self._give_up)
        inside.mend_subscriptions(self.notify)

    def __call__(self, call: Call) -> Answer | None:
        """Answer what has to do with subscriptions, and a certificate's address."""
        if call.environ["PATH_INFO"] == self.signer.path:
            headers = (("Content-Type", "application/x-pem-file"),)
            return Answer(200, self.signer.certificate(), headers)
        turn = {
            "Subscribe": self._subscribe,
            "ConfirmSubscription": self._confirm,
            "Unsubscribe": self._unsubscribe,
            "ListSubscriptions": self._list,
            "ListSubscriptionsByTopic": self._list,
            "GetTopicAttributes": self._attributes,
        }.get(call.operation)
        return turn(call) if turn and call.service in {"sns", "unsigned"} else None

    def notify(self, post: Post) -> None:
        """Deliver a notification, if the subscription was confirmed."""
        if post.subscription in self._pending:
            return
        text = {"Type": "Notification", "Message": post.message}
        if post.subject:
            text["Subject"] = post.subject
        message = self.signed(text | {"MessageId": post.message_id, "TopicArn": post.topic})
        leaving = f"{self.url()}/?Action=Unsubscribe&SubscriptionArn={post.subscription}"
        more: dict[str, Any] = {"UnsubscribeURL": leaving}
        if post.attributes:
            more["MessageAttributes"] = post.attributes
        raw = str(inside.subscription_attribute(post.subscription, "RawMessageDelivery"))
        is_raw = raw.lower() == "true"
        self.deliveries.send(Parcel(post.endpoint, message | more, post.subscription, is_raw))

    def signed(self, message: dict[str, str], version: str | None = None) -> dict[str, str]:
        """Return a message with what is missing from it, signed as its topic says."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        whole = {"MessageId": str(uuid.uuid4()), "Timestamp": now} | message
        version = version or inside.signature_version(whole["TopicArn"])
        whole["SignatureVersion"] = version
        whole["Signature"] = self.signer.sign(whole, version)
        whole["SigningCertURL"] = self.url() + self.signer.path
        return whole

    def _subscribe(self, call: Call) -> Answer:
        with self.moto.lock:
            result = self.moto(call)
            found = _ARN.search(result.body.decode())
            arn = found[1] if found else ""
            post = inside.subscription_of(arn)
            if post is None:
                return result
            if arn not in self._tokens:
                self._tokens[arn] = secrets.token_hex(64)
                self._pending.add(arn)
                inside.set_pending(arn, is_pending=True)
        if arn not in self._pending:
            return result
        self._ask(post, "SubscriptionConfirmation", _WELCOME.format(topic=post.topic))
        if call.parameters.get("ReturnSubscriptionArn", "").lower() == "true":
            return result
        return result.replacing(arn, "pending confirmation")

    def _confirm(self, call: Call) -> Answer:
        token, topic = call.parameters.get("Token"), call.parameters.get("TopicArn")
        with self.moto.lock:
            for arn, known in self._tokens.items():
                post = inside.subscription_of(arn)
                if known == token and post is not None and post.topic == topic:
                    self._pending.discard(arn)
                    inside.set_pending(arn, is_pending=False)
                    return xml_answer("ConfirmSubscription", {"SubscriptionArn": arn})
        return xml_refusal("InvalidParameter", "Invalid parameter: Token")

    def _unsubscribe(self, call: Call) -> Answer:
        arn = call.parameters.get("SubscriptionArn", "")
        with self.moto.lock:
            post = inside.subscription_of(arn)
            result = self.moto(call)
        if post is not None and arn in self._tokens and arn not in self._pending:
            self._ask(post, "UnsubscribeConfirmation", _FAREWELL.format(arn=arn))
        self._pending.discard(arn)
        return result

    def _list(self, call: Call) -> Answer:
        result = self.moto(call)
        for arn in self._pending:
            result = result.replacing(arn, "PendingConfirmation")
        return result

    def _attributes(self, call: Call) -> Answer:
        result = self.moto(call)
        version = inside.signature_version(call.parameters["TopicArn"])
        entry = f"<entry><key>SignatureVersion</key><value>{version}</value></entry>"
        return result.replacing("</Attributes>", entry + "</Attributes>")

    def _ask(self, post: Post, kind: str, text: str) -> None:
        token = self._tokens[post.subscription]
        given = f"TopicArn={quote(post.topic)}&Token={token}"
        message = {
            "Type": kind,
            "TopicArn": post.topic,
            "Message": text,
            "Token": token,
            "SubscribeURL": f"{self.url()}/?Action=ConfirmSubscription&{given}",
        }
        self.deliveries.send(Parcel(post.endpoint, self.signed(message)))

    def _give_up(self, parcel: Parcel) -> None:
        if parcel.subscription is None:
            return
        with self.moto.lock:
            policy = inside.subscription_attribute(parcel.subscription, "RedrivePolicy")
        if policy:
            self.to_queue(json.loads(policy)["deadLetterTargetArn"], parcel.body.decode())
