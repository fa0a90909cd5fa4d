"""The ASGI application."""

from fastapi import Depends, FastAPI

from wlcron.api import crons, executions, health, problems
from wlcron.api.auth import authorized
from wlcron.api.context import Context
from wlcron.api.limits import LimitBody
from wlcron.cronfile import LARGEST_DOCUMENT


def build_api(context: Context) -> FastAPI:
    """Put the routes together; every one but health wants the token."""
    app = FastAPI(title="wlcron", version="1", docs_url=None, redoc_url=None)
    app.state.context = context
    problems.install(app)
    app.add_middleware(LimitBody, limit=LARGEST_DOCUMENT)
    token = [Depends(authorized)]
    app.include_router(crons.router, dependencies=token)
    app.include_router(executions.router, dependencies=token)
    app.include_router(health.guarded, dependencies=token)
    app.include_router(health.router)
    return app
