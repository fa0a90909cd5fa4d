"""EventBridge keeps the time: one rule, or one schedule, for each cron."""
