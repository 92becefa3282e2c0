"""The tuned constants of `lenet.ink` and `lenet.reading`, by introspection, and readers with one changed.

A constant is a module-level name in capitals that holds a number, or numbers, or a field of a dataclass of
costs: `SearchCosts`, and `Refusal` in the record beside the weights. `changed_reader` imports both packages
anew with another value at the place where the constant is defined, so that default arguments, names that
other modules imported and constants that are computed from it follow.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import importlib.machinery
import importlib.util
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import numpy as np

import lenet
from lenet.network.classifiers import Classifier
from lenet.network.record import Record, Refusal

PACKAGES = ("lenet.ink", "lenet.reading")
COSTS = "lenet.reading.costs"

Value = Any
"""A number, an array of numbers, or a tuple or list of values."""

Place = tuple[str, int]
"""A function: its file and its first line."""


@dataclasses.dataclass(frozen=True)
class Constant:
    """One constant.

    Attributes:
        home: the module that defines it, or the dataclass of which it is a field.
        name: its name.
        value: its value.
        meaning: the first line of its documentation, "" without one.
    """

    home: str
    name: str
    value: Value
    meaning: str = ""

    @property
    def label(self) -> str:
        """Short name: module and constant."""
        return f"{self.home.rpartition('.')[2]}.{self.name}"

    def scaled(self, factor: float) -> Value:
        """The value times a factor; see `scaled`."""
        return scaled(self.value, factor, capped=self.home in _modules())


def scaled(value: Value, factor: float, capped: bool = True) -> Value:
    """Multiply a value by a factor.

    Whole numbers stay whole and change by 1 at least; 0 stays 0. Tuples, named or not, lists and arrays are
    multiplied element by element. A share from 0.5 to 1 that would exceed 1 is as many times nearer to 1
    where `capped`.
    """
    if isinstance(value, (tuple, list)):
        elements = [scaled(one, factor, capped) for one in value]
        return type(value)(*elements) if hasattr(value, "_fields") else type(value)(elements)
    if isinstance(value, np.ndarray):
        return value * factor
    changed = value * factor
    if isinstance(value, (int, np.integer)):
        if value == 0:
            return value
        return int(max(changed, value + 1) if factor > 1 else min(changed, value - 1))
    return 1 - (1 - value) / factor if capped and 0.5 <= value < 1 < changed else changed


def is_numeric(value: object) -> bool:
    """Whether a value is a number or consists of numbers."""
    if isinstance(value, (tuple, list)):
        return bool(value) and all(is_numeric(one) for one in value)
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iuf"
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)


def find() -> list[Constant]:
    """Find all constants, module by module."""
    found = [
        Constant(module, name, value, meaning)
        for module, tree in _trees().items()
        for name, meaning in _assigned(tree)
        if is_numeric(value := getattr(importlib.import_module(module), name))
    ]
    costs = importlib.import_module(COSTS).SearchCosts
    return found + [
        Constant(home.__name__, field.name, field.default, _attributes(home).get(field.name, ""))
        for home in (costs, Refusal)
        for field in dataclasses.fields(home)
    ]


def _modules() -> list[str]:
    """Names of all modules of both packages."""
    found = []
    for package in PACKAGES:
        paths = importlib.import_module(package).__path__
        found += [package, *(f"{package}.{module.name}" for module in pkgutil.iter_modules(paths))]
    return found


def _file(module: str) -> Path:
    found = importlib.util.find_spec(module)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin)


def _trees() -> dict[str, ast.Module]:
    return {module: ast.parse(_file(module).read_text("utf-8")) for module in _modules()}


def _assigned(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The names in capitals that a module assigns, with the first line of what stands below in quotes."""
    for statement, after in zip(tree.body, [*tree.body[1:], None], strict=True):
        documented = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
        meaning = str(after.value.value).split("\n")[0] if documented else ""  # type: ignore[union-attr]
        for name in _targets(statement):
            yield name, meaning


