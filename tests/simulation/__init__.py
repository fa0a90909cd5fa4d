"""Whole systems in one process, on virtual time, with everything going wrong."""
