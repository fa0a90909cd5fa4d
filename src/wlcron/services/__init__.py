"""The duties, all of one shape: async tick(now) -> when to be called again."""
