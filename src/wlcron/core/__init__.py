"""What wlcron knows: pure values and rules, without I/O and without a clock."""
