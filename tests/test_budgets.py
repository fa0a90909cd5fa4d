"""The sizes that CONTRIBUTING.md names hold everywhere."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(
    path
    for folder in ("src", "tests", "scripts", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts  # a list of what was done once, and never changed again
)
LINES, FUNCTION_LINES, METHODS, ARGUMENTS = 300, 30, 12, 6

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    """Yield all functions of a module."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def length(function: Function) -> int:
    """Return the lines of a function without its docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    docstring = ast.get_docstring(function, clean=False)
    return lines - (docstring.count("\n") + 1 if docstring else 0)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_sizes_stay_within_their_budgets(path: Path) -> None:
    """A budget that is hit asks for another design."""
    text = path.read_text()
    tree = ast.parse(text)
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    methods = {
        node.name: sum(isinstance(child, Function) for child in node.body) for node in classes
    }
    arguments = {
        node.name: len(child.args.args) + len(child.args.kwonlyargs) - 1
        for node in classes
        for child in node.body
        if isinstance(child, Function) and child.name == "__init__"
    }
    assert text.count("\n") <= LINES
    assert {node.name: n for node in functions(tree) if (n := length(node)) > FUNCTION_LINES} == {}
    assert {name: count for name, count in methods.items() if count > METHODS} == {}
    assert {name: count for name, count in arguments.items() if count > ARGUMENTS} == {}
