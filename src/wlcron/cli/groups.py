"""The groups of commands, and where each command is."""

from wlcron.cli.tree import LazyGroup

cron = LazyGroup(
    "cron",
    purpose="Create crons, run them, and see what happened.",
    example="wl cron create my-cron-job -f cron.yaml\nwl cron status my-cron-job",
    members={
        "create": "wlcron.cli.cron.create:create",
        "apply": "wlcron.cli.cron.apply:apply",
        "validate": "wlcron.cli.cron.validate:validate",
        "list": "wlcron.cli.cron.list:list_crons",
        "status": "wlcron.cli.cron.status:status",
        "show": "wlcron.cli.cron.show:show",
        "run": "wlcron.cli.cron.run:run",
        "stop": "wlcron.cli.cron.stop:stop",
        "logs": "wlcron.cli.cron.logs:logs",
        "pause": "wlcron.cli.cron.pause:pause",
        "resume": "wlcron.cli.cron.pause:resume",
        "silence": "wlcron.cli.alerts.silences:silence",
        "delete": "wlcron.cli.cron.delete:delete",
    },
)

schedule = LazyGroup(
    "schedule",
    purpose="Try out schedules; no server is needed.",
    example='wl schedule next "cron(0 9 ? * MON-FRI *)" --timezone Europe/Berlin',
    members={
        "next": "wlcron.cli.schedule:next_slots",
        "explain": "wlcron.cli.schedule:explain",
    },
)

aws = LazyGroup(
    "aws",
    purpose="Look after what a server has in AWS.",
    example="wl aws bootstrap --dry-run\nwl aws reconcile --dry-run",
    members={
        "bootstrap": "wlcron.cli.aws.bootstrap:bootstrap",
        "reconcile": "wlcron.cli.aws.reconcile:reconcile",
    },
)

incident = LazyGroup(
    "incident",
    purpose="See what is wrong.",
    example="wl incident list",
    members={"list": "wlcron.cli.alerts.incidents:list_incidents"},
)

channel = LazyGroup(
    "channel",
    purpose="See where alerts go, and whether they arrive.",
    example="wl channel list\nwl channel test team-slack",
    members={
        "list": "wlcron.cli.alerts.channels:list_channels",
        "test": "wlcron.cli.alerts.channels:test_channel",
    },
)

silence = LazyGroup(
    "silence",
    purpose="See and end silences; `wl cron silence` makes them.",
    example="wl silence list\nwl silence end 3f2a91c0",
    members={
        "list": "wlcron.cli.alerts.silences:list_silences",
        "end": "wlcron.cli.alerts.silences:end_silence",
    },
)
