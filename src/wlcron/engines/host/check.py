"""What the host engine makes of a definition, and of the machine it is on."""

import getpass
import os

from wlcron.core.cron import Container, Definition
from wlcron.engine import Finding, Verdict
from wlcron.engines.host.limits import ControlGroups

NOTHING_TO_RUN = "the host engine needs `arguments`: without a container there is no other command"
_ADDRESS_SPACE = "memory limits the address space of each process here, not what all use together"
_NO_CPU = "cpu is not limited here: that takes root and control groups that can be written"


def check(definition: Definition, groups: ControlGroups, *, is_root: bool) -> Verdict:
    """Refuse what cannot be run as a process of this machine; remark on what does not hold."""
    container = definition.description
    return Verdict(
        refusals=tuple(_refusals(container, is_root=is_root)),
        remarks=tuple(_remarks(container, groups)),
    )


def doctor(groups: ControlGroups, *, isolated: bool, is_root: bool) -> list[Finding]:
    """Say what a guard can enforce here, and what it takes to enforce more."""
    return [
        _finding(
            "guard",
            good=isolated,
            yes="the kernel ends all executions with their guard (a PID namespace)",
            no="if the guard is killed, executions run on until a new one finds them; "
            "run the server as root to have the kernel end them",
        ),
        _finding(
            "memory",
            good=groups.limits_memory,
            yes=f"limited by control groups, version {groups.version}",
            no=f"{_ADDRESS_SPACE}; run the server as root with writable control groups",
        ),
        _finding(
            "cpu",
            good=groups.limits_cpu,
            yes=f"limited by control groups, version {groups.version}",
            no=_NO_CPU,
        ),
        _finding(
            "user",
            good=is_root,
            yes="the server is root: a cron can run as any `user`",
            no="crons run as the server's user only; a server that is root can run them as others",
        ),
    ]


def _refusals(container: Container, *, is_root: bool) -> list[str]:
    refusals = [] if container.arguments else [NOTHING_TO_RUN]
    user = container.user
    if user is not None and not is_root and user not in _names_of_this_user():
        refusals.append(f"it cannot be run as user {user}: only a server that is root can do that")
    return refusals


def _remarks(container: Container, groups: ControlGroups) -> list[str]:
    remarks = []
    if container.image is not None:
        remarks.append(f"image {container.image} is ignored by the host engine")
    if container.memory is not None and not groups.limits_memory:
        remarks.append(_ADDRESS_SPACE)
    if container.cpu is not None and not groups.limits_cpu:
        remarks.append(_NO_CPU)
    return remarks


def _names_of_this_user() -> set[str]:
    try:
        return {str(os.geteuid()), getpass.getuser()}
    except KeyError:  # a user without an entry in the password file
        return {str(os.geteuid())}


def _finding(subject: str, *, good: bool, yes: str, no: str) -> Finding:
    return Finding(good=good, subject=subject, says=yes if good else no)
