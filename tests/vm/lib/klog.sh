# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Problem reports in a kernel log. Each begins a line, after time and caller:
# some harmless boot messages contain the same words later in the line.

readonly KLOG_PREFIX='^(\[ *[0-9]+\.[0-9]+\](\[ *[CT][0-9]+\])? )?'
readonly KLOG_REPORTS="\
-+\[ cut here \]|WARNING: |BUG: |INFO: possible|INFO: task |INFO: trying to|\
Oops|Kernel panic|general protection fault|invalid opcode:|divide error:|\
stack segment:|double fault:|traps: PANIC|kernel BUG at|UBSAN: |KASAN: |\
KCSAN: |KFENCE: |KMSAN: |kmemleak: [1-9]|refcount_t: |list_(add|del) corruption|\
watchdog: BUG|rcu: INFO: |rcu: .*stall|[a-z_]+ detected stalls|\
possible circular locking|possible recursive locking|suspicious RCU usage|\
inconsistent lock state|bad unlock balance|slab |Slab |page allocation failure|\
Bad page|usercopy: |unregister_netdevice: waiting"

# klog_reports FILE: print the reports in it; fail if there are none.
klog_reports()
{
	local first

	first=$(tr -d '\r' <"$1" |
		grep -a -n -m 1 -E "$KLOG_PREFIX($KLOG_REPORTS)" |
		cut -d : -f 1)
	[ -n "$first" ] || return
	tr -d '\r' <"$1" | tail -n "+$first" | head -n 100
}
