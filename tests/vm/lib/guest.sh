# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# One guest: its drives, its channels to this side, and its end.
#
# All that a guest needs lies in a directory of its own below build/vm, with hard
# links to what is shared: guests run side by side, and a rebuild disturbs none.
# QEMU runs in there and sees plain names, so the checkout may be at any path.
#
# Channels: the console (kernel log), and one port each for orders to the guest
# and for COMMAND's stdout and stderr and status lines from it.

# guest_prepare SUITE-DIR: a new run directory with what every guest needs.
guest_prepare()
{
	vm_run=$(mktemp -d "$VM_BUILD/run.XXXXXX")
	vm_mem=$VM_MEM
	vm_disk=file=root.img,format=raw,snapshot=on
	vm_append=
	vm_more=()
	vm_helpers=()
	mkdir "$vm_run/order"
	mkfifo "$vm_run/stdout" "$vm_run/stderr" \
		"$vm_run"/{order,monitor}.{in,out}
	guest_take "$1/root.img" && guest_take "$1/swap.img" &&
	guest_take "$1/root/boot/initrd" &&
	guest_take "$1/root/boot/vmlinuz-$(root_kernel "$1/root")" vmlinuz
}

# guest_take FILE [NAME]: have FILE in the run directory.
guest_take()
{
	ln "$1" "$vm_run/${2:-$(basename "$1")}" || die "cannot use $1"
}

# guest_start: leaves vm_pid, that of timeout(1), which watches QEMU.
guest_start()
{
	local limit=$1 serial=()

	guest_port serial order pipe,path=order
	guest_port serial stdout file,path=stdout
	guest_port serial stderr file,path=stderr
	guest_port serial status file,path=status
	: >"$vm_run/status"
	# Held open here, so that the readers end when all is written, even if
	# QEMU never starts to write.
	exec {vm_hold_out}<>"$vm_run/stdout" {vm_hold_err}<>"$vm_run/stderr"
	cat "$vm_run/stdout" {vm_hold_out}>&- {vm_hold_err}>&- &
	vm_readers=($!)
	cat "$vm_run/stderr" >&2 {vm_hold_out}>&- {vm_hold_err}>&- &
	vm_readers+=($!)
	(
		cd "$vm_run" || exit
		exec {vm_hold_out}>&- {vm_hold_err}>&-
		TMPDIR=. exec setpriv --pdeathsig TERM timeout -k 5 "$limit" \
		qemu-system-x86_64 -nodefaults -no-user-config -display none \
		-no-reboot -M pc,memory-backend=ram "${vm_accel[@]}" \
		-cpu "$vm_cpu" -smp "$vm_smp" -m "$vm_mem" \
		-object "memory-backend-memfd,id=ram,share=on,size=${vm_mem}M" \
		-kernel vmlinuz -initrd initrd -append "$(guest_cmdline)" \
		-chardev file,id=console,path=console -serial chardev:console \
		-chardev pipe,id=monitor,path=monitor -mon chardev=monitor,mode=control \
		-drive "$vm_disk,if=virtio,cache=unsafe" \
		-drive file=swap.img,format=raw,snapshot=on,if=virtio,cache=unsafe \
		-netdev "user,id=net,restrict=on${vm_forward:+,hostfwd=tcp:127.0.0.1:${vm_forward/:/-:}}" \
		-device virtio-net-pci,netdev=net \
		-device virtio-serial-pci "${serial[@]}" "${vm_more[@]}"
	) >"$vm_run/qemu.log" 2>&1 </dev/null &
	vm_pid=$!
	echo '{"execute": "qmp_capabilities"}' >"$vm_run/monitor.in" &
	vm_helpers+=($!)
}

# guest_port ARRAY NAME CHARDEV: append QEMU's options for that port.
guest_port()
{
	local -n list=$1

	list+=(-chardev "${3/,/,id=$2,}"
		-device "virtserialport,chardev=$2,name=contmon.$2")
}

# guest_wait: until it ends. Its status is that of timeout(1).
guest_wait()
{
	local status

	wait "$vm_pid"
	status=$?
	vm_pid=
	exec {vm_hold_out}>&- {vm_hold_err}>&-
	wait "${vm_readers[@]}"
	return "$status"
}

# The console shows warnings, because they fail the run. On a busy machine an
# emulated timer can be too late for the kernel's test of it, which panics.
guest_cmdline()
{
	echo console=ttyS0 loglevel=5 panic=-1 oops=panic mitigations=off \
		no_timer_check \
		root=/dev/vda rw net.ifnames=0 apparmor=0 selinux=0 audit=0 \
		systemd.show_status=0 "$vm_append"
}

# guest_order TASK [KEY=VALUE...]: send an order with what is in order/.
guest_order()
{
	local order=$vm_run/order

	cp "$VM_TOOLS"/guest/* "$order/"
	printf '%s\n' "task=$1" "now=$(date +%s.%N)" "${@:2}" >"$order/settings"
	tar -C "$order" -cf "$vm_run/order.tar" .
	{
		stat -c %s "$vm_run/order.tar"
		cat "$vm_run/order.tar"
	} >"$vm_run/order.data"
	cat "$vm_run/order.data" >"$vm_run/order.in" &
	vm_helpers+=($!)
}

# guest_monitor COMMAND: give QEMU's monitor a command in its language for humans.
guest_monitor()
{
	printf '{"execute": "%s", "arguments": {"command-line": "%s"}}\n' \
		human-monitor-command "$1" >"$vm_run/monitor.in"
}

# guest_reached POINT: wait until it says so; fail if it fails or ends before.
guest_reached()
{
	until [ "$(guest_said reached)" = "$1" ]; do
		[ -z "$(guest_said failed)" ] && kill -0 "$vm_pid" || return
		sleep 0.2
	done 2>/dev/null
}

# guest_said WORD: the rest of the guest's last status line that begins so.
guest_said()
{
	sed -n "s/^$1 //p" "$vm_run/status" 2>/dev/null | tail -n 1
}

# guest_end: leave nothing behind, however it ended.
guest_end()
{
	local pid

	for pid in ${vm_pid:-} "${vm_helpers[@]}"; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	vm_pid=
	vm_helpers=()
	[ -z "${vm_run:-}" ] || rm -rf "$vm_run"
}
