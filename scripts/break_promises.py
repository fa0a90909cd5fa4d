"""`make promises`: breaks each promise of docs/architecture.md on purpose, and sees a test fail.

Each break is made in a copy of this checkout, one at a time; the tests named with it have to fail
then, by an assertion or an error of theirs, and to pass in a copy without it. Exits 1 when one of
them does not notice. What was seen is written into the folder that WL_COUNTS names, for
docs/reliability.md.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPIED = ("src", "tests", "scripts", "examples", "deploy", "docs", "pyproject.toml")
TEST_FAILED = 1  # pytest's exit code; others are about pytest itself


@dataclass(frozen=True)
class Break:
    """One line of the product that is made wrong."""

    promise: int
    what: str
    file: str  # under src/wlcron
    right: str
    wrong: str
    tests: str  # for pytest: files, and what -k takes behind a space


BREAKS = (
    Break(
        1,
        "SQL accepts a slot's second row",
        "stores/migrations/versions/0001_first_tables.py",
        '_index("uq_executions_slot", "executions", "cron_id", "slot", unique=True)',
        '_index("uq_executions_slot", "executions", "cron_id", "slot")',
        "tests/stores/test_constraints.py tests/stores/test_migrations.py",
    ),
    Break(
        1,
        "DynamoDB accepts a slot's second row",
        "stores/dynamodb/requests.py",
        "attribute_not_exists(pk)",
        "attribute_not_exists(nothing)",
        "tests/contract/test_store_concurrency.py tests/contract/test_store_commit.py -k dynamodb",
    ),
    Break(
        2,
        "SQL accepts a second active execution",
        "stores/migrations/versions/0001_first_tables.py",
        '"cron_id", unique=True, where=active)',
        '"cron_id", where=active)',
        "tests/stores/test_constraints.py tests/stores/test_migrations.py",
    ),
    Break(
        2,
        "DynamoDB accepts a second active execution",
        "stores/dynamodb/planned.py",
        "update.expect(active=text(self.lock) if self.lock else None)",
        "pass",
        "tests/contract/test_store_commit.py tests/contract/test_store_concurrency.py -k dynamodb",
    ),
    Break(
        3,
        "RunTask gets a token of its own each time",
        "engines/ecs/request.py",
        '"clientToken": _token(execution.id, after),',
        '"clientToken": __import__("uuid").uuid4().hex,',
        "tests/engines/ecs/test_start.py tests/engines/ecs/test_request.py",
    ),
    Break(
        4,
        "final statuses do not absorb",
        "core/execution.py",
        "if execution.is_final or seen.kind in _UNDER_WAY:",
        "if seen.kind in _UNDER_WAY:",
        "tests/core/test_execution.py",
    ),
    Break(
        4,
        "DynamoDB takes a change from whatever status",
        "stores/dynamodb/moving.py",
        '.expect(status=text(change.before or ""))',
        ".expect_some('status')",
        "tests/contract/test_store_apply.py tests/contract/test_store_concurrency.py -k dynamodb",
    ),
    Break(
        5,
        "the guard of a task does not end it",
        "engines/ecs/guard.py",
        "exit {AT_DEADLINE}\n",
        "sleep 100000\n",
        "tests/engines/ecs/test_watch.py tests/engines/ecs/test_guard.py",
    ),
    Break(
        5,
        "the job goes on without its guard",
        "engines/ecs/definition.py",
        '        "image": settings.guard_image,\n        "essential": True,',
        '        "image": settings.guard_image,\n        "essential": False,',
        "tests/engines/ecs/test_watch.py tests/engines/ecs/test_definition.py",
    ),
    Break(
        6,
        "a status moves without its change",
        "stores/dynamodb/moving.py",
        "writes = [moved, put_change(shelf, Change(after, change.before, change.at), stamp)]",
        "writes = [moved]",
        "tests/contract/test_store_outbox.py -k dynamodb",
    ),
    Break(
        7,
        "an event is deleted before it was recorded",
        "engines/ecs/watcher.py",
        "            messages = await self._receive()\n",
        "            messages = await self._receive()\n"
        "            await self._queue.settle(messages, [])\n",
        "tests/engines/ecs/test_watch.py",
    ),
    Break(
        7,
        "SNS is answered before a slot was recorded",
        "api/sns.py",
        "outcome = await endpoint.deliveries.deliver(delivery, now)",
        "__import__('asyncio').ensure_future(endpoint.deliveries.deliver(delivery, now));"
        " outcome = Delivered.RECORDED",
        "tests/api/test_sns.py",
    ),
    Break(
        8,
        "a plan of a cron that another server moved on is committed",
        "stores/dynamodb/planned.py",
        "update.expect(revision=number(plan.cron.revision))",
        "pass",
        "tests/contract/test_store_commit.py tests/contract/test_store_concurrency.py -k dynamodb",
    ),
    Break(
        8,
        "a claim is taken from whoever has it",
        "stores/dynamodb/moving.py",
        'return update.expect(lease_until=attribute(row, "lease_until"))',
        "return update",
        "tests/stores/dynamodb/test_remembering.py",
    ),
    Break(
        9,
        "an edited schedule begins with its past",
        "commands.py",
        "    return replace(new, next_due=first_due(new, now))",
        "    return replace(new, next_due=new.schedule().next(now.replace(year=2000)))",
        "tests/api/test_crons.py",
    ),
)


def main() -> int:
    """Break them all; return the exit code."""
    unsound = {tests for tests in {each.tests for each in BREAKS} if not _do_pass(tests)}
    seen: list[Break] = []
    for each in BREAKS:
        is_noticed = each.tests not in unsound and _is_noticed(each)
        seen += [each] if is_noticed else []
        print(f"promise {each.promise}: {'seen' if is_noticed else 'NOT SEEN'}: {each.what}")
        sys.stdout.flush()
    print(f"{len(seen)} of {len(BREAKS)} breaks were seen")
    _count(seen)
    return 0 if len(seen) == len(BREAKS) else 1


def _count(seen: Sequence[Break]) -> None:
    folder = os.environ.get("WL_COUNTS")
    if folder is None:
        return
    promises = sorted({each.promise for each in BREAKS})
    counted = {
        str(number): {
            "broken": sum(each.promise == number for each in BREAKS),
            "seen": sum(each.promise == number for each in seen),
        }
        for number in promises
    }
    Path(folder, "promises.json").write_text(json.dumps(counted))


def _do_pass(tests: str) -> bool:
    """Whether tests pass without a break, so that they say something when they fail with one."""
    with _copy() as place:
        done = _run(tests, place)
    if done.returncode != 0:
        print(done.stdout[-2000:], f"these tests fail without a break: {tests}", sep="\n")
    return done.returncode == 0


def _is_noticed(each: Break) -> bool:
    with _copy() as place:
        path = place / "src" / "wlcron" / each.file
        text = path.read_text()
        if each.right not in text:
            print(f"{each.file} has no {each.right!r} any more: say here how it is broken now")
            return False
        path.write_text(text.replace(each.right, each.wrong, 1))
        done = _run(each.tests, place)
    if done.returncode != TEST_FAILED:
        print(done.stdout[-2000:], done.stderr[-2000:])
    return done.returncode == TEST_FAILED


@contextmanager
def _copy() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="wlcron-broken-") as folder:
        place = Path(folder)
        for name in COPIED:
            found = ROOT / name
            copy = shutil.copytree if found.is_dir() else shutil.copy2
            copy(found, place / name)
        yield place


def _run(tests: str, place: Path) -> subprocess.CompletedProcess[str]:
    command = [str(ROOT / ".venv/bin/pytest"), "-q", "-x", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, *shlex.split(tests)],
        cwd=place,
        env=os.environ | {"PYTHONPATH": str(place / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


if __name__ == "__main__":
    sys.exit(main())
