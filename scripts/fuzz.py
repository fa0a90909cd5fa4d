"""Fuzzing: every parser of what strangers send under atheris, the API under schemathesis.

`scripts/fuzz.py [--seconds N] [TARGET…]` tries each target (without one: all, and the API, which
is the target `api`) for N seconds, and prints what was tried, how much of the program was reached,
and what was found; it ends with 1 where something was. `scripts/fuzz.py --replay FILE TARGET`
tries one input again. Inputs that led somewhere, findings and logs are kept below .cache/fuzz;
both tools are installed there as well, so that pytest does not load their plugins.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).parent.parent
PYTHON = ROOT / ".venv/bin/python"
PINS = ROOT / "requirements/fuzz.txt"
CACHE = ROOT / ".cache/fuzz"
PACKAGES = CACHE / "packages"
API = "api"
_LONGEST_INPUT = 65_536  # bytes
_SLOW = 20  # seconds for one input, which is a finding
_MOST_MEMORY = 2048  # MiB
_END = 300.0  # seconds that a run may take beyond its time: what is looked at loads slowly
_EXECUTIONS = re.compile(r"(?:^#|number_of_executed_units: )(\d+)", re.MULTILINE)
_FEATURES = re.compile(r"cov: (\d+) ft: (\d+)")
_ARTIFACT = re.compile(r"Test unit written to (\S+)")


@dataclass(frozen=True)
class Result:
    """What came of one target."""

    target: str
    executions: int
    seconds: float
    edges: int
    findings: int
    hint: str = ""  # how to see a finding again


def main(arguments: Sequence[str]) -> int:
    """Fuzz what was asked for; return 1 where something was found."""
    asked = _asked(arguments)
    _install()
    names = [*_targets(), API]
    if unknown := [name for name in asked.targets if name not in names]:
        print(f"there is no target {unknown[0]}: {', '.join(names)}", file=sys.stderr)
        return 2
    if asked.replay:
        return _replay(asked.targets, asked.replay)
    results = []
    print(f"{'target':<20} {'executions':>12} {'edges':>7} {'findings':>9}")
    for name in asked.targets or names:
        result = _api(asked.seconds) if name == API else _guided(name, asked.seconds)
        edges = str(result.edges) if result.edges else "-"
        row = f"{name:<20} {result.executions:>12,} {edges:>7} {result.findings:>9}"
        print(f"{row}  {result.hint}".rstrip(), flush=True)
        results.append(result)
    return int(any(result.findings for result in results))


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="default: all, and api")
    parser.add_argument("--seconds", type=int, default=60, help="for each target (60)")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="try one input again")
    return parser.parse_args(arguments)


def _install() -> None:
    """Install both tools where only we look, unless they are there as pinned."""
    mark = PACKAGES / "pins.txt"
    if mark.exists() and mark.read_text() == PINS.read_text():
        return
    print(f"installing {PINS.relative_to(ROOT)}", file=sys.stderr)
    install = [str(PYTHON), "-m", "pip", "install", "--quiet", "--quiet"]
    # All that they need besides is in requirements/dev.txt, at the same versions.
    where = [
        "--disable-pip-version-check",
        "--no-deps",
        "--upgrade",
        "--target",
        str(PACKAGES),
        "--requirement",
        str(PINS),
    ]
    subprocess.run([*install, *where], check=True)
    mark.write_text(PINS.read_text())


def _targets() -> list[str]:
    program = "from tests.fuzz.targets import all_targets; print(*all_targets())"
    return _run(["-c", program], timeout=_END).stdout.split()


def _guided(name: str, seconds: int) -> Result:
    """Have atheris try one target."""
    corpus, findings = CACHE / "corpus" / name, CACHE / "findings"
    findings.mkdir(parents=True, exist_ok=True)
    options = {
        "max_total_time": seconds,
        "max_len": _LONGEST_INPUT,
        "timeout": _SLOW,
        "rss_limit_mb": _MOST_MEMORY,
        "print_final_stats": 1,
        "artifact_prefix": findings / f"{name}-",
    }
    flags = [f"-{key}={value}" for key, value in options.items()]
    begun = monotonic()
    command = ["-m", "tests.fuzz.guided", name, *flags, str(corpus)]
    done = _run(command, timeout=seconds + _SLOW + _END)
    log = CACHE / f"{name}.log"
    log.write_text(done.stdout)
    result = Result(
        target=name,
        executions=_last(_EXECUTIONS, done.stdout),
        seconds=round(monotonic() - begun, 1),
        edges=_last(_FEATURES, done.stdout),
        findings=int(done.returncode != 0),
        hint="" if done.returncode == 0 else _hint(name, done.stdout, log),
    )
    counts = ("target", "executions", "seconds", "findings")
    _write_counts(name, {key: getattr(result, key) for key in counts})
    return result


def _api(seconds: int) -> Result:
    """Have schemathesis ask the API of a real server."""
    folder = CACHE / API
    begun = monotonic()
    done = _run(["-m", "tests.fuzz.api", str(seconds), str(folder)], timeout=seconds + 3 * _END)
    (CACHE / "api.log").write_text(done.stdout)
    kept = folder / "api.json"
    counts = json.loads(kept.read_text()) if kept.exists() else {}
    _write_counts(API, counts)
    is_good = done.returncode == 0
    return Result(
        target=API,
        executions=counts.get("cases", 0),
        seconds=round(monotonic() - begun, 1),
        edges=counts.get("operations", 0),
        findings=0 if is_good else max(1, counts.get("failures", 0)),
        hint="" if is_good else f"see {CACHE / 'api.log'} and {folder / 'schemathesis.log'}",
    )


def _replay(targets: Sequence[str], file: Path) -> int:
    if len(targets) != 1 or targets[0] == API:
        print("name the one target that FILE is an input of", file=sys.stderr)
        return 2
    program = (
        "import sys; from pathlib import Path; from tests.fuzz.targets import all_targets;"
        " all_targets()[sys.argv[1]].check(Path(sys.argv[2]).read_bytes())"
    )
    done = _run(["-c", program, targets[0], str(file.resolve())], timeout=_END)
    print(done.stdout or "it breaks no rule")
    return int(done.returncode != 0)


def _run(command: Sequence[str], timeout: float) -> subprocess.CompletedProcess[str]:
    """Run Python with both tools at hand; what it says on either way out is one text."""
    paths = (str(ROOT), str(PACKAGES), os.environ.get("PYTHONPATH", ""))
    try:
        return subprocess.run(
            [str(PYTHON), *command],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        said = error.stdout.decode(errors="replace") if isinstance(error.stdout, bytes) else ""
        return subprocess.CompletedProcess(command, 1, f"{said}\nit did not end in {timeout:g} s\n")


def _last(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.findall(text)
    first = found[-1] if found else "0"
    return int(first if isinstance(first, str) else first[0])


def _hint(name: str, said: str, log: Path) -> str:
    return next(_hints(name, said), f"see {log}")


def _hints(name: str, said: str) -> Iterator[str]:
    for path in _ARTIFACT.findall(said):
        yield f"scripts/fuzz.py --replay {Path(path).relative_to(ROOT)} {name}"


def _write_counts(name: str, counts: dict[str, object]) -> None:
    """Write what was counted where the report is made of it, if it is."""
    if folder := os.environ.get("WL_COUNTS"):
        path = Path(folder) / f"fuzz-{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(counts) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
