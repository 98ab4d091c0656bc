# SPDX-License-Identifier: GPL-2.0-only
"""How the Infinity datasource plugin (3.11.1, `parser: backend`) converts a
JSON answer, for the features that contmon's dashboards use.

Written from the documented behaviour, not translated. It raises Unsupported for
whatever is not implemented rather than guess. Differences from the plugin that
do not affect a dashboard: frames carry no metadata, and times are epoch ms."""

import collections
import datetime
import json
import math
import re

COLUMN_TYPES = ("string", "number", "boolean", "timestamp", "timestamp_epoch",
                "timestamp_epoch_s")
PLAIN_PATH = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*\Z")


class Unsupported(Exception):
    """The plugin may do something here that this module does not model."""


class Broken(Exception):
    """The plugin shows an error."""


class Field:
    """A column. type: string, number, boolean, time."""

    def __init__(self, name, kind, values, labels=None):
        self.name = name
        self.type = kind
        self.values = values
        self.labels = labels or {}

    def __repr__(self):
        return "Field(%r, %r, %r, %r)" % (self.name, self.type, self.values,
                                          self.labels)

    def __eq__(self, other):
        return vars(self) == vars(other)


Frame = collections.namedtuple("Frame", "fields wide")


def decode(body):
    """The answer as stored by the plugin: every number is a float64."""
    def refuse(text):
        raise Broken("not JSON: %s" % text)

    if body.strip() == "":
        raise Broken("empty response body received")
    try:
        return json.loads(body.lstrip("\ufeff"), parse_int=float,
                          parse_constant=refuse)
    except ValueError as error:
        raise Broken("not JSON: %s" % error) from None


def select(value, path):
    """A GJSON path of plain keys: (exists, value)."""
    if not PLAIN_PATH.match(path):
        raise Unsupported("selector %r is not a plain path" % path)
    for key in path.split("."):
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdigit() \
                and int(key) < len(value):
            value = value[int(key)]
        else:
            return False, None
    return True, value


def go_float(value):
    """Go's %v of a float64: shortest digits, an exponent from 1e+06 on."""
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    sign = "-" if value < 0 else ""
    mantissa, _, power = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    leading = len(whole + fraction) - len(digits)
    exponent = int(power or 0) + len(whole) - 1 - leading
    digits = digits.rstrip("0")
    if exponent < -4 or exponent >= 6:
        return sign + scientific(digits, exponent)
    return sign + plain(digits, exponent)


def scientific(digits, exponent):
    mantissa = digits[0] + ("." + digits[1:] if digits[1:] else "")
    return "%se%s%02d" % (mantissa, "-" if exponent < 0 else "+",
                          abs(exponent))


def plain(digits, exponent):
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    if exponent + 1 >= len(digits):
        return digits + "0" * (exponent + 1 - len(digits))
    return digits[:exponent + 1] + "." + digits[exponent + 1:]


def to_string(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return go_float(value)
    return value if isinstance(value, str) else None


def to_number(value):
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float):
        return value
    if re.match(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z", value):
        number = float(value)
        return None if math.isinf(number) else number
    if re.match(r"[+-]?(inf|nan|0[xX])", value, re.IGNORECASE):
        raise Unsupported("%r as a number" % value)
    return None


def to_boolean(value):
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() == "true":
        return True
    return None


def to_timestamp(value):
    """Any number is taken as a year here: the usual trap."""
    if isinstance(value, float):
        value = "%.0f" % value
        return year_ms(value) if re.match(r"\d{4}\Z", value) else None
    if not isinstance(value, str) or value == "":
        return None
    if re.match(r"\d{4}\Z", value):
        return year_ms(value)
    if re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?"
                r"(Z|[+-]\d\d:\d\d)\Z", value):
        seconds, _, rest = value.partition(".")
        fraction = re.match(r"\d*", rest).group()
        zone = value[-1:] if value.endswith("Z") else value[-6:]
        moment = datetime.datetime.fromisoformat(
            seconds[:19] + zone.replace("Z", "+00:00"))
        return int(moment.timestamp()) * 1000 + int((fraction + "000")[:3])
    raise Unsupported("%r as a timestamp" % value)


def year_ms(text):
    if text == "0000":
        raise Unsupported("the year 0")
    moment = datetime.datetime(int(text), 1, 1, tzinfo=datetime.timezone.utc)
    return int(moment.timestamp()) * 1000


def to_epoch(scale):
    def convert(value):
        if isinstance(value, str):
            if not re.match(r"[+-]?\d+\Z", value):
                return None
            value = int(value)
            if not -2**63 <= value < 2**63:
                return None
        elif not isinstance(value, float):
            return None
        if abs(value * scale) >= 2**63:
            raise Unsupported("%r as a time: Go's int64 overflows" % value)
        return int(value) * scale
    return convert


CONVERT = {
    "string": ("string", to_string),
    "number": ("number", to_number),
    "boolean": ("boolean", to_boolean),
    "timestamp": ("time", to_timestamp),
    "timestamp_epoch": ("time", to_epoch(1)),
    "timestamp_epoch_s": ("time", to_epoch(1000)),
}


