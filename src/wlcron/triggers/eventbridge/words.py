"""AWS's errors as the registry's port has them."""

import contextlib
from collections.abc import Iterator

from botocore.exceptions import ClientError

from wlcron.aws.faults import FAULTS, fault_of
from wlcron.errors import RefusedError, RegistryUnavailableError

_ABSENT = frozenset({"ResourceNotFoundException"})
_THERE = frozenset({"ConflictException", "ResourceAlreadyExistsException"})
_PASSING = frozenset({"ConcurrentModificationException", "ConflictException", "InternalException"})


@contextlib.contextmanager
def faults_in_words() -> Iterator[None]:
    """Raise what AWS answers as RegistryUnavailableError or RefusedError."""
    try:
        yield
    except FAULTS as error:
        fault = fault_of(error)
        is_passing = fault.is_temporary or fault.code in _PASSING
        kind = RegistryUnavailableError if is_passing else RefusedError
        raise kind(fault.sentence) from error


def is_absent(error: ClientError) -> bool:
    """Whether AWS says that there is no such thing."""
    return _code(error) in _ABSENT


def is_there(error: ClientError) -> bool:
    """Whether AWS says that there is one already."""
    return _code(error) in _THERE


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
