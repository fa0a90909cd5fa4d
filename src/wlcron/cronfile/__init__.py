"""The cron file: YAML or JSON beside somebody's code, read into definitions and written again."""

from wlcron.cronfile.document import as_document, differences
from wlcron.cronfile.limits import LARGEST_DOCUMENT, LARGEST_FILE
from wlcron.cronfile.parse import Entry, parse_cron_file
from wlcron.cronfile.readers import check_name
from wlcron.cronfile.units import parse_duration, parse_size, size_text

__all__ = [
    "LARGEST_DOCUMENT",
    "LARGEST_FILE",
    "Entry",
    "as_document",
    "check_name",
    "differences",
    "parse_cron_file",
    "parse_duration",
    "parse_size",
    "size_text",
]
