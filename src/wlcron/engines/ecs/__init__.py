"""Executions as tasks of Amazon ECS."""
