# SPDX-License-Identifier: GPL-2.0-only
"""TAP for the tests in the guest: one line per check, and totals at the end.
"""

import sys
import time

# How long to wait for something before it counts as hanging; long enough for a
# busy machine.
PATIENCE_S = 600

# Tries of a check that can lose a race. A real error fails in all of them.
TRIES = 10

passed = failed = skipped = 0


def ok(good, what, why=""):
    """One test. Returns its verdict, too."""
    global passed, failed
    if good:
        passed += 1
        print(f"ok {number()} - {what}", flush=True)
    else:
        failed += 1
        for line in str(why).splitlines() or ["(no details)"]:
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
    """The first true value of condition(), or its last value after the time.
    """
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(step)


def settles(look, what):
    """Compares two places: look() returns both values. A value that is still
    on its way from one to the other gets the time to arrive."""
    both = look()

    def same():
        nonlocal both
        both = look()
        return both[0] == both[1]
    if both[0] != both[1]:
        wait_for(same)
    return equal(*both, what)


def in_one_try(look, what):
    """For values that change while they are read: look() returns a verdict and
    the values. It must be true in at least one of several tries."""
    for _ in range(TRIES):
        good, seen = look()
        if good:
            break
    return ok(good, what, seen)


def timed(function, *arguments):
    """Its result. Says how long it took."""
    began = time.monotonic()
    result = function(*arguments)
    note(f"{function.__name__}: {time.monotonic() - began:.0f} s")
    return result


def finish():
    """Print the totals and exit. A program without any test fails."""
    print(f"1..{number()}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    sys.exit(1 if failed or not passed + skipped else 0)


def usage(*options):
    """For --help, prints what the program is and ends it. Refuses other options
    than these."""
    for word in sys.argv[1:]:
        if word in ("-h", "--help"):
            print(sys.modules["__main__"].__doc__.strip())
            sys.exit(0)
        if word.startswith("-") and word not in options:
            print(f"{sys.argv[0]}: {word}: no such option; see --help",
                  file=sys.stderr)
            sys.exit(2)


def main(run, *options):
    """Run a program's tests; an exception counts as one more failure. Its words
    may be these options, or none that begins with -."""
    usage(*options)
    try:
        run()
    except Exception:  # pylint: disable=broad-except
        import traceback
        ok(False, "the test program ran to its end", traceback.format_exc())
    finish()
