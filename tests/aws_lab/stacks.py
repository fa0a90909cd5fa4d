"""CloudFormation as moto leaves it out: conditions in change sets, outputs, and failures."""

from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.models import ChangeSet, CloudFormationBackend
from moto.cloudformation.parsing import ResourceMap

from tests.aws_lab.place import ACCOUNT, REGION


def mend_stacks() -> None:
    """Let change sets behave as AWS's do."""
    _leave_out_no_values()
    _leave_out_what_is_not_wanted()
    _tell_outputs()
    _survive_failures()


def _leave_out_no_values() -> None:
    clean = parsing.clean_json

    def clean_lists(part: Any, resources: Any) -> Any:  # noqa: ANN401 -- moto is untyped
        made = clean(part, resources)
        return [each for each in made if each is not None] if isinstance(made, list) else made

    parsing.clean_json = clean_lists


def _leave_out_what_is_not_wanted() -> None:
    parse = ChangeSet._parse_template  # noqa: SLF001 -- moto's private name

    def parse_and_choose(change_set: Any) -> None:  # noqa: ANN401 -- moto is untyped
        parse(change_set)
        document = change_set.template_dict
        names = (change_set.stack_id, change_set.stack_name)
        chosen = ResourceMap(*names, change_set.parameters, {}, REGION, ACCOUNT, document, None)
        chosen.load_parameters()
        chosen.load_conditions()
        document["Resources"] = {
            name: resource
            for name, resource in document["Resources"].items()
            if chosen.lazy_condition_map.get(resource.get("Condition"), True)
        }

    ChangeSet._parse_template = parse_and_choose  # noqa: SLF001 -- moto's private name


def _tell_outputs() -> None:
    apply = ChangeSet.apply

    def apply_whole(change_set: Any) -> None:  # noqa: ANN401 -- moto is untyped
        apply(change_set)
        stack = change_set.stack
        stack.template = change_set.template
        stack._parse_template()  # noqa: SLF001 -- moto's private name
        stack.parameters |= change_set.parameters
        # Or the next change set, which names them all, would change whatever depends on a default.
        stack.resource_map.input_parameters = _defaults(change_set) | stack.parameters
        stack.output_map = stack._create_output_map()  # noqa: SLF001 -- moto's private name

    ChangeSet.apply = apply_whole


def _defaults(change_set: Any) -> dict[str, str]:  # noqa: ANN401 -- moto is untyped
    parameters = change_set.template_dict.get("Parameters", {}).items()
    return {name: str(each["Default"]) for name, each in parameters if "Default" in each}


def _survive_failures() -> None:
    execute = CloudFormationBackend.execute_change_set

    def execute_or_not(
        backend: Any,  # noqa: ANN401 -- moto is untyped
        change_set_name: str,
        stack_name: str | None = None,
    ) -> None:
        stack = next(each for each in backend.stacks.values() if each.name == stack_name)
        try:
            execute(backend, change_set_name, stack_name)
        except Exception as error:  # noqa: BLE001 -- whatever it is that could not be made
            _roll_back(stack, str(error))

    CloudFormationBackend.execute_change_set = execute_or_not


def _roll_back(stack: Any, reason: str) -> None:  # noqa: ANN401 -- moto is untyped
    status = "ROLLBACK" if stack.status == "REVIEW_IN_PROGRESS" else "UPDATE_ROLLBACK"
    stack._add_stack_event("CREATE_FAILED", resource_status_reason=reason)  # noqa: SLF001 -- moto's
    stack.events[-1].physical_resource_id = "the resource"
    stack.events[-1].logical_resource_id = "TheResource"
    stack._add_stack_event(f"{status}_IN_PROGRESS")  # noqa: SLF001 -- moto's private name
    stack._add_stack_event(f"{status}_COMPLETE")  # noqa: SLF001 -- moto's private name
    stack.status = f"{status}_COMPLETE"
