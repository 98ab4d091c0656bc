# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Guests that wake up instead of booting. In emulation it takes a minute from
# power-on to a running Docker, so the guest that fills the drive is kept at that
# point: its memory is SUITE-DIR/kept, its disk is the drive. Neither has anything
# of the project in it: orders come after waking.
# shellcheck disable=SC2030,SC2031 # each guest is its subshell's own

# It is saved while it is stopped, but runs when it wakes up.
# shellcheck disable=SC2034 # for image.sh
kept_options=(-global migration.store-global-state=off)

# kept_save FILE: keep the guest as it is now. It stays stopped: not all that it
# wrote while its memory is read would be seen.
kept_save()
{
	local line=

	guest_monitor stop
	guest_monitor "migrate_set_parameter max-bandwidth 16G"
	guest_monitor "migrate_set_capability events on"
	guest_monitor "migrate -d exec:cat>state"
	until [[ $line = *MIGRATION*completed* ]]; do
		if ! read -r -t 300 line <"$vm_run/monitor.out" ||
			[[ $line = *MIGRATION*failed* ]]; then
			die "cannot keep the guest: $line"
		fi
	done
	mv "$vm_run/state" "$1"
}

# kept_use SUITE-DIR: the guest prepared last wakes up.
kept_use()
{
	guest_take "$1/kept" state
	vm_more+=(-incoming "exec:cat state")
}

# kept_try SUITE-DIR: does it wake up?
kept_try()
(
	trap guest_end EXIT
	guest_prepare "$1"
	kept_use "$1"
	guest_start 1800
	guest_order awake
	guest_wait
	if [ "$(guest_said reached)" != awake ] ||
		klog_reports "$vm_run/console" >&2; then
		die "the guest that was kept does not wake up"
	fi
)
