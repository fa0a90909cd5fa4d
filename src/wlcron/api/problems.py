"""Errors as RFC 9457 problem details; `detail` is one sentence that can be shown as it stands."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from wlcron.cronfile.problems import MOST_PROBLEMS, shown
from wlcron.errors import (
    ConflictError,
    DefinitionError,
    EngineUnavailableError,
    ExistsError,
    NotFoundError,
    RefusedError,
    RegistryUnavailableError,
    StoreError,
    WlcronError,
)

_log = structlog.get_logger("wlcron.api")
_STATUS: dict[type[WlcronError], HTTPStatus] = {
    DefinitionError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFoundError: HTTPStatus.NOT_FOUND,
    ExistsError: HTTPStatus.PRECONDITION_FAILED,
    ConflictError: HTTPStatus.CONFLICT,
    RefusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    EngineUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    RegistryUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Problem(BaseModel):
    """Why something was not done."""

    type: str
    title: str
    status: int
    detail: str = Field(description="one sentence that can be shown as it stands")
    problems: list[str] = Field([], description="each mistake, where there may be several")


_MEDIA_TYPE = "application/problem+json"
_IS_PROBLEM = {"content": {_MEDIA_TYPE: {"schema": Problem.model_json_schema()}}}
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "It is refused", **_IS_PROBLEM},
    "5XX": {"description": "It cannot be done now", **_IS_PROBLEM},
}


def problem(status: HTTPStatus, detail: str, **more: object) -> JSONResponse:
    """Return a problem document."""
    headers = {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else None
    return JSONResponse(
        {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail, **more},
        status_code=status,
        headers=headers,
        media_type=_MEDIA_TYPE,
    )


def install(app: FastAPI) -> None:
    """Have every error of the API answered as a problem."""
    app.add_exception_handler(WlcronError, _known)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unknown)


async def _known(_: Request, error: Exception) -> JSONResponse:
    status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
    problems = error.problems if isinstance(error, DefinitionError) else None
    return problem(status, str(error), **({"problems": problems} if problems else {}))


async def _http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    detail = error.detail if error.detail != status.phrase else _sentence(status, request)
    answer = problem(status, detail)
    answer.headers.update(error.headers or {})  # `Allow`, for example
    return answer


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    mistakes = error.errors()
    problems = [_mistake(each["loc"], each["msg"]) for each in mistakes[:MOST_PROBLEMS]]
    if len(mistakes) > MOST_PROBLEMS:  # a list may hold nothing else, a megabyte of it
        problems.append(f"there are {len(mistakes) - MOST_PROBLEMS} mistakes more")
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(problems), problems=problems)


def _mistake(place: Sequence[str | int], message: str) -> str:
    if tuple(place) == ("body",):  # curl's -d sends a form unless it is told otherwise
        return "the body has to be a JSON object, sent with Content-Type: application/json"
    return f"{shown('.'.join(map(str, place)))}: {message}"


async def _unknown(request: Request, error: Exception) -> JSONResponse:
    _log.error("request failed", path=request.url.path, exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "the server failed at this; its log says where"
    )


def _sentence(status: HTTPStatus, request: Request) -> str:
    if status is HTTPStatus.NOT_FOUND:
        return f"there is nothing at {request.url.path}; /openapi.json lists what there is"
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        return f"{request.method} is not possible at {request.url.path}"
    return status.phrase
