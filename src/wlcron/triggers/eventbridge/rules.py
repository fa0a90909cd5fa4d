"""EventBridge's rules: one for each cron, with the topic as its target."""

from collections.abc import Mapping

from wlcron.aws.clients import AwsClients
from wlcron.aws.names import CRON_TAG, is_ours, resource_name
from wlcron.aws.settings import AwsSettings
from wlcron.core.cron import Cron
from wlcron.errors import RefusedError
from wlcron.registry import Difference, Divergence
from wlcron.triggers.eventbridge.expression import Flavour
from wlcron.triggers.eventbridge.request import NAME, RuleRequest, has_all, rule_request
from wlcron.triggers.eventbridge.rule_calls import FoundRule, RuleCalls
from wlcron.triggers.eventbridge.words import faults_in_words


class Rules:
    """Makes, finds and removes rules; one that is not ours is never touched."""

    flavour = Flavour.RULES
    kind = "rule"

    def __init__(self, clients: AwsClients, settings: AwsSettings) -> None:
        self._calls = RuleCalls(clients)
        self._settings = settings

    async def put(self, cron: Cron) -> str:
        """Make the rule or bring it up to date; return its ARN."""
        request = rule_request(cron, self._settings)
        with faults_in_words():
            found = await self._calls.find(request.rule["Name"])
            if found is None:
                return await self._calls.make(request)
            if not self._is_of(found, cron.name):
                raise RefusedError(
                    f"there is a rule {found.name} that wlcron did not make, which is left as it"
                    " is: remove it, or name the cron otherwise"
                )
            if not has_all(found.rule, request.rule):
                await self._calls.update(request)
            if not await self._has_target(request):
                await self._calls.put_target(request)
            return str(found.rule["Arn"])

    async def remove(self, cron_name: str) -> None:
        """Remove a cron's rule with its targets; none there, or another's, is success."""
        with faults_in_words():
            found = await self._calls.find(self._name(cron_name))
            if found is not None and self._is_of(found, cron_name):
                await self._calls.remove(found.name)

    async def survey(self, crons: Mapping[str, Cron], *, thorough: bool) -> list[Difference]:
        """Compare all rules of this instance with what these crons ask for."""
        del thorough  # there are some hundred rules at most: EventBridge's own quota
        differences: list[Difference] = []
        seen: set[str] = set()
        with faults_in_words():
            async for found in self._calls.all(f"wl-{self._settings.instance}-"):
                name = found.tags.get(CRON_TAG, "")
                if not self._is_of(found, name) or found.name != self._name(name):
                    continue
                seen.add(name)
                if name not in crons:
                    differences.append(self._difference(Divergence.EXTRA, name))
                elif not await self._is_as_wanted(crons[name], found):
                    differences.append(self._difference(Divergence.CHANGED, name))
        missing = (name for name in crons if name not in seen)
        return [*differences, *(self._difference(Divergence.MISSING, name) for name in missing)]

    async def _is_as_wanted(self, cron: Cron, found: FoundRule) -> bool:
        try:
            request = rule_request(cron, self._settings)
        except RefusedError:
            return False  # the registrar will say why
        return has_all(found.rule, request.rule) and await self._has_target(request)

    async def _has_target(self, request: RuleRequest) -> bool:
        targets = await self._calls.targets(request.rule["Name"])
        return any(has_all(target, request.target) for target in targets)

    def _is_of(self, found: FoundRule, cron_name: str) -> bool:
        return is_ours(found.tags, self._settings.instance, cron_name)

    def _name(self, cron_name: str) -> str:
        return resource_name(self._settings.instance, cron_name)

    def _difference(self, what: Divergence, cron_name: str) -> Difference:
        return Difference(what, NAME, cron_name, f"{self.kind} {self._name(cron_name)}")
