"""The schedule group of an instance: schedules have no tags, their group has."""

from botocore.exceptions import ClientError

from wlcron.aws.clients import AwsClients
from wlcron.aws.names import INSTANCE_TAG
from wlcron.errors import RefusedError
from wlcron.triggers.eventbridge.request import group_name, tag_list
from wlcron.triggers.eventbridge.words import is_absent, is_there


class Group:
    """Finds the group or makes it, once in the life of a process.

    Raises what `wlcron.aws.faults.FAULTS` lists.
    """

    def __init__(self, clients: AwsClients, instance: str) -> None:
        self.name = group_name(instance)
        self._clients = clients
        self._instance = instance
        self._is_known = False

    async def make(self) -> None:
        """Have the group; raises RefusedError for one of that name that is not ours."""
        if self._is_known:
            return
        if not await self.exists():
            await self._create()
        self._is_known = True

    async def exists(self) -> bool:
        """Whether there is the group; raises RefusedError for one that is not ours."""
        scheduler = await self._clients.get("scheduler")
        try:
            group = await scheduler.get_schedule_group(Name=self.name)
        except ClientError as error:
            if is_absent(error):
                return False
            raise
        answer = await scheduler.list_tags_for_resource(ResourceArn=group["Arn"])
        tags = {tag["Key"]: tag["Value"] for tag in answer["Tags"]}
        if tags.get(INSTANCE_TAG) != self._instance:
            raise RefusedError(
                f"there is a schedule group {self.name} that wlcron did not make, which is left"
                f" as it is: remove it, tag it {INSTANCE_TAG}={self._instance},"
                " or set another aws.instance"
            )
        return True

    def forget(self) -> None:
        """Look for it again: it was gone when it should have been there."""
        self._is_known = False

    async def _create(self) -> None:
        scheduler = await self._clients.get("scheduler")
        tags = tag_list({INSTANCE_TAG: self._instance})
        try:
            await scheduler.create_schedule_group(Name=self.name, Tags=tags)
        except ClientError as error:
            if not is_there(error):  # another server of ours was faster
                raise
