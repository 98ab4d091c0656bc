# SPDX-License-Identifier: GPL-2.0-only
"""Whether contmond keeps memory for containers that are gone."""

import daemon_tools as tools
import daemon_usage as usage

# After these it has filled what it fills only once.
WARM_LIVES = 500
# contmond records at most 200 starts in a second.
PER_SECOND = 100
SAMPLES = 5


def live(tool, first, count):
    """Returns contmond's RSS after that many more have ended."""
    tools.run(tools.PROGRAMS + "/lives", usage.CONTAINERS, str(first),
              str(count), str(PER_SECOND))
    # Until it has read and written all of that
    seen = tool.samples()
    tools.wait_for(lambda: tool.samples() >= seen + SAMPLES)
    return usage.rss_bytes(("contmond",))["contmond"]


def measure(tool, lives):
    tool.start()
    before = live(tool, 0, WARM_LIVES)
    missed = tool.health()["runs_missed_total"]
    after = live(tool, WARM_LIVES, lives - WARM_LIVES)
    row = {"lives": lives, "rss_bytes_before": before, "rss_bytes": after,
           "missed": tool.health()["runs_missed_total"] - missed}
    tool.stop()
    return row