def _targets(statement: ast.stmt) -> list[str]:
    """Names in capitals to which a statement assigns."""
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign) and statement.value:
        targets = [statement.target]
    else:
        return []
    names = [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
    return [name for name in names if name.isupper()]


def _attributes(home: type) -> dict[str, str]:
    """What the docstring of a dataclass says of its attributes, first lines."""
    lines = [line.strip() for line in (home.__doc__ or "").split("\n")]
    return {name: meaning for name, found, meaning in (line.partition(": ") for line in lines) if found}


# Changing -----------------------------------------------------------------------------------------


def changed_reader(
    classify: Classifier, record: Record, constant: Constant | None, value: Value = None
) -> Any:
    """Make a reader with another value of a constant; None changes nothing.

    It has modules of its own; those of the caller stay as they are.
    """
    importer = _Importer(constant, value)
    own = {name: module for name, module in sys.modules.items() if name.startswith(PACKAGES)}
    _forget(own)
    sys.meta_path.insert(0, importer)
    try:
        reader = importlib.import_module("lenet.reading.reader").Reader
        costs = importlib.import_module(COSTS).SearchCosts()
    finally:
        sys.meta_path.remove(importer)
        _forget([name for name in sys.modules if name.startswith(PACKAGES)])
        sys.modules.update(own)
        for name in own.keys() & PACKAGES:
            setattr(lenet, name.removeprefix("lenet."), own[name])
    if constant and constant.home == "SearchCosts":
        costs = dataclasses.replace(costs, **{constant.name: value})
    if constant and constant.home == "Refusal":
        refusal = dataclasses.replace(record.refusal, **{constant.name: value})
        record = dataclasses.replace(record, refusal=refusal)
    return reader(classify, record, costs)


def _forget(names: Iterable[str]) -> None:
    for name in names:
        del sys.modules[name]


class _Importer(importlib.machinery.PathFinder):
    """Finds the modules of both packages, and gives the constant its other value."""

    def __init__(self, constant: Constant | None, value: Value) -> None:
        self._constant, self._value = constant, value

    def find_spec(  # type: ignore[override]
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """As `PathFinder`, for these packages alone."""
        if not name.startswith(PACKAGES):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec and spec.origin and self._constant and self._constant.home == name:
            spec.loader = _Loader(name, spec.origin, self._constant.name, self._value)
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module in which one assignment is followed by another to the same name."""

    def __init__(self, module: str, path: str, name: str, value: Value) -> None:
        super().__init__(module, path)
        self._constant, self._value = name, value

    def get_code(self, fullname: str) -> CodeType:
        """Compile the changed source, past the cache of compiled files."""
        tree = ast.parse(Path(self.path).read_text("utf-8"))
        place = next(i for i, node in enumerate(tree.body) if self._constant in _targets(node))
        tree.body[place + 1 : place + 1] = ast.parse(f"{self._constant} = __changed__").body
        return compile(tree, self.path, "exec")

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, in which the value is known as `__changed__`."""
        module.__dict__["__changed__"] = self._value
        super().exec_module(module)


# What a constant can reach ------------------------------------------------------------------------


def users() -> Callable[[Constant], set[Place] | None]:
    """Tell of a constant which functions use it, or a constant computed from it; None: it is used elsewhere.

    Names are compared, not what they stand for: it may be too many functions, never too few.
    """
    modules = _trees()
    trees = {str(_file(module)): tree for module, tree in modules.items()}
    computed: dict[str, set[str]] = {}
    places: dict[str, set[Place]] = {}
    anywhere: set[str] = set()
    for file, tree in trees.items():
        for statement in tree.body:
            for name in _names(statement):
                for target in _targets(statement):
                    computed.setdefault(name, set()).add(target)
            for function, names in _outermost(statement):
                for name in names:
                    if function:
                        places.setdefault(name, set()).add((file, function))
                    elif not isinstance(statement, (ast.Import, ast.ImportFrom)) and not _targets(statement):
                        anywhere.add(name)

    def functions(constant: Constant) -> set[Place] | None:
        names = {constant.name}
        while more := set().union(*(computed.get(name, set()) for name in names)) - names:
            names |= more
        if constant.home in modules and names & anywhere:
            return None
        return set().union(*(places.get(name, set()) for name in names))

    return functions


def _names(node: ast.AST) -> set[str]:
    found = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return found | {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}


def _outermost(statement: ast.stmt) -> Iterator[tuple[int, set[str]]]:
    """The functions and methods that a statement defines: first line, and the names in the body.

    What else the statement names comes with line 0: default arguments, decorators, fields.
    """
    if isinstance(statement, ast.ClassDef):
        for inner in statement.body:
            yield from _outermost(inner)
    elif isinstance(statement, ast.FunctionDef):
        first = min([statement.lineno, *(one.lineno for one in statement.decorator_list)])
        yield first, set().union(*map(_names, statement.body))
        outside = [statement.args, *statement.decorator_list]
        yield 0, set().union(*map(_names, outside))
    else:
        yield 0, _names(statement)


def called(call: Callable[[], object]) -> set[Place]:
    """The functions of Python that a call runs."""
    found: set[Place] = set()

    def note(frame: Any, event: str, argument: object) -> None:
        if event == "call":
            found.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))

    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(None)
    return found
