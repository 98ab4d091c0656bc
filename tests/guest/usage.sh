# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# For scripts that take words; sourced.

# usage OPTIONS WORD...: for --help, prints the comment at the top of the script
# and ends it. Refuses other options than OPTIONS. Call it before cd.
usage()
{
	usage_options=" $1 "
	shift
	for usage_word; do
		case $usage_word in
		-h | --help)
			sed -n '/^#/!q; /^#!/d; /SPDX/d; s/^# \{0,1\}//p' "$0" |
				sed '1{/^$/d;}'
			exit 0 ;;
		-*)
			case $usage_options in
			*" $usage_word "*) ;;
			*)
				echo "$0: $usage_word: no such option; see --help" >&2
				exit 2 ;;
			esac ;;
		esac
	done
}
