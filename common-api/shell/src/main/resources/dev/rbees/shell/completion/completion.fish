# fish completion for @PROGRAM@; made by '@PROGRAM@ completion fish'.
# Load it now with  @PROGRAM@ completion fish | source  or keep it as ~/.config/fish/completions/@PROGRAM@.fish

# the words that may follow a group of commands
function __@NAME@_next
    switch "$argv[1]"
@NEXT@
    end
end

# the options of a command
function __@NAME@_options
    switch "$argv[1]"
@OPTIONS@
    end
end

# what the value of an option may be: a kind, then words
function __@NAME@_value
    switch "$argv[1]"
@VALUES@
    end
end

# what an argument of a command may be, counted from 0
function __@NAME@_argument
    switch "$argv[1]"
@ARGUMENTS@
    end
end

function __@NAME@_home
    set -q RBEES_HOME; and test -n "$RBEES_HOME"; and echo $RBEES_HOME; or echo $HOME/.rbees
end

function __@NAME@_names --argument-names suffix
    for file in $argv[2..-1]
        string replace -r '^.*/' '' -- (string replace -r "$suffix\$" '' -- $file)
    end
end

function __@NAME@_words_of --argument-names before current kind
    set -l home (__@NAME@_home)
    set -l words $argv[4..-1]
    switch "$kind"
        case files
            __fish_complete_path $current
            return
        case models
            set words (__@NAME@_names / $home/models/*/)
        case known-models
            set words $words (__@NAME@_names / $home/models/*/)
        case workers
            set words (__@NAME@_names '\.json' $home/workers/*.json)
        case hosts
            set -l config $HOME/.ssh/config
            set -q RBEES_SSH_CONFIG; and set config $RBEES_SSH_CONFIG
            set words (string match -rig '^\s*host\s+(.*)$' < $config 2>/dev/null | string split -n ' ' | string match -vr '[^A-Za-z0-9._-]')
            set words $words (string match -rg '^\s*id\s*=\s*["\']([A-Za-z0-9._-]+)["\']' < $home/pools.toml 2>/dev/null)
    end
    for word in $words
        echo $before$word
    end
end

function __@NAME@_words
    set -l at ''
    set -l option ''
    set -l only ''
    set -l count 0
    set -l before ''
    set -l current (commandline -ct)
    set -l typed (commandline -opc)
    for word in $typed[2..-1]
        switch $word
            case -o
                set word --output
            case -m
                set word --model
        end
        if test -n "$option"
            set option ''
        else if test "$word" = --
            set only 1
        else if string match -q -- '-*' $word; and test -z "$only"
            if not string match -q -- '*=*' $word; and test (count (__@NAME@_value "$at $word")) -gt 0
                set option $word
            end
        else if test "$word" = help -a -z "$at"
            continue
        else if __@NAME@_next "$at" | string match -q -- "$word"\t'*'
            set at (string trim -- "$at $word")
            set count 0
        else
            set count (math $count + 1)
        end
    end
    if test -z "$option$only"; and string match -q -- '--*=*' $current
        set option (string replace -r '=.*' '' -- $current)
        set before $option=
        set current (string replace -r '^[^=]*=' '' -- $current)
    end
    if test -n "$option"
        __@NAME@_words_of "$before" "$current" (__@NAME@_value "$at $option")
    else if string match -q -- '-*' $current; and test -z "$only"
        __@NAME@_options "$at"
    else if test (count (__@NAME@_next "$at")) -gt 0
        __@NAME@_next "$at"
    else
        __@NAME@_words_of '' "$current" (__@NAME@_argument "$at $count")
    end
end

complete -c @PROGRAM@ -f -a '(__@NAME@_words)'
