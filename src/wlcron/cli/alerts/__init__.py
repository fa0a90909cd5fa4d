"""What is wrong and who is told: one module for each group of commands."""
