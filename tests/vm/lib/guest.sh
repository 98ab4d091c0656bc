# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# One guest: its drives, its channels to this side, and its end.
#
# Everything a run needs lies in a directory of its own below build/vm, as hard
# links where it is shared, so runs go side by side and a rebuild disturbs none.

# guest_prepare DIR: the run directory and what is in every one of them.
guest_prepare()
{
	vm_run=$1
	vm_smp=2
	vm_mem=2048
	vm_snapshot=on
	vm_extra=()
	vm_append=
	mkdir -p "$vm_run/order"
	cp "$VM_TOOLS"/guest/* "$vm_run/order/"
	: >"$vm_run/order/settings"
	mkfifo "$vm_run/stdout" "$vm_run/stderr"
}

# guest_take SUITE-DIR: what has been built for that suite.
guest_take()
{
	local file

	for file in root.img swap.img payload.tar root/boot/initrd; do
		ln "$1/$file" "$vm_run/" || die "cannot use $file"
	done
	ln "$1/root/boot/vmlinuz-$(root_kernel "$1/root")" "$vm_run/vmlinuz"
}

# guest_order KEY=VALUE...: settings the guest's main reads.
guest_order()
{
	printf '%s\n' "$@" >>"$vm_run/order/settings"
}

# guest_share DIRECTORY VIRTIOFSD: it appears at /mnt/share.
guest_share()
{
	setpriv --pdeathsig KILL "$2" --socket-path="$vm_run/share" \
		-o "source=$1" -o cache=auto >"$vm_run/virtiofsd.log" 2>&1 &
	vm_share_pid=$!
	vm_extra+=(
		-object "memory-backend-memfd,id=ram,share=on,size=${vm_mem}M"
		-machine memory-backend=ram
		-chardev "socket,id=share,path=$vm_run/share"
		-device vhost-user-fs-pci,chardev=share,tag=share
	)
	guest_order share=1
	for _ in {1..50}; do
		[ -S "$vm_run/share" ] && return
		sleep 0.1
	done
	die "virtiofsd does not start: $(cat "$vm_run/virtiofsd.log")"
}

# guest_boot SECONDS: run the guest to its end or for at most SECONDS; its
# output appears on ours. Status: that of timeout(1), which watches it.
guest_boot()
{
	local limit=$1 output=() net

	tar -C "$vm_run/order" -cf "$vm_run/order.tar" .
	cat "$vm_run/stdout" &
	output+=($!)
	cat "$vm_run/stderr" >&2 &
	output+=($!)
	net=user,id=net,restrict=on${vm_forward:+,hostfwd=tcp:127.0.0.1:$vm_forward}
	TMPDIR=$vm_run setpriv --pdeathsig TERM timeout -k 5 "$limit" \
		qemu-system-x86_64 -nodefaults -no-user-config -display none \
		-no-reboot -M pc "${vm_accel[@]}" -cpu "$vm_cpu" -smp "$vm_smp" \
		-m "$vm_mem" -kernel "$vm_run/vmlinuz" -initrd "$vm_run/initrd" \
		-append "$(guest_cmdline)" \
		-chardev "file,id=console,path=$vm_run/console" \
		-serial chardev:console \
		-drive "file=$vm_run/root.img,if=virtio,format=raw,cache=unsafe,snapshot=$vm_snapshot" \
		-drive "file=$vm_run/order.tar,if=virtio,format=raw,readonly=on" \
		-drive "file=$vm_run/payload.tar,if=virtio,format=raw,readonly=on" \
		-drive "file=$vm_run/swap.img,if=virtio,format=raw,cache=unsafe,snapshot=on" \
		-device virtio-rng-pci -device virtio-serial-pci \
		-chardev "file,id=stdout,path=$vm_run/stdout" \
		-device virtserialport,chardev=stdout,name=contmon.stdout \
		-chardev "file,id=stderr,path=$vm_run/stderr" \
		-device virtserialport,chardev=stderr,name=contmon.stderr \
		-chardev "file,id=status,path=$vm_run/status" \
		-device virtserialport,chardev=status,name=contmon.status \
		-netdev "$net" -device virtio-net-pci,netdev=net \
		"${vm_extra[@]}" >"$vm_run/qemu.log" 2>&1 </dev/null &
	vm_pid=$!
	wait "$vm_pid"
	set -- $?
	vm_pid=
	wait "${output[@]}"
	return "$1"
}

# The console's level lets warnings through: they fail the run.
guest_cmdline()
{
	echo console=ttyS0 loglevel=5 panic=-1 oops=panic mitigations=off \
		root=/dev/vda rw net.ifnames=0 apparmor=0 selinux=0 audit=0 \
		systemd.show_status=0 "$vm_append"
}

# guest_said WORD: the rest of the guest's last status line that begins so.
guest_said()
{
	sed -n "s/^$1 //p" "$vm_run/status" 2>/dev/null | tail -n 1
}

# guest_end: whatever happened, leave nothing behind.
guest_end()
{
	local pid

	for pid in ${vm_pid:-} ${vm_share_pid:-}; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	vm_pid='' vm_share_pid=''
	[ -z "${vm_run:-}" ] || rm -rf "$vm_run"
}
