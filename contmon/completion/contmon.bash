# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Completion for bash. The program itself lists its commands, options and columns,
# so that they are those of the installed one.

# Hostile names are left out.
_contmon_containers()
{
	contmon containers --csv --no-headings -o container,short-id 2>/dev/null |
		tr , '\n' | grep -xE '[A-Za-z0-9_.-]+'
}

# COMMAND is "policy log" and the like for commands of contmon policy and grafana:
# two words.
#
# What may follow COMMAND and the word PREVIOUS and begin with WORD
_contmon_values()
{
	case $1/$2 in
	*/--store | export/-o | */--output | */--rules | *-file | */--folder)
		compgen -f -- "$3"
		return 0 ;;
	esac
	case $2 in
	-o | --columns | --sort)
		# shellcheck disable=SC2086 # it may be two words
		contmon $1 -o '' 2>&1 | sed 's/.*not one of //; s/, /\n/g' ;;
	--type)
		contmon events --type '' 2>&1 |
			sed 's/.*not one of //; s/, /\n/g' ;;
	--kind)
		contmon log --kind '' 2>&1 | sed 's/.*not one of //; s/, /\n/g' ;;
	--units) printf '%s\n' auto KiB MiB bytes ;;
	--touch) printf '%s\n' write read none ;;
	--state) printf '%s\n' R S D T t X Z P I ;;
	--user) getent passwd | cut -d: -f1 ;;
	--container)
		echo host
		_contmon_containers ;;
	--engine) printf '%s\n' docker podman ;;
	--class) printf '%s\n' high low ;;
	--mix)
		contmon load --mix '' 2>&1 | sed 's/.*not one of //; s/, /\n/g' ;;
	--contmond | --timeout) ;;
	-n | --interval | --size | --step | --delay | --name | --count) ;;
	--cpus) ;;
	--min-rss | --from | --to | --at | --since) ;;
	--for | --every | --name-prefix | --add) ;;
	--format) printf '%s\n' ndjson csv workloads ;;
	*) return 1 ;;
	esac
}

_contmon_options()
{
	# shellcheck disable=SC2086 # it may be two words
	contmon $1 --help | grep -oE '^ +(-[a-z], )?--[a-z-]+' | tr -d ' ' |
		tr ',' '\n'
}

# _contmon_commands [policy|grafana]
_contmon_commands()
{
	contmon "$@" --help | sed -nE 's/^  ([a-z]+) .*/\1/p'
}

_contmon()
{
	local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} before=
	local words

	[[ $command =~ ^(policy|grafana)$ ]] && [ "$COMP_CWORD" -gt 2 ] &&
		command+=" ${COMP_WORDS[2]}"
	if [ "$COMP_CWORD" = 1 ]; then
		words="$(_contmon_commands) --help --version"
	elif [[ $command =~ ^(policy|grafana)$ ]]; then
		words="$(_contmon_commands "$command") --help -h"
	elif words=$(_contmon_values "$command" \
		"${COMP_WORDS[COMP_CWORD - 1]}" "$word"); then
		# A list is completed behind its last comma.
		before=${word%"${word##*,}"}
	elif [[ $word == -* ]]; then
		words=$(_contmon_options "$command")
	elif [[ $command =~ ^(ps|watch|cmdline)$ ]] ||
		[ "${COMP_WORDS[COMP_CWORD - 1]}" = --pid ]; then
		words=$(contmon ps -o pid --no-headings 2>/dev/null)
	elif [ "$command" = history ]; then
		words=$(echo host; _contmon_containers)
	elif [[ $command =~ ^policy\ (log|explain)$ ]]; then
		words=$(_contmon_containers)
	elif [[ $command =~ ^(import|policy\ (replay|check))$ ]]; then
		words=$(compgen -f -- "$word")
	fi
	mapfile -t COMPREPLY < <(compgen -P "$before" -W "$words" -- \
		"${word#"$before"}")
}

complete -F _contmon contmon
