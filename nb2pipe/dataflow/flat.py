"""A rough answer for code that is nested too deeply to walk: everything it mentions may be used, bound and changed."""

from __future__ import annotations

import ast

from nb2pipe.dataflow.body import Body


def walk_flat(body: Body, node: ast.stmt) -> None:
    """Take in all names below ``node``, whatever their scope, without recursion."""

    def everything() -> None:
        for part in ast.walk(node):
            if isinstance(part, ast.Name):
                _name(body, part)
            elif isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                body.bind_plain(part.name, part)
            elif isinstance(part, ast.alias):
                body.bind_plain(part.asname or part.name.split(".")[0], part)

    reads = [part for part in ast.walk(node) if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Store)]
    for name in reads:
        body.read_global(name.id, body.position(name))
    body.flow.optional(everything)


def _name(body: Body, node: ast.Name) -> None:
    if isinstance(node.ctx, ast.Store):
        body.bind_plain(node.id, node)
    elif isinstance(node.ctx, ast.Del):
        body.delete(node.id, node)
    else:
        body.mutate(body.origins_of(node.id), node, certain=False)
