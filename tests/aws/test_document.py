"""docs/aws.md says what the template says, and its sums are right."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aws.test_template import RESOURCES, TEMPLATE, policies
from wlcron.aws import template

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "aws.md").read_text()


def rows(name: str) -> Iterator[list[str]]:
    """Yield the cells of each row of a table between two comments."""
    table = TEXT.partition(f"<!-- {name}: begin -->")[2].partition(f"<!-- {name}: end -->")[0]
    for line in table.strip().splitlines()[2:]:
        yield [cell.strip().strip("`*") for cell in line.strip("|").split("|")]


def value(node: ast.expr, inputs: dict[str, float]) -> float:
    """Return what sums and products of numbers and inputs come to."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return inputs[name]
        case ast.BinOp(left=left, op=operator, right=right):
            first, second = value(left, inputs), value(right, inputs)
            match operator:
                case ast.Add():
                    return first + second
                case ast.Mult():
                    return first * second
                case ast.Div():
                    return first / second
    raise ValueError(ast.dump(node))


def test_the_costs_are_what_the_inputs_and_prices_make() -> None:
    """Whoever corrects a figure is told the sums that follow."""
    inputs = {name: float(figure) for name, figure, _ in rows("inputs")}
    inputs["E"] = inputs["crons"] * inputs["per_hour"] * inputs["hours"] / 1e6
    sum_so_far, written, right = 0.0, [], []
    for what, formula, *figures in rows("costs"):
        written.append((what, *figures))
        if not formula:
            right.append((what, "", "", f"{sum_so_far:.2f}"))
            continue
        quantity = value(ast.parse(formula, mode="eval").body, inputs)
        cost = round(quantity * float(figures[1]), 2)
        sum_so_far += cost
        right.append((what, f"{quantity:.2f}", figures[1], f"{cost:.2f}"))
    assert written == right


@pytest.mark.parametrize("name", [name for name in TEMPLATE["Parameters"] if name != "Instance"])
def test_every_parameter_is_explained(name: str) -> None:
    """With the template's own default."""
    assert re.search(rf"^\| .*`{name}`", TEXT, re.MULTILINE)


def test_every_permission_is_explained() -> None:
    """Each statement of the server's policy, and each role."""
    statements = [each["Sid"] for name, each in policies() if name == "ServerPolicy"]
    roles = [name for name, each in RESOURCES.items() if each["Type"] == "AWS::IAM::Role"]
    assert [name for name in (*statements, *roles) if f"| `{name}` |" not in TEXT] == []


def test_there_is_one_template() -> None:
    """deploy/aws leads to the file that is in the package."""
    linked = (ROOT / "deploy" / "aws" / "wlcron.yaml").resolve()
    assert linked == Path(template.__file__).with_name("template.yaml").resolve()
