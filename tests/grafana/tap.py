# SPDX-License-Identifier: GPL-2.0-only
"""Results line by line: `ok`, `not ok` with the values, `SKIP` with the
reason."""

import sys


class Tap:
    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skipped = 0

    def check(self, holds, what, seen=""):
        """One result. `seen` is printed when it does not hold."""
        if holds:
            self.passed += 1
            print("ok %d - %s" % (self.passed + self.failed, what), flush=True)
            return True
        self.failed += 1
        print("not ok %d - %s" % (self.passed + self.failed, what))
        for line in str(seen).splitlines()[:20]:
            print("#   %s" % line[:400])
        sys.stdout.flush()
        return False

    def equal(self, seen, expected, what):
        return self.check(seen == expected, what,
                          "seen     %r\nexpected %r" % (seen, expected))

    def skip(self, what, why):
        self.skipped += 1
        print("ok - %s # SKIP %s" % (what, why), flush=True)

    def end(self):
        """Prints the sum and returns the exit status."""
        print("%d passed, %d failed" % (self.passed, self.failed)
              + (", %d skipped" % self.skipped if self.skipped else ""),
              flush=True)
        return 0 if self.failed == 0 and self.passed else 1
