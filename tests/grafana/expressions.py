# SPDX-License-Identifier: GPL-2.0-only
"""Grafana's server-side expressions, as far as contmon's alert rules use them:
what an alert makes of the frames of its queries. Raises Unsupported for the
rest, and Broken where Grafana shows an error.

A value is {labels: number} or {labels: [numbers]}; labels are a frozenset of
pairs. An empty one is NoData."""

import ast
import math
import re

from infinity import Broken, Unsupported


def of_frame(frame):
    """The numbers or series of a query's answer."""
    if not frame.fields or not frame.fields[0].values:
        return {}
    if frame.wide:
        return unique((frozenset(field.labels.items()), field.values)
                      for field in frame.fields if field.type == "number")
    if any(field.type == "time" for field in frame.fields):
        raise Broken("a long series: the alert shows an error")
    numbers = [field for field in frame.fields if field.type == "number"]
    labels = [field for field in frame.fields if field.type == "string"]
    if len(numbers) != 1 or len(numbers) + len(labels) != len(frame.fields):
        raise Broken("not one number and labels: %s" % frame.fields)
    return unique((frozenset((field.name, field.values[i] or "")
                             for field in labels), known(value))
                  for i, value in enumerate(numbers[0].values))


def known(value):
    return math.nan if value is None else value


def unique(pairs):
    found = {}
    for labels, value in pairs:
        if labels in found:
            raise Broken("two values of the labels %s" % sorted(labels))
        found[labels] = value
    return found


REDUCERS = {
    "last": lambda values: values[-1] if values else math.nan,
    "min": lambda values: min(values, default=math.nan),
    "max": lambda values: max(values, default=math.nan),
    "sum": math.fsum,
    "mean": lambda values: math.fsum(values) / len(values) if values
    else math.nan,
    "count": len,
}


def reduce(model, value):
    if model["settings"] != {"mode": "dropNN"}:
        raise Unsupported("settings %s" % model["settings"])
    how = REDUCERS[model["reducer"]]
    return {labels: how([number for number in series if number is not None])
            for labels, series in value.items()}


def divide(a, b):
    if b:
        return a / b
    return math.nan if not a or math.isnan(a) else math.copysign(math.inf, a)


OPERATORS = {ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b,
             ast.Mult: lambda a, b: a * b, ast.Div: divide}
NO_LABELS = frozenset()


def joined(a, b):
    """Pairs whose labels are equal, or of which one includes the other."""
    for one, x in a.items():
        for other, y in b.items():
            if one <= other or other <= one:
                yield one | other, x, y


def compute(node, values):
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        how = OPERATORS[type(node.op)]
        return unique((labels, how(x, y)) for labels, x, y in joined(
            compute(node.left, values), compute(node.right, values)))
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.Constant):
        return {NO_LABELS: node.value}
    raise Unsupported("math: %s" % ast.dump(node))


def threshold(model, value):
    (condition,) = model["conditions"]
    (limit,) = condition["evaluator"]["params"]
    above = {"gt": True, "lt": False}[condition["evaluator"]["type"]]
    return {labels: float(number > limit if above else number < limit)
            for labels, number in value.items()}


def evaluate(model, values):
    """One expression. `values`: refId -> value"""
    if model["type"] == "math":
        text = re.sub(r"\$\{?(\w+)\}?", r"\1", model["expression"])
        return compute(ast.parse(text, mode="eval").body, values)
    how = {"reduce": reduce, "threshold": threshold}[model["type"]]
    return how(model, values[model["expression"]])
