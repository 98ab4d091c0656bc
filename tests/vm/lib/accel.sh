# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Selects the guest's processor: KVM if that runs a stock kernel, else
# emulation. /dev/kvm may exist and hang, so it is tried.

# accel_choose DIR SUITE-DIR: set vm_accel, vm_cpu and vm_smp.
accel_choose()
{
	local dir=$1 suite_dir=$2 key verdict

	key="$(uname -r) $(accel_version) $(root_kernel "$suite_dir/root")"
	verdict=$(sed -n "s/^$key: //p" "$dir/kvm" 2>/dev/null | tail -n 1)
	if [ -z "$verdict" ]; then
		accel_probe "$suite_dir/root" && verdict=yes || verdict=no
		echo "$key: $verdict" >>"$dir/kvm"
		[ "$verdict" = yes ] || say "KVM does not work here: emulating"
	fi
	if [ "$verdict" = yes ]; then
		vm_smp=2
		vm_accel=(-accel kvm)
		vm_cpu=host
	else
		accel_emulate "$(accel_threads)"
	fi
}

# One thread for each processor, if that works: emulators before 8.1 may keep
# the translation of code that another processor is patching, and these tests
# switch tracepoints on and off all the time.
accel_threads()
{
	printf '8.1\n%s\n' "$(accel_version)" | sort --version-sort --check=quiet &&
		echo multi || echo single
}

accel_emulate()
{
	local version

	version=$(accel_version)
	vm_smp=2
	vm_accel=(-accel "tcg,thread=$1")
	# Without what takes longer in emulation: a fifth level of page tables,
	# and memory that is cleared and copied by bytes instead of words.
	vm_cpu=max,-la57,-erms,-fsrm
	# cmpxchg16b is broken in the emulator before 8: random double faults.
	[ "${version%%.*}" -ge 8 ] || vm_cpu+=,-cx16
}

# One thread whose clock is its instruction count: same work, same time.
accel_icount()
{
	accel_emulate single
	vm_smp=1
	vm_accel+=(-icount "shift=0,sleep=off")
}

accel_emulated()
{
	[ "${vm_accel[*]}" != "-accel kvm" ]
}

accel_version()
{
	qemu-system-x86_64 --version |
		sed -n '1s/.*version \([0-9.]*\).*/\1/p'
}

# If KVM does not work, QEMU may abort or hang: suppress the core file, and the
# message of the shell.
accel_probe()
{
	local root=$1 console alive

	[ -w /dev/kvm ] || return
	console=$(mktemp)
	(
		ulimit -c 0
		timeout -k 1 20 qemu-system-x86_64 -nodefaults -no-user-config \
			-display none -no-reboot -accel kvm -cpu host -m 256 \
			-kernel "$root/boot/vmlinuz" -initrd "$root/boot/initrd" \
			-append "console=ttyS0 panic=-1 quiet probe" \
			-serial "file:$console"
		true	# so that this shell outlives it
	) >/dev/null 2>&1 </dev/null
	alive=$(grep -c alive "$console")
	rm -f "$console"
	[ "$alive" -gt 0 ]
}
