"""Who may ask: whoever has the token."""

import secrets
from typing import Annotated

from fastapi import Depends, HTTPException, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from wlcron.api.context import Here

_bearer = HTTPBearer(auto_error=False)


async def authorized(  # async: FastAPI calls others in a thread
    here: Here, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> None:
    """Refuse a request without the server's token."""
    given = credentials.credentials if credentials else ""
    # Compared in constant time, so that answers do not tell how much of it was right.
    if not secrets.compare_digest(given.encode(), here.token.encode()):
        raise HTTPException(
            status.HTTP_401_UNAUTHORIZED,
            "the token is missing or wrong: set WL_TOKEN to what the server's data-dir/token holds",
        )
