# What the scripts of this folder share; POSIX sh. 'dir' is where rbees is installed, from the home folder if it is not absolute.
set -eu
umask 077
say() { printf '@rbees %s %s\n' "$1" "$2"; }
fail() {
    say failed "$1"
    exit 1
}
case $dir in
    /*) root=$dir ;;
    *) root=$HOME/$dir ;;
esac
[ ! -d "$root" ] || root=$(cd "$root" && pwd -P)

# Prints the ids of the processes with such a text in their command line.
running() {
    if [ -r /proc/self/cmdline ]; then
        for process in /proc/[0-9]*; do
            words=
            # why: without a program of its own for each; what separates the words, a shell leaves out
            { read -r words <"$process/cmdline"; } 2>/dev/null || :
            case $words in
                *"$1"*) printf '%s ' "${process#/proc/}" ;;
            esac
        done
    else
        ps -A -o pid= -o args= | while read -r process words; do
            case $words in
                *"$1"*) printf '%s ' "$process" ;;
            esac
        done
    fi
}
