#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Who may open /dev/contmon. Runs in the guest as root with the module loaded;
# makes a user for the time it runs, and loads the module again.

# shellcheck disable=SC2317 # functions that ok() calls by name

set -u
export LC_ALL=C
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=tests/guest/tap.sh
. "$here/tap.sh"

node=/dev/contmon
user=udevtest$$

# is SEEN EXPECTED
is()
{
	echo "seen $1, expected $2"
	[ "$1" = "$2" ]
}

# has TEXT PART...
has()
{
	has_text=$1
	shift
	printf '%s\n' "$has_text"
	for part; do
		case $has_text in *"$part"*) ;; *) return 1 ;; esac
	done
}

# The result of USER opening the node: "open", or the name of the error
open_as()
{
	runuser -u "$1" -- python3 - "$node" <<-'PY'
	import errno, os, sys
	try:
	    os.close(os.open(sys.argv[1], os.O_RDWR))
	    print("open")
	except OSError as error:
	    print(errno.errorcode[error.errno])
	PY
}

info_as()
{
	runuser -u "$1" -- contmon info
}

refused_info()
{
	! info_as "$user"
}

restore()
{
	userdel "$user" 2>/dev/null
	[ -e "$node" ] || modprobe contmon
	[ "$was_active" != active ] || systemctl start contmond.service
	rm -f "$tap_out"
}

node_is_right()
{
	ok "$1: the node is root's and contmon's, no one else's" is \
		"$(stat -c '%F %a %U %G' "$node" 2>&1)" \
		"character special file 660 root contmon"
}

was_active=$(systemctl is-active contmond.service 2>/dev/null)
trap restore EXIT

rules=$(find /etc/udev/rules.d /usr/local/lib/udev/rules.d \
	/usr/lib/udev/rules.d -name 60-contmon.rules 2>/dev/null | head -n 1)
ok "the rule is installed" test -n "$rules"
if udevadm verify --help >/dev/null 2>&1; then
	ok "udevadm finds nothing wrong with it" udevadm verify "$rules"
else
	skip "udevadm finds nothing wrong with it" "this udevadm has no verify"
fi

udevadm settle
node_is_right "after loading"
ok "systemd may wait for the device" has \
	"$(udevadm info --query=property "$node" | grep TAGS=)" :systemd:
ok "its unit is active" systemctl is-active dev-contmon.device

ok "the daemon's user cannot log in" is \
	"$(getent passwd contmon | cut -d: -f 7)" /usr/sbin/nologin
ok "it has no home" is "$(getent passwd contmon | cut -d: -f 6)" /
ok "its group is the device's" is "$(id -gn contmon)" contmon
ok "it may open the device" is "$(open_as contmon)" open

useradd --no-create-home --user-group --shell /usr/sbin/nologin "$user"
ok "a user outside of the group gets EACCES" is "$(open_as "$user")" EACCES
ok "contmon info fails for that user" refused_info
ok "and says why" has "$(info_as "$user" 2>&1)" "$node" "Permission denied"

usermod --append --groups contmon "$user"
ok "a member of the group may open it" is "$(open_as "$user")" open
ok "contmon info works for a member" info_as "$user"

# The daemon has the device open, which keeps the module loaded.
[ "$was_active" != active ] || systemctl stop contmond.service
ok "the module can be removed" modprobe -r contmon
udevadm settle
ok "the node goes with it" test ! -e "$node"
modprobe contmon
udevadm settle
node_is_right "after loading again"
ok "and a member may open it again" is "$(open_as "$user")" open

conf=/usr/lib/modules-load.d/contmon.conf
if [ -e "$conf" ]; then
	ok "the module is loaded at boot" is "$(grep -v '^#' "$conf")" contmon
else
	skip "the module is loaded at boot" "$conf is not installed"
fi
tap_finish
