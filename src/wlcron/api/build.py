"""The ASGI application."""

from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer

from wlcron.api import alerts, aws, crons, executions, health, problems, sns
from wlcron.api.auth import WantToken
from wlcron.api.characters import RefuseNul
from wlcron.api.context import Context
from wlcron.api.limits import LimitBody
from wlcron.cronfile import LARGEST_DOCUMENT
from wlcron.sns import LARGEST


def build_api(context: Context) -> FastAPI:
    """Put the routes together; whatever is asked meets the token before anything else."""
    app = FastAPI(title="wlcron", version="1", docs_url=None, redoc_url=None)
    app.state.context = context
    problems.install(app)
    # Strangers may send there: a thousand of them must not fill the memory.
    strangers = {sns.PATH: LARGEST}
    app.add_middleware(LimitBody, limit=LARGEST_DOCUMENT, at=strangers)
    app.add_middleware(RefuseNul)
    app.add_middleware(WantToken, token=context.token)  # added last, asked first
    # A plain route, and looked at first: FastAPI's cost more than the check of a signature.
    app.add_route(sns.PATH, sns.receive, methods=["POST"], include_in_schema=False)
    described = [Depends(HTTPBearer(auto_error=False))]  # has openapi.json name the token
    for part in (crons, executions, alerts, aws):
        app.include_router(part.router, dependencies=described, responses=problems.DOCUMENTED)
    app.include_router(health.guarded, dependencies=described, responses=problems.DOCUMENTED)
    app.include_router(health.router, responses=problems.DOCUMENTED)
    return app
