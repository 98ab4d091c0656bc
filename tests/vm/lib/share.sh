# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A directory of the host, in the guest, by virtiofs. The device is plugged in
# when the guest requests it, because it cannot be part of a saved guest.

# Debian 12's virtiofsd locks a file of this name for the whole machine.
share_socket=share.$$.socket

# share_start DIRECTORY VIRTIOFSD
share_start()
{
	local options=(--shared-dir="$1" --cache=auto)

	# Debian 12's has other options.
	[[ $2 = */qemu/* ]] && options=(-o "source=${1//,/\\,}" -o cache=auto)
	(
		cd "$vm_run" || exit
		exec setpriv --pdeathsig TERM "$2" "${options[@]}" \
			--socket-path="$share_socket"
	) >"$vm_run/virtiofsd.log" 2>&1 </dev/null &
	vm_helpers+=($!)
	until [ -S "$vm_run/$share_socket" ] || ! kill -0 $! 2>/dev/null; do
		sleep 0.1
	done
	[ -S "$vm_run/$share_socket" ] ||
		die "virtiofsd does not start: $(cat "$vm_run/virtiofsd.log")"
	share_plug &
	vm_helpers+=($!)
}

share_plug()
{
	until grep -q '^want share' "$vm_run/status" 2>/dev/null; do
		sleep 0.1
	done
	guest_monitor "chardev-add socket,id=share,path=$share_socket"
	guest_monitor "device_add vhost-user-fs-pci,chardev=share,tag=share"
}
