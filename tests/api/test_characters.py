"""What no database takes is refused at the door, and what is refused stays small."""

import json

import pytest

from tests.api.conftest import Api

BEYOND = 5000  # mistakes


@pytest.mark.parametrize(
    "path",
    ["/v1/crons/%00", "/v1/executions/a%00", "/v1/crons?after=%00", "/v1/incidents?after=%00"],
)
async def test_an_address_with_nul_is_refused(api: Api, path: str) -> None:
    """PostgreSQL would refuse it as a fault of the server's."""
    assert (await api.client.get(path)).status_code == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/crons/pi/pause", {"reason": "a\0"}),
        ("/v1/silences", {"for": 60, "reason": "a\0"}),
        ("/v1/silences", {"for": 60, "cron": "\0"}),
        ("/v1/silences", {"for": 60, "labels": {"a": "\0"}}),
        ("/v1/silences", {"for": 60, "labels": {"\0": "a"}}),
        ("/v1/silences", {"for": 60, "labels": {"a": "x" * 256}}),
        ("/v1/silences", {"for": 60, "labels": {str(n): "a" for n in range(33)}}),
    ],
)
async def test_what_cannot_be_kept_is_refused(api: Api, path: str, body: dict[str, object]) -> None:
    """Also labels that no cron can have."""
    await api.put()
    assert (await api.client.post(path, json=body)).status_code == 422


async def test_of_many_mistakes_the_first_are_told(api: Api) -> None:
    """An answer does not grow to many times its question."""
    await api.put()
    body = json.dumps({"arguments": [1] * BEYOND})
    headers = {"Content-Type": "application/json"}
    answer = await api.client.post("/v1/crons/pi/executions", content=body, headers=headers)
    assert answer.status_code == 422
    assert len(answer.json()["problems"]) == 101
    assert answer.json()["problems"][-1] == f"there are {BEYOND - 100} mistakes more"


async def test_a_strange_key_stays_on_one_line(api: Api) -> None:
    """What is wrong is shown as it stands."""
    answer = await api.client.post("/v1/silences", json={"for": 60, "a\nb": 1})
    assert answer.json()["detail"] == "body.a\\nb: Extra inputs are not permitted"


async def test_openapi_names_every_answer(api: Api) -> None:
    """A problem document wherever something is refused, and what is new or not yet ready."""
    paths = (await api.client.get("/openapi.json")).json()["paths"]
    for methods in paths.values():
        for operation in methods.values():
            answers = operation["responses"]
            assert set(answers["4XX"]["content"]) == {"application/problem+json"}
            assert set(answers["5XX"]["content"]) == {"application/problem+json"}
            assert "422" not in answers
    assert set(paths["/v1/crons/{name}"]["put"]["responses"]) == {"200", "201", "4XX", "5XX"}
    assert "requestBody" in paths["/v1/crons/{name}"]["put"]
    assert "text/plain" in paths["/metrics"]["get"]["responses"]["200"]["content"]
    logs = paths["/v1/executions/{execution_id}/logs"]["get"]
    assert set(logs["responses"]["200"]["content"]) == {"text/plain"}
