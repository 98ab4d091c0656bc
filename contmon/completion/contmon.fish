# SPDX-License-Identifier: GPL-2.0-only
#
# Completion for fish. The program itself lists its commands, options and columns,
# so that they are those of the installed one.

# A word, or two of "policy log" and the like
function __contmon_command
    set -l words (commandline -opc)
    test (count $words) -gt 1; and echo $words[2]
    test (count $words) -gt 2; and contains "$words[2]" policy grafana
    and echo $words[3]
end

# Hostile names are left out.
function __contmon_containers
    contmon containers --csv --no-headings -o container,short-id 2>/dev/null |
        tr , '\n' | grep -xE '[A-Za-z0-9_.-]+'
end

# What may follow the word before the cursor; fails if anything may
function __contmon_values
    switch (string join ' ' (__contmon_command))/(commandline -opc)[-1]
        case '*/--store' export/-o '*/--output' '*/--rules' '*-file' '*/--folder'
            __fish_complete_path (commandline -ct)
            return
    end
    switch (commandline -opc)[-1]
        case -o --columns --sort
            # A list is completed behind its last comma.
            set -l before (commandline -ct | string match -r '^.*,')
            contmon (__contmon_command) -o '' 2>&1 |
                sed 's/.*not one of //; s/, /\n/g' | sed "s/^/$before/"
        case --type
            set -l before (commandline -ct | string match -r '^.*,')
            contmon events --type '' 2>&1 |
                sed 's/.*not one of //; s/, /\n/g' | sed "s/^/$before/"
        case --kind
            set -l before (commandline -ct | string match -r '^.*,')
            contmon log --kind '' 2>&1 |
                sed 's/.*not one of //; s/, /\n/g' | sed "s/^/$before/"
        case --units
            printf '%s\n' auto KiB MiB bytes
        case --touch
            printf '%s\n' write read none
        case --state
            printf '%s\n' R S D T t X Z P I
        case --user
            getent passwd | cut -d: -f1
        case --container
            echo host
            __contmon_containers
        case --format
            printf '%s\n' ndjson csv workloads
        case --engine
            printf '%s\n' docker podman
        case --class
            printf '%s\n' high low
        case --mix
            set -l before (commandline -ct | string match -r '^.*,')
            contmon load --mix '' 2>&1 |
                sed 's/.*not one of //; s/, /\n/g' | sed "s/^/$before/"
        case -n --interval --size --step --delay --name --count --min-rss --from --to --at --cpus --since
            true
        case --for --every --name-prefix --add --contmond --timeout
            true
        case '*'
            return 1
    end
end

function __contmon_words
    set -l command (__contmon_command)
    if test -z "$command"
        contmon --help | sed -nE 's/^  ([a-z]+) +(.*)/\1\t\2/p'
        printf '%s\n' --help --version
    else if contains "$command" policy grafana
        contmon $command --help | sed -nE 's/^  ([a-z]+) +(.*)/\1\t\2/p'
        printf '%s\n' --help -h
    else if __contmon_values
        return
    else if string match -q -- '-*' (commandline -ct)
        contmon $command --help |
            grep -oE '^ +(-[a-z], )?--[a-z-]+' | tr -d ' ' | tr ',' '\n'
    else if contains "$command" ps watch cmdline;
            or test (commandline -opc)[-1] = --pid
        contmon ps -o pid --no-headings 2>/dev/null | tr -d ' '
    else if test "$command" = history
        echo host
        __contmon_containers
    else if contains "$command" 'policy log' 'policy explain'
        __contmon_containers
    else if contains "$command" import 'policy replay' 'policy check'
        __fish_complete_path (commandline -ct)
    end
end

complete -c contmon -f -a '(__contmon_words)'
