"""Which channels are told of an incident."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from wlcron.core.cron import Cron, Severity
from wlcron.core.silence import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What leads to one channel: both have to fit."""

    channel: str
    severities: frozenset[Severity] = frozenset(Severity)
    scope: Scope = field(default_factory=Scope)

    def fits(self, cron: str, labels: Mapping[str, str], severity: Severity) -> bool:
        """Whether an incident of a cron goes this way."""
        return severity in self.severities and self.scope.covers(cron, labels)


@dataclass(frozen=True, slots=True)
class Routing:
    """All channels of the configuration, in its order."""

    routes: Sequence[Route] = ()

    def channels(self, cron: Cron, severity: Severity) -> list[str]:
        """Return who is told: the channels that the cron names, else those whose routes fit."""
        definition = cron.definition
        if named := definition.notifications.channels:
            return list(named)
        return [
            route.channel
            for route in self.routes
            if route.fits(cron.name, definition.labels, severity)
        ]

    def unknown(self, cron_channels: Iterable[str]) -> list[str]:
        """Return those of these channels that the configuration does not have."""
        known = {route.channel for route in self.routes}
        return [channel for channel in cron_channels if channel not in known]

    def instead_of(self, told: Iterable[str]) -> str | None:
        """Return the next channel that is not among those that are told already."""
        taken = set(told)
        return next((each.channel for each in self.routes if each.channel not in taken), None)
