"""The one tree of errors: each is one plain sentence that says what to do."""

from datetime import timedelta


class WlcronError(Exception):
    """What went wrong, as one sentence that can be shown to a person as it stands."""


class DefinitionError(WlcronError):
    """A cron file has mistakes; the message names each on a line of its own."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class RefusedError(WlcronError):
    """What was asked for cannot be done, and asking again would not help."""


class NotFoundError(RefusedError):
    """There is no cron or execution of that name or id."""


class ConflictError(RefusedError):
    """It does not fit what is there, or what is there changed under the caller's hands."""


class ExistsError(ConflictError):
    """What was to be created is there already."""


class EngineUnavailableError(WlcronError):
    """The engine did not answer; whether it did what it was asked is not known, so ask again."""


class RegistryUnavailableError(WlcronError):
    """What is made outside for a cron could not be made now; ask again later."""


class NotTakenError(WlcronError):
    """A message to somebody outside was not taken; in one sentence, without a secret."""

    def __init__(
        self, problem: str, *, is_permanent: bool = False, wait: timedelta | None = None
    ) -> None:
        """`is_permanent`: the same one will never be taken. `wait`: as the vendor asks for."""
        super().__init__(problem)
        self.is_permanent = is_permanent
        self.wait = wait


class StoreError(WlcronError):
    """The database cannot be used as it is."""


class ConfigurationError(WlcronError):
    """An option is unknown, has an impossible value, or the machine lacks what it asks for."""
