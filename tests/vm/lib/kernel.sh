# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Kernels of our own, made of Debian's source, for the root of the suite whose
# source that is. They are built in a root of their own, which no guest sees.
#
# VM_BUILD/kernel-NAME/  what kernels/build says, and key: what it was made of
# VM_BUILD/NAME/         root and drive, as for a suite; the root is hard links to
#                        that one's

readonly KERNEL_SUITE=trixie
readonly KERNEL_SOURCE=linux-source-6.12

# kernel_is NAME: there is such a kernel to build.
kernel_is()
{
	[[ $1 =~ ^[a-z]+$ && $1 != guest && -e $VM_TOOLS/kernels/$1.config ]]
}

# kernel_root NAME DIR: make DIR/root and the suite's drive, unless they are up
# to date.
kernel_root()
{
	local name=$1 dir=$2 base=$VM_BUILD/$KERNEL_SUITE key

	kernel_lock "$VM_BUILD/kernel.lock"
	kernel_build "$name" "$VM_BUILD/kernel-$name"
	kernel_lock "$base/lock"
	root_build "$KERNEL_SUITE" "$base"
	accel_choose "$VM_BUILD" "$base"
	image_build "$KERNEL_SUITE" "$base"
	key=$({
		cat "$VM_BUILD/kernel-$name/key" "$base/root.key"
		declare -f kernel_link kernel_install
	} | kernel_sum)
	if [ "$(cat "$dir/root.key" 2>/dev/null)" != "$key" ]; then
		rm -rf "$dir"/{root,image}.key "$dir"/root
		say_log "$dir/root.log" kernel_link "$name" "$base" "$dir"
		echo "$key" >"$dir/root.key"
	fi
	exec {kernel_lock}>&-
}

# kernel_lock FILE: take that lock, and leave the one held.
kernel_lock()
{
	[ -z "${kernel_lock:-}" ] || exec {kernel_lock}>&-
	mkdir -p "$(dirname "$1")"
	exec {kernel_lock}>"$1"
	flock -n "$kernel_lock" || say "waiting for another build ..."
	flock "$kernel_lock"
}

kernel_link()
{
	local root=$3/root

	cp -al "$2/root" "$root" &&
	rm -r "${root:?}"/boot/* "${root:?}"/lib/modules/* &&
	kernel_install "$VM_BUILD/kernel-$1" "$root" &&
	root_initrd "$root"
}

# kernel_install KERNEL ROOT
kernel_install()
{
	local root=$2 release

	release=$(cat "$1/release") &&
	cp -al "$1/modules/lib/modules/$release" "$root/lib/modules/" &&
	mkdir "$root/lib/modules/$release/updates" &&
	cp -al "$1/headers" "$root/usr/src/$release" &&
	ln -s "/usr/src/$release" "$root/lib/modules/$release/build" &&
	ln "$1/vmlinuz" "$root/boot/vmlinuz-$release" &&
	ln -s "vmlinuz-$release" "$root/boot/vmlinuz"
}

# kernel_module NAME SOURCE OUT: build the module in SOURCE for it, into OUT. Its
# root must be there.
kernel_module()
{
	unshare --mount "$VM_TOOLS/lib/chroot.sh" "$VM_BUILD/$1/root" \
		"$2" "$3" sh -euc 'cp /src/* /out
			exec make -C /lib/modules/*/build M=/out modules'
}

# kernel_build NAME DIR: make it, unless it is there and up to date.
kernel_build()
{
	local name=$1 dir=$2 key start=$SECONDS

	kernel_builder "$VM_BUILD/builder"
	key=$(kernel_key "$name")
	[ "$(cat "$dir/key" 2>/dev/null)" = "$key" ] && return
	say "building kernel ($name), about 10 minutes on two processors ..."
	rm -rf "$dir" "$dir.new"
	mkdir "$dir.new"
	exec {kernel_says}>&2
	say_log "$dir.log" kernel_make "$name" "$dir.new"
	exec {kernel_says}>&-
	echo "$key" >"$dir.new/key"
	mv "$dir.new" "$dir"
	say "kernel ($name) built in $((SECONDS - start)) s"
}

# The source's version is part of it: that of the builder's package.
kernel_key()
{
	{
		cat "$VM_BUILD/builder/key"
		sed -n "/^Package: $KERNEL_SOURCE$/,/^$/s/^Version: //p" \
			"$VM_BUILD/builder/root/var/lib/dpkg/status"
		cat "$VM_TOOLS"/kernels/{build,guest.config,"$1.config"}
	} | kernel_sum
}

kernel_make()
{
	unshare --mount "$VM_TOOLS/lib/chroot.sh" "$VM_BUILD/builder/root" \
		"$VM_TOOLS/kernels" "$2" /src/build "$1" 2>&1 | kernel_progress
	return "${PIPESTATUS[0]}"
}

# Pass on a build's output, and say every minute how far it is.
kernel_progress()
{
	local start=$SECONDS said=$SECONDS files=0 line

	while IFS= read -r line; do
		printf '%s\n' "$line"
		[[ $line != "  CC "* ]] || files=$((files + 1))
		[ $((SECONDS - said)) -ge 60 ] || continue
		said=$SECONDS
		say "... $((SECONDS - start)) s, $files of about 1500 files" \
			2>&"$kernel_says"
	done
}

# kernel_builder DIR: the root that has compiler and source.
kernel_builder()
{
	local dir=$1 key start=$SECONDS

	key=$({
		echo "$KERNEL_SUITE $KERNEL_SOURCE"
		declare -f kernel_builder_make debian_make debian_lean
	} | kernel_sum)
	[ "$(cat "$dir/key" 2>/dev/null)" = "$key" ] && return
	say "building the root that kernels are built in, about 1 minute ..."
	rm -rf "$dir"
	mkdir "$dir"
	say_log "$dir.log" kernel_builder_make "$dir/root"
	echo "$key" >"$dir/key"
	say "built in $((SECONDS - start)) s"
}

kernel_builder_make()
{
	debian_make "$KERNEL_SUITE" "$KERNEL_SOURCE bc bison cpio flex gcc kmod \
libc6-dev libelf-dev libssl-dev make perl python3-minimal rsync xz-utils" "$1" &&
	mkdir "$1/src" "$1/out"
}

kernel_sum()
{
	sha256sum | cut -d ' ' -f 1
}
