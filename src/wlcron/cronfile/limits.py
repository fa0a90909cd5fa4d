"""How large a cron file may be: far beyond any real one, far below what would hurt."""

LARGEST_FILE = 10 * 1024 * 1024  # bytes
LARGEST_DOCUMENT = 1024 * 1024  # bytes; also what all aliases together may expand to
MOST_DOCUMENTS = 1000
MOST_NODES = 10_000
DEEPEST = 32
