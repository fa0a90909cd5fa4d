"""CloudFormation as moto leaves it out: outputs, and failures."""

from typing import Any

from moto.cloudformation.models import ChangeSet, CloudFormationBackend


def mend_stacks() -> None:
    """Let change sets behave as AWS's do."""
    apply = ChangeSet.apply
    execute = CloudFormationBackend.execute_change_set

    def apply_whole(change_set: Any) -> None:  # noqa: ANN401 -- moto is untyped
        apply(change_set)
        stack = change_set.stack
        stack.template = change_set.template
        stack._parse_template()  # noqa: SLF001 -- moto's private name
        stack.parameters |= change_set.parameters
        stack.output_map = stack._create_output_map()  # noqa: SLF001 -- moto's private name

    def execute_or_not(backend: Any, name: str, stack_name: str | None = None) -> None:  # noqa: ANN401 -- untyped
        stack = next(each for each in backend.stacks.values() if stack_name in each.name)
        try:
            execute(backend, name, stack_name)
        except Exception as error:  # noqa: BLE001 -- whatever it is that could not be made
            _roll_back(stack, str(error))

    ChangeSet.apply = apply_whole
    CloudFormationBackend.execute_change_set = execute_or_not


def _roll_back(stack: Any, reason: str) -> None:  # noqa: ANN401 -- moto is untyped
    status = "ROLLBACK" if stack.status == "REVIEW_IN_PROGRESS" else "UPDATE_ROLLBACK"
    stack._add_stack_event("CREATE_FAILED", resource_status_reason=reason)  # noqa: SLF001 -- moto's
    stack.events[-1].physical_resource_id = "the resource"
    stack.events[-1].logical_resource_id = "TheResource"
    stack._add_stack_event(f"{status}_IN_PROGRESS")  # noqa: SLF001 -- moto's private name
    stack._add_stack_event(f"{status}_COMPLETE")  # noqa: SLF001 -- moto's private name
    stack.status = f"{status}_COMPLETE"
