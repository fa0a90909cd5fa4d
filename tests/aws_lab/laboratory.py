"""The laboratory put together."""

import os
import threading
import uuid
from dataclasses import dataclass, field

from tests.aws_lab import inside
from tests.aws_lab.agent import Agent
from tests.aws_lab.clock import AwsTime, Clock
from tests.aws_lab.containers import ContainerRunner
from tests.aws_lab.ecs import Ecs
from tests.aws_lab.faults import Ledger
from tests.aws_lab.front import Front, Moto
from tests.aws_lab.news import News
from tests.aws_lab.processes import ProcessRunner
from tests.aws_lab.receiving import Receiving
from tests.aws_lab.running import Runner
from tests.aws_lab.signing import Signer
from tests.aws_lab.stacks import mend_stacks
from tests.aws_lab.targets import Targets
from tests.aws_lab.topics import Topics
from tests.aws_lab.transactions import Transactions
from tests.aws_lab.validation import validate
from tests.aws_lab.verbs import Verbs


@dataclass(frozen=True, slots=True)
class Options:
    """How a laboratory is started."""

    port: int = 0
    minute: float = 60.0  # real seconds that a minute of AWS's clock lasts
    engine: str = "auto"  # or `docker`, `host`; auto: Docker where DOCKER_HOST names one


@dataclass
class Laboratory:
    """All parts."""

    options: Options
    moto: Moto = field(default_factory=Moto)
    ledger: Ledger = field(default_factory=Ledger)
    url: str = ""

    def __post_init__(self) -> None:
        self.receiving = Receiving(self.moto)
        self.targets = Targets(self.moto, self.receiving)
        self.topics = Topics(self.moto, Signer(), lambda: self.url, self.targets.to_queue)
        self.clock = Clock(self.targets, AwsTime(self.options.minute))
        inside.mend_rules(self.targets.to_rule_target)
        mend_stacks()
        self.news = News(self.moto)
        self.agent = Agent(self.moto, self.news, self._make_runner)
        self.ecs = Ecs(self.moto, self.agent)
        front = Front(
            self.moto,
            self.ledger,
            (
                Verbs(self),
                validate,
                self.topics,
                self.receiving,
                self.ecs,
                Transactions(self.moto),
            ),
        )
        self.server = inside.make_http(self.options.port, front)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def serve(self) -> None:
        """Serve until this thread is interrupted; then leave no container."""
        try:
            self.agent.start()
            threading.Thread(target=self.clock.run, daemon=True).start()
            self.server.serve_forever()
        finally:
            self.clock.stop()
            self.topics.deliveries.close()
            self.news.close()
            self.agent.close()

    def _make_runner(self) -> Runner:
        docker = os.environ.get("DOCKER_HOST", "")
        engine = self.options.engine
        if engine == "auto":
            engine = "docker" if docker else "host"
        if engine == "host":
            return ProcessRunner()
        return ContainerRunner(docker, uuid.uuid4().hex)
