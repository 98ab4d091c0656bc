# SPDX-License-Identifier: GPL-2.0-only
"""TAP for the tests in the guest: what was checked, and the totals as the last line."""

import sys
import time

# After so many seconds a wait is given up: it hangs. A busy machine needs some.
PATIENCE_S = 300

# What is wrong in each of so many tries is wrong; a race is lost less often.
TRIES = 10

passed = failed = skipped = 0


def ok(good, what, why=""):
    """One test. Its verdict is also the return value."""
    global passed, failed
    if good:
        passed += 1
        print(f"ok {number()} - {what}", flush=True)
    else:
        failed += 1
        for line in str(why).splitlines() or ["(no more is known)"]:
            print(f"# {line}")
        print(f"not ok {number()} - {what}", flush=True)
    return good


def equal(is_, want, what):
    return ok(is_ == want, what, f"is {is_!r}, not {want!r}")


def skip(what, why):
    global skipped
    skipped += 1
    print(f"ok {number()} - {what} # SKIP {why}", flush=True)


def note(text):
    print(f"# {text}", flush=True)


def number():
    return passed + failed + skipped


def wait_for(condition, seconds=PATIENCE_S, step=0.1):
    """The first true value of condition(), or the last after so many seconds."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(step)


def settles(look, what):
    """What stands still is the same in two places: look() returns both. What
    is still on its way from one to the other gets there."""
    both = look()

    def same():
        nonlocal both
        both = look()
        return both[0] == both[1]
    if both[0] != both[1]:
        wait_for(same)
    return equal(*both, what)


def in_one_try(look, what):
    """For what moves while it is looked at: look() returns a verdict, and what
    it saw. It is right once in some tries."""
    for _ in range(TRIES):
        good, seen = look()
        if good:
            break
    return ok(good, what, seen)


def finish():
    """Print the totals and end. A program that tested nothing has failed."""
    print(f"1..{number()}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    sys.exit(1 if failed or not passed + skipped else 0)


def main(run):
    """Run a program's tests; an exception is one more that failed."""
    try:
        run()
    except Exception:  # pylint: disable=broad-except
        import traceback
        ok(False, "the test itself ran to its end", traceback.format_exc())
    finish()
