"""TransactWriteItems with a ClientRequestToken that was heard before does nothing again."""

import json
from dataclasses import dataclass, field
from http import HTTPStatus

from tests.aws_lab.call import Answer, Call, refusal
from tests.aws_lab.front import Moto


@dataclass
class Transactions:
    """Takes the turn of transactions with a token."""

    moto: Moto
    _heard: dict[str, tuple[str, Answer]] = field(default_factory=dict)

    def __call__(self, call: Call) -> Answer | None:
        """Answer a repeat as the first was answered."""
        token = call.parameters.get("ClientRequestToken")
        if call.name != "dynamodb:TransactWriteItems" or not token:
            return None
        asked = json.dumps(call.parameters, sort_keys=True)
        with self.moto.lock:
            known = self._heard.get(token)
            if known is None:
                result = self.moto(call)
                if result.status == HTTPStatus.OK:
                    self._heard[token] = (asked, result)
                return result
        if known[0] != asked:
            code = "IdempotentParameterMismatchException"
            return refusal(code, "The token was used with another request's parameters.")
        return known[1]
