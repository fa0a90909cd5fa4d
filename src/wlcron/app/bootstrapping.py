"""`wl aws bootstrap`, put together with AWS's clients."""

import asyncio
from collections.abc import Mapping

from wlcron.aws.bootstrap import Outcome, Tell, bootstrap
from wlcron.aws.clients import AwsClients
from wlcron.aws.faults import FAULTS, fault_of
from wlcron.aws.stack import Stack
from wlcron.config import Settings
from wlcron.errors import WlcronError

__all__ = ["Outcome", "bootstrapped"]


def bootstrapped(
    settings: Settings, given: Mapping[str, str], tell: Tell, *, dry_run: bool
) -> Outcome:
    """Make or change the stack of this instance; raises WlcronError with one sentence."""
    return asyncio.run(_bootstrapped(settings, given, tell, dry_run=dry_run))


async def _bootstrapped(
    settings: Settings, given: Mapping[str, str], tell: Tell, *, dry_run: bool
) -> Outcome:
    instance = settings.aws.instance
    clients = AwsClients(settings.aws.region)
    try:
        stack = Stack(clients, f"wl-{instance}")
        return await bootstrap(stack, instance, given, tell, dry_run=dry_run)
    except FAULTS as error:
        raise WlcronError(fault_of(error).sentence) from error
    finally:
        await clients.close()
