"""Which engine runs the jobs of this machine."""

from typing import TYPE_CHECKING

import structlog

from wlcron.config import Settings
from wlcron.datadir import DataDir
from wlcron.engine import Engine
from wlcron.errors import ConfigurationError

if TYPE_CHECKING:
    from wlcron.app.amazon import Amazon

_log = structlog.get_logger("wlcron")


async def choose_engine(settings: Settings, home: DataDir, amazon: "Amazon | None") -> Engine:
    """Return the engine that is asked for, and keep its name for restarts that leave it open."""
    kept = home.engine()
    wanted = _wanted(settings, kept)
    if wanted == "ecs" and amazon is not None:
        engine = amazon.engine()
    else:
        engine = await _find_engine(wanted, settings, home)
    if kept not in {"", engine.name}:
        _log.warning("jobs run on another engine from now on", before=kept, now=engine.name)
    if kept != engine.name:
        home.keep_engine(engine.name)
    return engine


def _wanted(settings: Settings, kept: str) -> str:
    """Return what `auto` stands for: after the first start never what merely answers now.

    Else a restart at which Docker is down would take what runs in containers for lost, and start
    it again as processes of this machine.
    """
    if settings.engine != "auto":
        return settings.engine
    return "docker" if settings.docker_host else kept or "auto"


async def _find_engine(wanted: str, settings: Settings, home: DataDir) -> Engine:
    if wanted != "host":
        from wlcron.engines.docker import find_docker

        url = await find_docker(settings.docker_host)
        if url is not None:
            return _docker(url, settings, home)
        if wanted != "auto":
            raise ConfigurationError(
                "no Docker daemon answers, and jobs run there: start it, name its socket with"
                " --docker-host, or move to processes of this machine with --engine host"
            )
        _log.info("no Docker daemon answers: jobs run as processes of this machine")
    from wlcron.engines.host.engine import HostEngine

    return HostEngine(home.path, settings.log_limit, instance=home.instance())


def _docker(url: str, settings: Settings, home: DataDir) -> Engine:
    from wlcron.engines.docker import DockerEngine

    return DockerEngine(
        url,
        home.path,
        instance=home.instance(),
        guard_image=settings.guard_image,
        log_limit=settings.log_limit,
    )
