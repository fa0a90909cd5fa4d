"""Which account of this machine a `user` means: a name or number, with `:group` if wanted."""

import grp
import os
import pwd


class Account:
    """Whom a job runs as."""

    def __init__(self, uid: int, gid: int, groups: list[int], home: str) -> None:
        self.uid = uid
        self.gid = gid
        self.groups = groups
        self.home = home


def account(user: str) -> Account | None:
    """Return the account that is meant, or None when there is none."""
    name, _, group = user.partition(":")
    entry = _entry(name)
    if entry is None and not name.isdecimal():
        return None
    uid = entry.pw_uid if entry else int(name)
    gid = _group(group) if group else entry.pw_gid if entry else 0
    if gid is None:
        return None
    groups = os.getgrouplist(entry.pw_name, gid) if entry and not group else [gid]
    return Account(uid, gid, groups, entry.pw_dir if entry else "/")


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(int(name)) if name.isdecimal() else pwd.getpwnam(name)
    except (KeyError, OverflowError):
        return None


def _group(name: str) -> int | None:
    if name.isdecimal():
        return int(name)
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        return None
