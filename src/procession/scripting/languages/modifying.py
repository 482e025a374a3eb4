"""``modify (x) { setA(1), b = 2 }`` of rules: changes an object and says that it has changed.

What stands in the braces are calls and assignments without a target; they are meant for ``x``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from procession.scripting import tree
from procession.scripting.tree import Block, Expr, Stmt

if TYPE_CHECKING:
    from procession.scripting.languages.statements import Statements


def modify_block(p: Statements) -> Stmt | None:
    """Read the statement; nothing is taken if no braces follow, for then it is a plain call."""
    start, token = p.at, p.next()
    line, column = token.line, token.column
    p.expect("(")
    owner = p.expression()
    p.expect(")")
    if not p.is_sign("{"):
        p.at = start
        return None
    p.next()
    hidden = tree.Name(f"what is modified at {line}:{column}", line=line, column=column)
    body: list[Stmt] = [tree.Local(None, ((hidden.name, 0, owner),), line=line, column=column)]
    while not p.skip("}"):
        at = p.token
        made = meant_for(hidden, p.expression())
        body.append(tree.Expression(made, line=at.line, column=at.column))
        if not (p.skip(",") or p.skip(";")) and not p.is_sign("}"):
            p.refuse(f"expected ',' but found {p.found()}")
    call = tree.Call(None, "update", (hidden,), line=line, column=column)
    body.append(tree.Expression(call, line=line, column=column))
    return Block(tuple(body), line=line, column=column)


def meant_for(owner: Expr, node: Expr) -> Expr:
    """The same expression with the innermost missing target filled in."""
    line, column = node.line, node.column
    match node:
        case tree.Call(target=None):
            return tree.Call(owner, node.name, node.args, line=line, column=column)
        case tree.Call():
            target = meant_for(owner, node.target) if node.target is not None else owner
            return tree.Call(target, node.name, node.args, node.safe, line=line, column=column)
        case tree.Name():
            return tree.Field(owner, node.name, line=line, column=column)
        case tree.Field():
            inner = meant_for(owner, node.target)
            return tree.Field(inner, node.name, node.safe, line=line, column=column)
        case tree.Index():
            inner = meant_for(owner, node.target)
            return tree.Index(inner, node.index, line=line, column=column)
        case tree.Assign():
            inner = meant_for(owner, node.target)
            return tree.Assign(inner, node.op, node.value, line=line, column=column)
        case tree.Step():
            inner = meant_for(owner, node.target)
            return tree.Step(inner, node.op, node.before, line=line, column=column)
        case _:
            return node
