"""The repository tests itself: layers, sizes, the map, documentation, and what must not be in it.

Rules and exceptions are data, in tests/tidy_data.py.
"""

from __future__ import annotations

import ast
import functools
import pathlib
import re
import subprocess
import sys
import tomllib
import typing

import pytest

import tests.tidy_data as t_data

ROOT = pathlib.Path(__file__).resolve().parent.parent

FuncNode = (ast.FunctionDef, ast.AsyncFunctionDef)


@functools.cache
def sources(top: str = 'synapse') -> dict[str, ast.Module]:
    """Return {path relative to the repo: syntax tree} of the Python files below a folder."""
    paths = sorted((ROOT / top).rglob('*.py'))
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(), str(path)) for path in paths}


def modname(path: str) -> str:
    parts = pathlib.PurePath(path).with_suffix('').parts
    return '.'.join(parts[:-1] if parts[-1] == '__init__' else parts)


def within(name: str, groups: typing.Iterable[str]) -> str | None:
    """Return the longest of the group names that a module belongs to."""
    hits = [group for group in groups if name == group or name.startswith(group + '.')]
    return max(hits, key=len, default=None)


def rank(name: str) -> tuple[int, str] | None:
    """Return (layer number, group) of a module of ours."""
    group = within(name, (group for layer in t_data.LAYERS for group in layer))
    for indx, layer in enumerate(t_data.LAYERS):
        if group in layer:
            return indx, group
    return None


def statements(node: ast.AST, func: str | None = None) -> typing.Iterator[tuple[ast.stmt, str | None]]:
    """Yield (statement, name of the function around it) below a node. Expressions are not walked: this is fast."""
    for name in ('body', 'orelse', 'finalbody', 'handlers', 'cases'):
        items = getattr(node, name, ())
        for item in items if isinstance(items, list) else ():
            if isinstance(item, ast.stmt):
                yield item, func
            yield from statements(item, item.name if isinstance(item, FuncNode) else func)


