"""No file over 600 lines, no function over 60: past that there are usually two ideas in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

FILE_LINES = 600
FUNCTION_LINES = 60
SOURCE = {".rs", ".py", ".sh", ".ts", ".tsx"}

# Rust's comments, strings and characters, which may hold braces. Lifetimes ('a) are no characters.
OPAQUE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|b?r(?P<h>\#*)".*?"(?P=h)|b?"(?:\\.|[^"\\])*"|b?'(?:\\[^\n]{1,10}?|[^'\\\n])'""", re.DOTALL
)
FUNCTION = re.compile(r"\bfn\s+(\w+)")


def breaches(root: Path, files: list[Path]) -> Iterator[str]:
    for path in (path for path in files if path.suffix in SOURCE or is_script(path)):
        text, name = path.read_text(), path.relative_to(root)
        lines = text.count("\n")
        if lines > FILE_LINES:
            yield f"{name}: {lines} lines, more than {FILE_LINES}"
        functions = {".rs": rust_functions, ".py": python_functions}.get(path.suffix)
        for function, line, length in functions(text) if functions else ():
            if length > FUNCTION_LINES:
                yield f"{name}:{function}: {length} lines (from line {line}), more than {FUNCTION_LINES}"


def is_script(path: Path) -> bool:
    if path.suffix:
        return False
    with path.open("rb") as file:
        return file.read(2) == b"#!"


def python_functions(text: str) -> Iterator[tuple[str, int, int]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1


def blanked(text: str) -> str:
    """The text with comments and literals emptied, lines kept."""
    return OPAQUE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def rust_functions(text: str) -> Iterator[tuple[str, int, int]]:
    code = blanked(text)
    for match in FUNCTION.finditer(code):
        end = end_of_body(code, match.end())
        if end is not None:
            first = code.count("\n", 0, match.start()) + 1
            yield match[1], first, code.count("\n", match.start(), end) + 1


def end_of_body(code: str, start: int) -> int | None:
    """Where the braces opened after the signature close; None for a declaration without body."""
    depth, brackets = 0, 0
    for index in range(start, len(code)):
        character = code[index]
        if character in "([":
            brackets += 1
        elif character in ")]":
            brackets -= 1
        elif character == ";" and depth == 0 and brackets == 0:
            return None
        elif character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                return index
    return None