def kind_of(value):
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, float) else "string"


def column(name, declared, values):
    first = next((value for value in values if value is not None), None)
    if isinstance(first, (dict, list)):
        raise Unsupported("nested value in column %r" % name)
    if declared == "":
        kind = kind_of(first)
        if any(value is not None and kind_of(value) != kind
               for value in values):
            raise Broken("column %r changes its type: the plugin panics"
                         % name)
        return Field(name, kind, values)
    if declared not in CONVERT:
        raise Unsupported("column type %r" % declared)
    kind, convert = CONVERT[declared]
    # A nested value after a plain one becomes null in every type.
    return Field(name, kind, [
        None if isinstance(value, (dict, list)) else convert(value)
        for value in values])


def table(data, root, columns):
    """The fields before `format` is applied, in the plugin's order."""
    if not columns:
        raise Unsupported("no columns")
    if root:
        exists, data = select(data, root)
        if not exists:
            raise Broken("no results found for %r" % root)
    if isinstance(data, str):
        raise Unsupported("the root is a string")
    if not isinstance(data, (dict, list)):
        data = []
    rows = data if isinstance(data, list) else [data]
    names = [item.get("text") or item["selector"] for item in columns]
    if len(set(names)) < len(names):
        raise Unsupported("two columns of the same name")
    if not rows:
        return []
    fields = []
    for name, item in sorted(zip(names, columns), key=lambda pair: pair[0]):
        if item.get("timestampFormat"):
            raise Unsupported("timestampFormat")
        values = [select(row, item["selector"])[1] for row in rows]
        fields.append(column(name, item.get("type", ""), values))
    return fields


def long_to_wide(fields):
    """One field per value column and combination of labels; None if the plugin
    gives up, silently."""
    times = next((field for field in fields if field.type == "time"), None)
    factors = [field for field in fields if field.type in ("string", "boolean")]
    values = [field for field in fields
              if field is not times and field not in factors]
    if times is None or not factors or not values or not times.values:
        return None
    if None in times.values or times.values != sorted(times.values):
        return None
    moments = sorted(set(times.values))
    place = {moment: i for i, moment in enumerate(moments)}
    wide = {}
    for row, moment in enumerate(times.values):
        labels = tuple((field.name, label(field, row)) for field in factors)
        for field in values:
            key = (field.name, tuple(text for _, text in labels))
            if key not in wide:
                wide[key] = Field(field.name, field.type,
                                  [None] * len(moments), dict(labels))
            wide[key].values[place[moment]] = field.values[row]
    return [Field(times.name, "time", moments)] + [
        wide[key] for key in sorted(wide)]


def label(field, row):
    """null becomes the type's zero value here: an empty text, or false."""
    value = field.values[row]
    if field.type == "boolean":
        return "true" if value else "false"
    return value or ""


COMPARE = {
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
}
TERM = re.compile(r"\s*(\w+)\s*(==|!=|>=|<=|>|<)\s*"
                  r"(?:'([^']*)'|(-?\d+(?:\.\d+)?))\s*\Z")


def terms(expression):
    """A filterExpression: alternatives, each a list of (name, operator, value)
    that must all hold. Other expressions are not modelled."""
    found = []
    for alternative in expression.split("||"):
        found.append([])
        for text in alternative.split("&&"):
            match = TERM.match(text)
            if not match:
                raise Unsupported("filterExpression %r" % expression)
            name, operator, word, digits = match.groups()
            found[-1].append((name, operator,
                              float(digits) if digits else word))
    return found


def holds(expression, row):
    """`row`: name -> value. The plugin shows an error when a missing number is
    compared with one."""
    def compare(name, operator, value):
        if name not in row:
            raise Broken("filterExpression: no column %s" % name)
        if operator not in ("==", "!=") and row[name] is None:
            raise Broken("filterExpression: %s is null" % name)
        return COMPARE[operator](row[name], value)

    return any(all(compare(*term) for term in alternative)
               for alternative in terms(expression))


def filtered(fields, expression):
    if not fields or not expression:
        return fields
    kept = [i for i in range(len(fields[0].values))
            if holds(expression, {field.name: field.values[i]
                                  for field in fields})]
    return [Field(field.name, field.type, [field.values[i] for i in kept])
            for field in fields]


def frame(body, target):
    """The result for one target of a panel and the body of the answer."""
    if target.get("parser") != "backend" or target.get("type") != "json":
        raise Unsupported("only `type: json`, `parser: backend`")
    for key in ("computed_columns", "summarizeExpression"):
        if target.get(key):
            raise Unsupported(key)
    fields = table(decode(body), target.get("root_selector", ""),
                   target.get("columns"))
    fields = filtered(fields, target.get("filterExpression"))
    if target.get("format") != "timeseries":
        return Frame(fields, False)
    wide = long_to_wide(fields)
    if wide is not None:
        return Frame(wide, True)
    kinds = [field.type for field in fields]
    already = "time" in kinds and len(kinds) > 1 and not (
        {"string", "boolean"} & set(kinds))
    return Frame(fields, already)
