# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Guests that wake up instead of booting. Emulated, the way from power-on to a
# running Docker takes a minute; so one guest walks it, and its memory and disk are
# kept at two points: "bare", and "docker", when that runs. Orders arrive after
# waking, so nothing of the project is in there. The way of emulation (vm_way)
# is part of what is kept: one folder for each.
# shellcheck disable=SC2030,SC2031 # each guest is its subshell's own

warm_key()
{
	{
		cat "$1/image.key"
		accel_version
		echo "${vm_accel[*]} $vm_cpu"
		cat "$VM_TOOLS"/lib/{guest,warm}.sh "$VM_TOOLS"/guest/{machine,warm}
	} | sha256sum | cut -d ' ' -f 1
}

# warm_build SUITE SUITE-DIR: make warm-WAY/{bare,docker}.{disk,state}.
warm_build()
{
	local suite=$1 dir=$2 warm=$2/warm-$vm_way key start=$SECONDS

	key=$(warm_key "$dir")
	[ "$(cat "$warm/key" 2>/dev/null)" = "$key" ] && return
	say "booting a guest to keep ($suite), about 1 minute ..."
	rm -rf "$warm"
	mkdir "$warm"
	job_run warm_make "$dir" "$warm" || exit
	job_run warm_try "$dir" bare || exit
	job_run warm_try "$dir" docker || exit
	echo "$key" >"$warm/key"
	say "guest kept in $((SECONDS - start)) s"
}

warm_make()
(
	local dir=$1 warm=$2 point

	job_pid=
	trap guest_end EXIT
	guest_prepare "$dir"
	qemu-img create -q -f qcow2 -b root.img -F raw "$vm_run/root.disk" ||
		die "cannot make a disk"
	vm_disk=file=root.disk,format=qcow2
	# It shall run when it wakes up, though it is saved standing still.
	vm_more+=(-global migration.store-global-state=off)
	guest_start 600
	for point in bare docker; do
		guest_order warm "point=$point"
		warm_reached "$point" || {
			cp "$vm_run/console" "$warm/log"
			die "cannot reach $point (see $warm/log)"
		}
		warm_save "$warm/$point"
	done
	guest_monitor quit
	guest_wait
	if klog_reports "$vm_run/console" >&2; then
		die "the stock guest's kernel log has reports"
	fi
)

# warm_try SUITE-DIR POINT: does it wake up?
warm_try()
(
	job_pid=
	trap guest_end EXIT
	guest_prepare "$1"
	warm_use "$1" "$2"
	guest_start 60
	guest_order warm point=again
	guest_wait
	if [ "$(guest_said reached)" != again ] ||
		klog_reports "$vm_run/console" >&2; then
		die "the guest kept at $2 does not wake up"
	fi
)

warm_reached()
{
	while kill -0 "$vm_pid" 2>/dev/null; do
		[ "$(guest_said reached)" != "$1" ] || return 0
		[ -z "$(guest_said failed)" ] || return
		sleep 0.2
	done
	return 1
}

# warm_save PREFIX: keep the guest as it is now, and let it go on. It stands still
# meanwhile: what it writes while its memory is read is not always seen.
warm_save()
{
	local line=

	guest_monitor stop
	guest_monitor "migrate_set_parameter max-bandwidth 16G"
	guest_monitor "migrate_set_capability events on"
	guest_monitor "migrate -d exec:cat>state"
	until [[ $line = *MIGRATION*completed* ]]; do
		if ! read -r -t 120 line <"$vm_run/monitor.out" ||
			[[ $line = *MIGRATION*failed* ]]; then
			die "cannot keep the guest: $line"
		fi
	done
	mv "$vm_run/state" "$1.state"
	cp --sparse=always "$vm_run/root.disk" "$1.disk"
	guest_monitor cont
}

# warm_use SUITE-DIR POINT: the guest prepared last wakes up there.
warm_use()
{
	guest_take "$1/warm-$vm_way/$2.disk" root.disk
	guest_take "$1/warm-$vm_way/$2.state" state
	vm_disk=file=root.disk,format=qcow2,snapshot=on
	vm_more+=(-incoming "exec:cat state")
}
