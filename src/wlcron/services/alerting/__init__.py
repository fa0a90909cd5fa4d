"""Incidents: what opens and closes them, and how channels are told."""

from wlcron.services.alerting.alerter import Alerter
from wlcron.services.alerting.messenger import Messenger
from wlcron.services.alerting.reporter import Reporter
from wlcron.services.alerting.teller import Policy, Teller
from wlcron.services.alerting.timers import Timers
from wlcron.services.alerting.watcher import Watcher

__all__ = ["Alerter", "Messenger", "Policy", "Reporter", "Teller", "Timers", "Watcher"]
