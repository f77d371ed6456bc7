# bash completion for @PROGRAM@; made by '@PROGRAM@ completion bash'.
# Load it now with  eval "$(@PROGRAM@ completion bash)"  or keep it in ~/.local/share/bash-completion/completions/@PROGRAM@

# the words that may follow a group of commands
_@NAME@_next() {
    case "$1" in
@NEXT@
    esac
}

# the options of a command
_@NAME@_options() {
    case "$1" in
@OPTIONS@
    esac
}

# what the value of an option may be: a kind, then words
_@NAME@_value() {
    case "$1" in
@VALUES@
    esac
}

# what an argument of a command may be, counted from 0
_@NAME@_argument() {
    case "$1" in
@ARGUMENTS@
    esac
}

# the names of what lies in a folder of RBEES_HOME, without an ending
_@NAME@_names() {
    local name
    for name in "${RBEES_HOME:-$HOME/.rbees}/$1/"*"$2"; do
        name=${name%"$2"}
        name=${name##*/}
        [[ $name == *[!A-Za-z0-9._-]* ]] || printf '%s\n' "$name"
    done
}

_@NAME@_words_of() {
    local kind=$1
    shift
    case "$kind" in
        words) printf '%s\n' "$@" ;;
        models) _@NAME@_names models / ;;
        known-models)
            printf '%s\n' "$@"
            _@NAME@_names models /
            ;;
        workers) _@NAME@_names workers .json ;;
        hosts)
            sed -n "s/^[[:space:]]*id[[:space:]]*=[[:space:]]*[\"']\([A-Za-z0-9._-]*\)[\"'].*/\1/p" "${RBEES_HOME:-$HOME/.rbees}/pools.toml" 2>/dev/null
            sed -n 's/^[[:space:]]*[Hh][Oo][Ss][Tt][[:space:]]\{1,\}//p' "${RBEES_SSH_CONFIG:-$HOME/.ssh/config}" 2>/dev/null |
                tr -s ' \t' '\n\n' | grep -v '[^A-Za-z0-9._-]'
            ;;
    esac
}

_@NAME@() {
    local word at= option= before= only= count=0 i values IFS=$'\n'
    local current=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case $word in
            -o) word=--output ;;
            -m) word=--model ;;
        esac
        if [[ $word == '=' ]]; then
            continue
        elif [[ -n $option ]]; then
            option=
        elif [[ $word == -- ]]; then
            only=1
        elif [[ $word == -* && -z $only ]]; then
            [[ $word != *=* && -n $(_@NAME@_value "$at $word") ]] && option=$word
        elif [[ $word == help && -z $at ]]; then
            continue
        elif [[ $'\n'$(_@NAME@_next "$at")$'\n' == *$'\n'"$word"$'\n'* ]]; then
            at=${at:+$at }$word
            count=0
        else
            count=$((count + 1))
        fi
    done
    [[ $current == '=' ]] && current=
    if [[ -z $option$only && $current == --*=* ]]; then
        option=${current%%=*}
        before=$option=
        current=${current#*=}
    fi
    if [[ -n $option ]]; then
        values=$(_@NAME@_value "$at $option")
    elif [[ $current == -* && -z $only ]]; then
        values=words$'\n'$(_@NAME@_options "$at")
    else
        values=$(_@NAME@_next "$at")
        values=${values:+words$'\n'$values}
        [[ -n $values ]] || values=$(_@NAME@_argument "$at $count")
    fi
    if [[ $values == files ]]; then
        compopt -o filenames 2>/dev/null
        COMPREPLY=($(compgen -P "$before" -f -- "$current"))
    else
        for word in $(_@NAME@_words_of $values); do
            [[ $word == "$current"* ]] && COMPREPLY+=("$before$word")
        done
    fi
}

complete -F _@NAME@ @PROGRAM@
