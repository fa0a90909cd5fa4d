"""A rehearsal as programs read it, written while it is read."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from wlcron.rehearsal.events import Happening, What
from wlcron.rehearsal.report import Report, Summary


def json_lines(report: Report, durations: str, events: str) -> Iterator[str]:
    """Yield the lines of one JSON object; `events` is `all`, `trouble` or `none`."""
    head = {
        "from": _text(report.setting.begin),
        "until": _text(report.setting.until),
        "durations": durations,
        "crons": [_cron(each) for each in report.summaries],
        "most_at_once": report.crowd.most,
        "most_at_once_at": _text(report.crowd.most_at),
        "warnings": [
            {"kind": each.kind, "cron": each.cron, "text": each.text} for each in report.warnings
        ],
        "events_shown": events,
    }
    yield json.dumps(head, indent=2).removesuffix("\n}") + ',\n  "events": ['
    shown = iter(()) if events == "none" else report.happenings(calm=events == "all")
    before = ""
    for each in shown:
        yield f"{before}    {json.dumps(_event(each))}"
        before = ","
    yield "  ]\n}"


def _cron(summary: Summary) -> dict[str, Any]:
    cron, tally = summary.part.cron, summary.tally
    return {
        "name": cron.name,
        "schedule": cron.definition.schedule,
        "timezone": cron.definition.timezone,
        "starts": tally[What.STARTED],
        "successes": tally[What.SUCCESS],
        "skipped": tally[What.SKIPPED],
        "missed": tally[What.MISSED],
        "timeouts": tally[What.TIMEOUT],
        "failures": tally[What.FAILED],
        "errors": tally[What.ERROR],
        "alerts": tally[What.ALERT],
        "most_at_once": tally.most,
        "longest_gap": tally.gap.total_seconds() if tally.gap else None,
        "longest_gap_from": _text(summary.gap_from),
    }


def _event(each: Happening) -> dict[str, Any]:
    told = each.event.told
    return {
        "at": _text(each.at),
        "cron": each.cron.name,
        "event": str(each.event.what),
        **({} if each.slot is None else {"slot": _text(each.slot)}),
        **({"why": each.why} if each.why else {}),
        **(
            {}
            if told is None
            else {
                "step": str(told.step),
                "condition": told.condition,
                "severity": str(told.severity),
                "channel": told.channel,
            }
        ),
    }


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
