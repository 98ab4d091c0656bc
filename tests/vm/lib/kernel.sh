# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Other kernels for the root of one suite. kernels/NAME.config: built from
# Debian's source, in a separate root that no guest sees. kernels/NAME.packages:
# the packages of another Debian kernel.
#
# VM_BUILD/kernel-NAME/  what kernels/build lists, or the packages' files; and key:
#                        what it was made of
# VM_BUILD/NAME/         root and drive, as for a suite; the root is hard links to
#                        that one's

readonly KERNEL_SUITE=trixie
readonly KERNEL_SOURCE=linux-source-6.12

# kernel_is NAME: can such a kernel be built?
kernel_is()
{
	[[ $1 =~ ^[a-z]+$ && $1 != guest ]] && {
		[ -e "$VM_TOOLS/kernels/$1.config" ] || kernel_is_packaged "$1"
	}
}

kernel_is_packaged()
{
	[ -e "$VM_TOOLS/kernels/$1.packages" ]
}

# kernel_drive NAME: the drive to begin with; none for packages, whose modules
# must be on the drive.
kernel_drive()
{
	kernel_is_packaged "$1" || echo "$VM_BUILD/$KERNEL_SUITE/root.img"
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
		declare -f kernel_link kernel_install kernel_unpack
	} | kernel_sum)
	if [ "$(cat "$dir/root.key" 2>/dev/null)" != "$key" ]; then
		rm -rf "$dir"/{root,image}.key "$dir"/root
		say_log "$dir/root.log" kernel_link "$name" "$base" "$dir"
		echo "$key" >"$dir/root.key"
	fi
	exec {kernel_lock}>&-
}

# kernel_lock FILE: take that lock, and release the one held.
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
	local root=$3/root install=kernel_install

	kernel_is_packaged "$1" && install=kernel_unpack
	cp -al "$2/root" "$root" &&
	rm -r "${root:?}"/boot/* "${root:?}"/lib/modules/* &&
	"$install" "$VM_BUILD/kernel-$1" "$root" &&
	root_initrd "$root"
}

# kernel_unpack KERNEL ROOT: put its files where its packages have them.
kernel_unpack()
{
	local root=$2 release

	rm -r "$root"/usr/src/linux-headers-* &&
	cp -al "$1"/files/usr "$1"/files/boot "$root" || return
	release=$(root_kernel "$root")
	depmod -b "$root/usr" "$release" &&
	ln -s "vmlinuz-$release" "$root/boot/vmlinuz"
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

# kernel_module NAME SOURCE OUT: build the module in SOURCE for it, into OUT.
# Its root must exist.
kernel_module()
{
	unshare --mount "$VM_TOOLS/lib/chroot.sh" "$VM_BUILD/$1/root" \
		"$2" "$3" sh -euc 'cp /src/* /out
			exec make -C /lib/modules/*/build M=/out modules'
}

# kernel_build NAME DIR: build it, unless it is up to date.
kernel_build()
{
	local name=$1 dir=$2 key start=$SECONDS

	if kernel_is_packaged "$name"; then
		kernel_fetch "$name" "$dir"
		return
	fi
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

# kernel_fetch NAME DIR: get DIR/files, the files of its packages.
kernel_fetch()
{
	local list=$VM_TOOLS/kernels/$1.packages dir=$2 key start=$SECONDS

	key=$({
		echo "$KERNEL_SUITE"
		cat "$list"
		declare -f kernel_extract
	} | kernel_sum)
	[ "$(cat "$dir/key" 2>/dev/null)" = "$key" ] && return
	say "fetching kernel ($1), about 1 minute ..."
	rm -rf "$dir"
	mkdir "$dir"
	say_log "$dir.log" kernel_extract "$list" "$dir"
	echo "$key" >"$dir/key"
	say "kernel ($1) fetched in $((SECONDS - start)) s"
}

# Their dependencies are extracted, too; the root has them already.
kernel_extract()
{
	local all=$2/all

	unshare --mount mmdebstrap --mode=root --variant=extract \
		--include="$(grep -v '^#' "$1" | paste -sd ,)" \
		"$KERNEL_SUITE" "$all" &&
	mkdir -p "$2"/files/usr/{src,lib} &&
	mv "$all/boot" "$2/files/" &&
	mv "$all"/usr/src/linux-headers-* "$2/files/usr/src/" &&
	mv "$all"/usr/lib/{modules,linux-kbuild-*} "$2/files/usr/lib/" &&
	rm -rf "$all"
}

# Includes the version of the source, which is that of the builder's package.
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

# Pass on the output of a build, and report its progress every minute.
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

# kernel_builder DIR: make the root with compiler and source.
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
