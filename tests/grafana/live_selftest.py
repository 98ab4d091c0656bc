# SPDX-License-Identifier: GPL-2.0-only
"""Does live.py find errors? It is run against a correct fake contmond, and
against fakes with one error each. Called by live.py --self-test."""

import contextlib
import copy
import io
import multiprocessing

import fake_contmond
import live
from tap import Tap

PANELS = {"CPU", "Load", "Memory, percent of the limit"}


class Good(fake_contmond.Api):
    pass


class Unsorted(fake_contmond.Api):
    def series(self, query):
        rows, meta = super().series(query)
        return rows[::-1], meta


class Unaligned(fake_contmond.Api):
    def series(self, query):
        rows, meta = super().series(query)
        return [dict(row, t=row["t"] + 7) for row in rows], meta


class Texts(fake_contmond.Api):
    def series(self, query):
        rows, meta = super().series(query)
        return [dict(row, v=str(row["v"])) for row in rows], meta


class Drifting(fake_contmond.Api):
    """The history differs from the samples."""

    def series(self, query):
        rows, meta = super().series(query)
        return [dict(row, v=row["v"] and row["v"] * 1.001)
                for row in rows], meta


class Forgetful(fake_contmond.Api):
    """All values of the history are unknown."""

    def series(self, query):
        rows, meta = super().series(query)
        return [dict(row, v=None) for row in rows], meta


class OneMissing(fake_contmond.Api):
    def series(self, query):
        rows, meta = super().series(query)
        return [row for row in rows if row["container"] != "web-1"], meta


class Unfiltered(fake_contmond.Api):
    def series(self, query):
        return super().series(dict(query, container=""))


class Generous(fake_contmond.Api):
    """A row from before the asked range."""

    def series(self, query):
        rows, meta = super().series(query)
        early = [dict(row, t=row["t"] - 5 * meta["step_ms"])
                 for row in rows[:1]]
        return early + rows, meta


class Coarse(fake_contmond.Api):
    """Another step than requested."""

    def series(self, query):
        return super().series(dict(query, step="3000"))


class NoColumn(fake_contmond.Api):
    def containers(self, query):
        rows, meta = super().containers(query)
        if "fields" in query:
            for row in rows:
                row.pop("cpu_cores", None)
        return rows, meta


class Rounded(fake_contmond.Api):
    """The table differs from the API's own rows."""

    def containers(self, query):
        rows, meta = super().containers(query)
        if "fields" in query:
            for row in rows:
                if "cpu_cores" in row:
                    row["cpu_cores"] = round(row["cpu_cores"], 1)
        return rows, meta


class Polite(fake_contmond.Api):
    """An unknown metric is no error."""

    def series(self, query):
        try:
            return super().series(query)
        except fake_contmond.NotFound:
            return [], {}


def outcome(api, boards):
    server = fake_contmond.Fake(api=api()).start()
    tap = Tap()
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            live.run(tap, live.Client(server.url), boards,
                     {"1 m": 60000, "the future": 0})
    finally:
        server.shutdown()
        server.server_close()
    failures = [line for line in output.getvalue().splitlines()
                if not line.startswith("ok")]
    return tap, "\n".join(failures)


def run(tap, boards):
    fake_contmond.INTERVAL_MS = 250
    live.SAMPLES = 4
    boards = copy.deepcopy(boards)
    for _, board in boards:
        board["panels"] = [panel for panel in board["panels"]
                           if panel["title"] in PANELS
                           or panel["type"] == "table"]
    # All at once, because they mostly wait for samples; each has its own stdout
    apis = fake_contmond.Api.__subclasses__()
    with multiprocessing.get_context("fork").Pool(len(apis)) as pool:
        outcomes = pool.starmap(outcome, [(api, boards) for api in apis])
    for api, (result, failures) in zip(apis, outcomes):
        if api is Good:
            tap.check(result.failed == 0 and result.passed > 30,
                      "a contmond that is right passes", failures)
        else:
            tap.check(result.failed, "%s is noticed: %s" % (
                api.__name__, failures.partition("\n")[0]))
