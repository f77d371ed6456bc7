#compdef @PROGRAM@
# zsh completion for @PROGRAM@; made by '@PROGRAM@ completion zsh'.
# Load it now with  source <(@PROGRAM@ completion zsh)  or keep it as _@PROGRAM@ in a folder of $fpath

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

_@NAME@_complete_value() {
    local kind=$1 home=${RBEES_HOME:-$HOME/.rbees}
    local -a words
    shift
    case "$kind" in
        files) _files; return ;;
        words) words=("$@") ;;
        models) words=($home/models/*(N/:t)) ;;
        known-models) words=("$@" $home/models/*(N/:t)) ;;
        workers) words=($home/workers/*.json(N:t:r)) ;;
        hosts)
            words=(${=${(f)"$(sed -n 's/^[[:space:]]*[Hh][Oo][Ss][Tt][[:space:]]\{1,\}//p' "${RBEES_SSH_CONFIG:-$HOME/.ssh/config}" 2>/dev/null)"}})
            words=(${words:#*[^A-Za-z0-9._-]*})
            words+=(${(f)"$(sed -n "s/^[[:space:]]*id[[:space:]]*=[[:space:]]*[\"']\([A-Za-z0-9._-]*\)[\"'].*/\1/p" $home/pools.toml 2>/dev/null)"})
            ;;
    esac
    compadd -a words
}

_@NAME@() {
    local word at option only
    local -a found
    integer i count=0
    for ((i = 2; i < CURRENT; i++)); do
        word=$words[i]
        case $word in
            -o) word=--output ;;
            -m) word=--model ;;
        esac
        if [[ -n $option ]]; then
            option=
        elif [[ $word == -- ]]; then
            only=1
        elif [[ $word == -* && -z $only ]]; then
            [[ $word != *=* && -n $(_@NAME@_value "$at $word") ]] && option=$word
        elif [[ $word == help && -z $at ]]; then
            continue
        else
            found=(${(f)"$(_@NAME@_next "$at")"})
            if (( ${found[(I)$word:*]} )); then
                at=${at:+$at }$word
                count=0
            else
                count=$((count + 1))
            fi
        fi
    done
    if [[ -z $option$only && $PREFIX == --*=* ]]; then
        option=${PREFIX%%=*}
        compset -P '*='
    fi
    if [[ -n $option ]]; then
        _@NAME@_complete_value ${(f)"$(_@NAME@_value "$at $option")"}
    elif [[ $PREFIX == -* && -z $only ]]; then
        found=(${(f)"$(_@NAME@_options "$at")"})
        _describe -o option found
    else
        found=(${(f)"$(_@NAME@_next "$at")"})
        if (( $#found )); then
            _describe command found
        else
            _@NAME@_complete_value ${(f)"$(_@NAME@_argument "$at $count")"}
        fi
    fi
}

if [[ $funcstack[1] == _@PROGRAM@ ]]; then
    _@NAME@ "$@"
else
    compdef _@NAME@ @PROGRAM@
fi
