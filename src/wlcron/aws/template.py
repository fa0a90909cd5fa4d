"""The CloudFormation template, which is the one description of what is made in AWS."""

from importlib.resources import files
from typing import Any

import yaml

LARGEST = 51_200  # bytes that CloudFormation takes in a request


def template_text() -> str:
    """Return the template as it is sent."""
    return files("wlcron.aws").joinpath("template.yaml").read_text("utf-8")


def template_parameters() -> tuple[str, ...]:
    """Return the names of the template's parameters, in their order."""
    return tuple(template_document()["Parameters"])


def template_document() -> dict[str, Any]:
    """Return the template as data: `!Ref Topic` is {"Ref": "Topic"}, and so on."""
    document: dict[str, Any] = yaml.load(template_text(), _Loader)  # noqa: S506 -- a SafeLoader
    return document


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms."""


def _long_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    if isinstance(node, yaml.MappingNode):
        return {name: loader.construct_mapping(node, deep=True)}
    text = str(node.value)
    return {name: text.split(".", 1) if suffix == "GetAtt" else text}


_Loader.add_multi_constructor("!", _long_form)
