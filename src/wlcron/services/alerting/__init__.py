"""Incidents: what opens and closes them, and how channels are told."""

from wlcron.services.alerting.alerter import Alerter
from wlcron.services.alerting.deadlines import Deadlines
from wlcron.services.alerting.messenger import Messenger
from wlcron.services.alerting.reporter import Reporter
from wlcron.services.alerting.teller import Policy, Teller
from wlcron.services.alerting.watcher import Watcher

__all__ = ["Alerter", "Deadlines", "Messenger", "Policy", "Reporter", "Teller", "Watcher"]
