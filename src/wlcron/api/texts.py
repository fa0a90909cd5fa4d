"""What people may write into a request, beside cron files."""

from typing import Annotated

from pydantic import StringConstraints

NO_NUL = r"^[^\x00]*$"  # PostgreSQL takes it in no text
MOST_LABELS = 32  # as in a cron file, whose labels these are to fit

Words = Annotated[str, StringConstraints(max_length=500, pattern=NO_NUL)]
Label = Annotated[str, StringConstraints(max_length=255, pattern=NO_NUL)]
