# SPDX-License-Identifier: GPL-2.0-only
"""What a panel gets of CPU by command over time, compared with the API's own
rows and with the CPU of the container. Each check yields complaints."""

import shown

ENDPOINT = "commands/series"
REST = "(all other commands)"
# Of the CPU of a container, as it is read at another time than its processes
JITTER = 0.1
LEAST_CORES = 0.01


def check(client, question, interval):
    frame, answer = shown.ask(client, question)
    step = max(question.step, interval)
    yield from shown.check_meta(answer.json()["meta"], step)
    if not frame.wide:
        yield "LongToWide gives up: the panel shows one jagged line"
        return
    times, lines = frame.fields[0].values, frame.fields[1:]
    if any(t % step for t in times):
        yield "times are not aligned to %d ms" % step
    if times[0] <= question.from_ms - step or times[-1] > question.to_ms:
        yield "times are out of the range"
    for line in lines:
        if (line.name, line.type, list(line.labels)) != ("Value", "number", ["comm"]):
            yield "legend: %s %s %s" % (line.name, line.type, line.labels)
            return
    # The last step may have got another sample in between.
    settled = max(times[0], question.to_ms - 2 * step)
    points = {(t, line.labels["comm"]): value for line in lines
              for t, value in zip(times, line.values) if t <= settled}
    yield from check_rows(client, question, points, settled)
    yield from check_sums(client, question, points)


def own_rows(client, question, endpoint, **more):
    params = {key: question.params[key] for key in ("from", "to", "step")}
    return client.rows(endpoint, container=",".join(question.names),
                       **params, **more)


def check_rows(client, question, points, settled):
    """One for each point, and none of another container"""
    rows = [row for row in own_rows(client, question, ENDPOINT, limit=5)
            if row["t"] <= settled]
    if {row["container"] for row in rows} - set(question.names):
        yield "rows of other containers"
    if any((row["comm"] == REST) != (row["commands"] is None) for row in rows):
        yield "the rest is not marked as such"
    own = {(row["t"], row["comm"]): row["cpu_cores"] for row in rows}
    wrong = [at for at in points.keys() | own.keys()
             if points.get(at) != own.get(at)]
    if wrong:
        yield "at %s the API says %r, the panel %r" % (
            wrong[0], own.get(wrong[0]), points.get(wrong[0]))


def check_sums(client, question, points):
    """What is shown adds up to the CPU of the container, where all is known."""
    own = {row["t"]: row["v"] for row in own_rows(
        client, question, "series", metric="cpu_cores")}
    rests = {t: value for (t, comm), value in points.items() if comm == REST}
    whole = [t for t, rest in rests.items() if rest and own.get(t) is not None]
    if {t for t, _ in points} - rests.keys():
        yield "a step without the rest"
    if not whole:
        return
    told = sum(value for (t, _), value in points.items() if t in whole and value)
    used = sum(own[t] for t in whole)
    if abs(told - used) > JITTER * used + LEAST_CORES * len(whole):
        yield "commands used %r, the container %r, over %d steps" % (
            told, used, len(whole))
