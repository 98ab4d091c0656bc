#compdef contmon
# SPDX-License-Identifier: GPL-2.0-only
#
# Completion for zsh. The program itself lists its commands, options and columns,
# so that they are those of the installed one.

# Hostile names are left out.
_contmon_containers()
{
	contmon containers --csv --no-headings -o container,short-id 2>/dev/null |
		tr , '\n' | grep -xE '[A-Za-z0-9_.-]+'
}

# What may follow COMMAND and the word PREVIOUS
_contmon_values()
{
	case $2 in
	-o | --columns | --sort)
		contmon ${=1} -o '' 2>&1 | sed 's/.*not one of //; s/, /\n/g' ;;
	--type)
		contmon events --type '' 2>&1 |
			sed 's/.*not one of //; s/, /\n/g' ;;
	--kind)
		contmon log --kind '' 2>&1 | sed 's/.*not one of //; s/, /\n/g' ;;
	--format) print -l ndjson csv workloads ;;
	--units) print -l auto KiB MiB bytes ;;
	--touch) print -l write read none ;;
	--state) print -l R S D T t X Z P I ;;
	--user) getent passwd | cut -d: -f1 ;;
	--container)
		print host
		_contmon_containers ;;
	--engine) print -l docker podman ;;
	--class) print -l high low ;;
	--mix)
		contmon load --mix '' 2>&1 | sed 's/.*not one of //; s/, /\n/g' ;;
	--contmond | --timeout) ;;
	-n | --interval | --size | --step | --delay | --name | --count) ;;
	--cpus) ;;
	--min-rss | --from | --to | --at | --since) ;;
	--for | --every | --name-prefix | --add) ;;
	*) return 1 ;;
	esac
}

_contmon()
{
	local command=$words[2] list

	# "policy log" and the like
	[[ $command == (policy|grafana) ]] && (( CURRENT > 3 )) && command+=" $words[3]"
	if (( CURRENT == 2 )); then
		list=$(contmon --help | sed -nE 's/^  ([a-z]+) .*/\1/p')
		compadd -- ${(f)list} --help --version
	elif [[ $command == (policy|grafana) ]]; then
		list=$(contmon $command --help | sed -nE 's/^  ([a-z]+) .*/\1/p')
		compadd -- ${(f)list} --help -h
	elif [[ $command/$words[CURRENT-1] == (*/--store|*/--output|*/--rules|*-file|*/--folder|export/-o) ]]
	then
		_files
	elif list=$(_contmon_values $command $words[CURRENT-1]); then
		# A list is completed behind its last comma.
		compset -P '*,'
		compadd -- ${(f)list}
	elif [[ $words[CURRENT] == -* ]]; then
		list=$(contmon ${=command} --help |
			grep -oE '^ +(-[a-z], )?--[a-z-]+' | tr -d ' ' | tr ',' '\n')
		compadd -- ${(f)list}
	elif [[ $command == (ps|watch|cmdline) || $words[CURRENT-1] == --pid ]]
	then
		list=$(contmon ps -o pid --no-headings 2>/dev/null)
		compadd -- ${(f)list// /}
	elif [[ $command == history ]]; then
		list=$(print host; _contmon_containers)
		compadd -- ${(f)list}
	elif [[ $command == ("policy log"|"policy explain") ]]; then
		list=$(_contmon_containers)
		compadd -- ${(f)list}
	elif [[ $command == (import|"policy replay"|"policy check") ]]; then
		_files
	fi
}

_contmon "$@"