@functools.cache
def imports(path: str) -> list[tuple[int, str, str | None]]:
    """Return (line, absolute module name, name of the function around it) of every import in a file."""
    names: list[tuple[int, str, str | None]] = []
    for node, func in statements(sources()[path]):
        if isinstance(node, ast.Import):
            names.extend((node.lineno, alias.name, func) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.module == 'synapse':
                names.extend((node.lineno, f'synapse.{alias.name}', func) for alias in node.names)
            else:
                names.append((node.lineno, '.' * node.level + (node.module or ''), func))
    return names


def functions(tree: ast.Module) -> typing.Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
    """Yield (qualified name, node, is a method) of the functions of a module and its classes, not of nested ones."""
    for node in tree.body:
        if isinstance(node, FuncNode):
            yield node.name, node, False
        elif isinstance(node, ast.ClassDef):
            for item in node.body:
                if isinstance(item, FuncNode):
                    yield f'{node.name}.{item.name}', item, True


def report(faults: list[str]) -> None:
    assert not faults, '\n' + '\n'.join(faults)


def test_every_module_has_a_layer() -> None:
    mods = [modname(path) for path in sources()]
    bare = {'synapse', 'synapse.lib'}
    report([f'{mod} is in no layer of tests/tidy_data.py' for mod in mods if mod not in bare and rank(mod) is None])


def test_imports_point_down() -> None:
    faults = []
    for path in sources():
        mine = rank(modname(path))
        for line, name, _ in imports(path):
            other = rank(name)
            if mine is None or other is None or mine[1] == other[1]:
                continue
            if other[0] >= mine[0] and (mine[1], other[1]) not in t_data.ANNOTATIONS:
                faults.append(f'{path}:{line} imports {name}, which is above it or beside it')
    report(faults)


def test_imports_stand_at_the_top() -> None:
    inner = [(path, item) for path in sources() for item in imports(path) if item[2] is not None]
    report([f'{path}:{line} imports {name} in {func}()' for path, (line, name, func) in inner])


def test_imports_are_absolute_and_aliased_alike() -> None:
    faults = []
    for path, tree in sources().items():
        for node, _ in statements(tree):
            if isinstance(node, ast.ImportFrom) and node.level:
                faults.append(f'{path}:{node.lineno} relative import')
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name.startswith('synapse.') and not (alias.asname or '').startswith('s_'):
                        faults.append(f'{path}:{node.lineno} import {alias.name} as s_<lastname>')
    report(faults)


def test_pure_parts_are_pure() -> None:
    faults = []
    for path in sources():
        if within(modname(path), t_data.PURE):
            hits = [(line, name) for line, name, _ in imports(path) if name.split('.')[0] in t_data.PURE_BANS]
            faults.extend(f'{path}:{line} is pure and may not import {name}' for line, name in hits)
    report(faults)


def test_third_party_imports_are_declared() -> None:
    conf = tomllib.loads((ROOT / 'pyproject.toml').read_text())['project']
    extras = conf['optional-dependencies']
    declared = {
        re.split(r'[<>=!~;\[ ]', dep)[0].lower() for dep in conf['dependencies'] + extras['demo'] + extras['s3']
    }
    faults = []
    for path in sources():
        for line, name, _ in imports(path):
            root = name.split('.')[0]
            if root in sys.stdlib_module_names or root == 'synapse':
                continue
            if t_data.DISTRIBUTIONS.get(root, root) not in declared:
                faults.append(f'{path}:{line} imports {root}, which pyproject.toml does not declare')
    report(faults)


def sizes() -> typing.Iterator[tuple[str, int, int]]:
    """Yield (ratchet key, size, limit) of every file, function and class."""
    for path, tree in {**sources(), **sources('tests'), **sources('bench')}.items():
        yield path, len((ROOT / path).read_text().splitlines()), t_data.MAX_FILE
        for name, node, _ in functions(tree):
            yield f'{path}:{name}', (node.end_lineno or 0) - node.lineno + 1, t_data.MAX_FUNCTION
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and path.startswith('synapse'):
                count = sum(isinstance(item, FuncNode) for item in node.body)
                yield f'{path}:{node.name}', count, t_data.MAX_METHODS


def test_nothing_grows_into_a_hall() -> None:
    faults = []
    seen = {}
    for key, size, limit in sizes():
        if size <= limit:
            continue
        seen[key] = size
        allowed, why = t_data.RATCHET.get(key, (limit, ''))
        if size > allowed:
            faults.append(f'{key} has {size}, the limit is {allowed}')
        if why == '' and key in t_data.RATCHET:
            faults.append(f'{key} is in the ratchet without a reason')
    for key, (allowed, _) in t_data.RATCHET.items():
        if seen.get(key, 0) < allowed:
            faults.append(f'{key}: lower its ratchet entry from {allowed} to {seen.get(key, "nothing: remove it")}')
    report(faults)


def test_every_package_is_on_the_map() -> None:
    """A package, or a module that stands in no package with an essay of its own, has a line in docs/architecture.md."""
    text = (ROOT / 'docs' / 'architecture.md').read_text()
    faults = []
    for path in sources():
        pure = pathlib.PurePath(path)
        if pure.name == '__init__.py':
            name = f'`{pure.parent}/`'
        elif str(pure.parent) in ('synapse', 'synapse/lib'):
            name = f'`{path}`'
        else:
            continue
        if name not in text:
            faults.append(f'{name} is not on the map (docs/architecture.md)')
    for name in re.findall(r'`(synapse/[\w/.]+)`', text):
        if not (ROOT / name).exists():
            faults.append(f'{name} is on the map but not in the tree')
    report(faults)


def test_every_package_opens_with_an_essay_that_names_its_files() -> None:
    faults = []
    for path, tree in sources().items():
        if not path.endswith('__init__.py'):
            continue
        essay = ast.get_docstring(tree) or ''
        if len(essay.split()) < 40:
            faults.append(f'{path} has no essay')
        if str(pathlib.PurePath(path).parent) in t_data.OPEN_ENDED:
            continue
        for item in sorted((ROOT / path).parent.glob('*.py')):
            if not item.stem.startswith('__') and not re.search(rf'\b{re.escape(item.stem)}\b', essay):
                faults.append(f'{path} does not name {item.name}')
    report(faults)


def test_every_folder_is_a_package() -> None:
    folders = {pathlib.PurePath(path).parent for path in sources()}
    report(
        [f'{folder} has no __init__.py' for folder in sorted(folders) if not (ROOT / folder / '__init__.py').exists()]
    )


@functools.cache
def documented_methods() -> frozenset[str]:
    """Return the names of methods that have a docstring somewhere; another one of that name overrides it."""
    found = [item for tree in sources().values() for item in functions(tree)]
    return frozenset(func.name for _, func, ismeth in found if ismeth and ast.get_docstring(func))


def undocumented(path: str, tree: ast.Module) -> typing.Iterator[str]:
    if ast.get_docstring(tree) is None:
        yield f'{path} has no docstring'
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith('_') and ast.get_docstring(node) is None:
            yield f'{path}:{node.lineno} class {node.name} has no docstring'
    for name, func, ismeth in functions(tree):
        if any(part.startswith('_') for part in name.split('.')) or ast.get_docstring(func) is not None:
            continue
        # camelCase is a promise to callers. Of the rest, methods are told by their class, and short functions by
        # their name and their lines.
        promise = func.name != func.name.lower()
        lines = (func.end_lineno or 0) - func.lineno + 1
        if is_overload(func) or (ismeth and func.name in documented_methods()):
            continue
        if promise or (not ismeth and lines > t_data.TELLING):
            yield f'{path}:{func.lineno} {name}() has no docstring'


def is_overload(func: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return True for one of several signatures of a function that is documented once."""
    return any(ast.unparse(deco).endswith('overload') for deco in func.decorator_list)


def test_every_public_name_is_documented() -> None:
    report([fault for path, tree in sources().items() for fault in undocumented(path, tree)])


@functools.cache
def tracked() -> list[pathlib.Path]:
    """Return the files that belong to the repo, or all text-like ones where git does not answer (an sdist)."""
    proc = subprocess.run(['git', 'ls-files', '-z'], cwd=ROOT, capture_output=True, text=True)
    if proc.returncode:
        pytest.skip('not a git work tree')
    return [ROOT / name for name in proc.stdout.split('\0') if name and (ROOT / name).is_file()]


def test_nothing_tells_where_it_was_written() -> None:
    patterns = re.compile('|'.join(t_data.BANNED_TEXT))
    faults = []
    for path in tracked():
        if path == ROOT / 'tests' / 'tidy_data.py' or path.stat().st_size > 2_000_000:
            continue
        byts = path.read_bytes()
        if b'\0' in byts:
            continue
        for num, line in enumerate(byts.decode(errors='replace').splitlines(), 1):
            if match := patterns.search(line):
                faults.append(f'{path.relative_to(ROOT)}:{num} says {match.group()}')
    report(faults)
