#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests the built-in page of a running contmond in a real Chromium.

    page.py BASEURL OUT.png
    page.py --self-test WEBDIR OUT.png    against tests/grafana/fake_contmond.py

Writes OUT.png and, beside it, a picture of each other view (OUT-container.png, ...), OUT-dark.png
and OUT-narrow.png. A container should be busy, because the test expects numbers to change."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, "grafana"))

import faults  # noqa: E402
import history  # noqa: E402
import keys  # noqa: E402
import looks  # noqa: E402
import many  # noqa: E402
import paint  # noqa: E402
import problems  # noqa: E402
import views  # noqa: E402
from chromium import Chromium, Failed  # noqa: E402
from fake_contmond import Fake  # noqa: E402
from reading import api  # noqa: E402
from tap import Tap  # noqa: E402


def test_page(tap, page, base, out):
    views.test_served(tap, base)
    page.size(1280, 900)
    page.scheme("light")
    page.open(base + "/")
    page.until("!!document.querySelector('.name')")
    info = api(base, "info")[0]
    tap.equal(page.run("document.getElementById('host').textContent"),
              info["host"], "the header names the host")
    status = page.run("document.getElementById('health').textContent")
    tap.check(status.startswith(api(base, "health")[0]["status"]),
              "the badge says what the API says", status)
    paint.test_first_paint(tap, page, base)
    problems.test_engines(tap, page)
    problems.test_targets(tap, page)
    problems.test_findings(tap, page, base)
    views.test_names(tap, page, base)
    views.test_values(tap, page, base)
    views.test_moving(tap, page, base)
    views.test_charts(tap, page, base)
    views.test_size(tap, base)
    views.test_past(tap, page, base)
    views.test_unchanged(tap, page, base)
    views.test_sorting(tap, page)
    views.test_sort_in_address(tap, page)
    views.test_bars(tap, page)
    views.test_filter(tap, page, base)
    views.test_container(tap, page, base)
    views.test_kills(tap, page)
    views.test_what_happened(tap, page, base)
    views.test_moment(tap, page, base)
    history.test_more(tap, page, base)
    keys.test_keys(tap, page, base)
    looks.test_looks(tap, page, base, out)
    tap.equal(page.complaints(), [], "the browser's console has no complaint")
    faults.test_pause(tap, page)
    faults.test_hostile(tap, page)
    tap.equal(page.complaints(), [], "nor after hostile names")
    faults.test_lost(tap, page)
    faults.test_end_to_come(tap, page)


def main():
    args = sys.argv[1:]
    web = None
    if len(args) == 3 and args[0] == "--self-test":
        web = args[1]
        base = Fake(web=web).start().url
    elif len(args) == 2 and not args[0].startswith("-"):
        base = args[0].rstrip("/")
    else:
        sys.exit(__doc__)
    tap = Tap()
    try:
        with Chromium() as page:
            test_page(tap, page, base, args[-1])
            if web:
                many.test_many(tap, page, web)
                faults.test_token(tap, page, web)
    except (Failed, OSError) as error:
        tap.check(False, "the page could be looked at", error)
    sys.exit(tap.end())


if __name__ == "__main__":
    main()
