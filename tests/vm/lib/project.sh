# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The project for the guest: the working tree, committed or not, built in the
# guest root by the guest's compiler for the guest's kernel.

# project_build SUITE-DIR: make SUITE-DIR/payload.tar.
project_build()
{
	local dir=$1 start=$SECONDS

	mkdir -p "$dir/src" "$dir/out"
	project_copy "$dir/src" || die "cannot copy the working tree"
	project_web "$dir/out/web"
	say "building contmon for $(root_kernel "$dir/root")," \
		"about 40 seconds the first time ..."
	say_log "$dir/project.log" project_make "$dir"
	say "contmon built in $((SECONDS - start)) s"
}

# The page is built on the host, because its tools are not in the guest root,
# where make finds it up to date.
project_web()
{
	[ -e "$VM_CHECKOUT/contmond/serve/web/build" ] || return 0
	exec {project_lock}>"$VM_BUILD/web.lock"
	flock "$project_lock"
	say_log "$VM_BUILD/web.log" make -C "$VM_CHECKOUT" web
	rm -rf "$1"
	cp -a "$VM_CHECKOUT/build/web" "$1"
	exec {project_lock}>&-
}

project_make()
{
	local dir=$1 make

	make=(make -C /src BUILD=/out KVER="$(root_kernel "$dir/root")")
	rm -rf "$dir/out/payload"
	project_chroot "$dir" "${make[@]}" -j "$(nproc)" \
		all driver guest-programs &&
	project_chroot "$dir" "${make[@]}" DESTDIR=/out/payload PREFIX=/usr \
		install install-tests &&
	project_depmod "$dir" "$(root_kernel "$dir/root")" &&
	tar -C "$dir/out/payload" --owner=0 --group=0 -cf "$dir/payload.new" . &&
	mv "$dir/payload.new" "$dir/payload.tar"
}

# Quick here and slow in an emulated guest. The guest root must not be changed,
# so depmod gets a copy of its modules.
project_depmod()
{
	# shellcheck disable=SC2016
	project_chroot "$1" sh -eu -c '
		modules=lib/modules/$0
		[ -d "/out/payload/$modules" ] || exit 0
		mkdir -p /tmp/lib/modules
		cp -a "/$modules" /tmp/lib/modules/
		cp -a "/out/payload/$modules/." "/tmp/$modules/"
		depmod -b /tmp "$0"
		cp "/tmp/$modules"/modules.* "/out/payload/$modules/"
	' "$2"
}

# project_chroot SUITE-DIR COMMAND...
project_chroot()
{
	local dir=$1
	shift

	unshare --mount "$VM_TOOLS/lib/chroot.sh" "$dir/root" "$dir/src" \
		"$dir/out" "$@"
}

# Modification times are kept, so a second build only builds what changed.
project_copy()
{
	local src=$1 list=$1.list status

	project_files >"$list.new" || return
	if [ -e "$list" ]; then
		comm -z -23 "$list" "$list.new" |
			(cd "$src" && xargs -0 --no-run-if-empty rm -f --)
	fi
	tar -C "$VM_CHECKOUT" --null -T "$list.new" --ignore-failed-read -cf - |
		tar -C "$src" -xf -
	# 1: a file changed while it was read, for instance by an editor.
	status=${PIPESTATUS[0]}
	[ "$status" -le 1 ] && mv "$list.new" "$list"
}

# Every file of the working tree that git does not ignore, NUL-separated.
project_files()
{
	local file

	if [ -e "$VM_CHECKOUT/.git" ]; then
		git -c safe.directory='*' -C "$VM_CHECKOUT" \
			ls-files -z -co --exclude-standard
	else
		(cd "$VM_CHECKOUT" && find . -type f -printf '%P\0')
	fi | while IFS= read -r -d '' file; do
		case $file in
		build/* | .git/*) continue ;;
		esac
		# A file that git lists may have been deleted.
		if [ -e "$VM_CHECKOUT/$file" ] || [ -L "$VM_CHECKOUT/$file" ]; then
			printf '%s\0' "$file"
		fi
	done | LC_ALL=C sort -zu
}
