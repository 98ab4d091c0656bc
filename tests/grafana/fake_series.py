# SPDX-License-Identifier: GPL-2.0-only
"""How fake_contmond.py makes points of a column, and steps of points."""

import itertools


def points_of(column, times):
    return ((t, column(t)) for t in times)


def gains(points, from_ms):
    """What a total gains in a second from sample to sample"""
    before = None
    for t, value in points:
        if t >= from_ms:
            yield t, None if before is None or value is None else (
                (value - before[1]) * 1000 / (t - before[0]))
        before = t, value


def steps(points, step):
    """When each step begins, and the values in it"""
    for nr, group in itertools.groupby(points, lambda point: point[0] // step):
        yield nr * step, [value for _, value in group]


def reduce(key, values, how):
    values = [value for value in values if value is not None]
    if not values:
        return None
    if how in ("min", "max"):
        return {"min": min, "max": max}[how](values)
    return values[-1] if key.endswith("_total") \
        else sum(values) / len(values)


def unit_of(metric):
    for end, unit in (("bytes_per_second", "bytes_per_second"),
                      ("bytes", "bytes"), ("bytes_total", "bytes"),
                      ("percent", "percent"), ("cores", "cores"),
                      ("seconds", "seconds"), ("seconds_total", "seconds")):
        if metric.endswith(end):
            return unit
    return "count"
