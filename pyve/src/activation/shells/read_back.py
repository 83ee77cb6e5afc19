"""Reads PowerShell from standard input as its grammar has it, and prints each assignment as JSON: name and literal."""

import json
import sys

import tree_sitter
import tree_sitter_powershell

tree = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language())).parse(sys.stdin.buffer.read())


def all_below(node):
    yield node
    for child in node.children:
        yield from all_below(child)


nodes = list(all_below(tree.root_node))
wrong = [node for node in nodes if node.is_error or node.is_missing]
if wrong:
    sys.exit(f"{wrong[0].start_point}: not as the grammar has it: {wrong[0].text[:60]!r}")
statements = [node for node in tree.root_node.children if node.type == "statement_list"]
for statement in (child for node in statements for child in node.children if child.is_named):
    text = statement.text.decode()
    literals = [node for node in all_below(statement) if node.type == "verbatim_string_characters"]
    # A whole assignment of one literal, or of `$null`, and nothing else.
    name, _, value = text.partition(" = ")
    if value != "$null" and (len(literals) != 1 or literals[0].text.decode() != value):
        value = None
    print(json.dumps([statement.type, name, value]))
