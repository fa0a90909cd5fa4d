"""Executions as tasks of Amazon ECS."""

from wlcron.engines.ecs.engine import EcsEngine

__all__ = ["EcsEngine"]
