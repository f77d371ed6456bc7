# Shared by the launchers in bin/ and by deploy/quickstart; POSIX sh.

RBEES_JAVA_NEEDED=25

# Prints the home of a JDK (or JRE) that is new enough, first of all the installation's own; nothing and 1 when there is none.
rbees_find_java() {
    for rbees_candidate in "${RBEES_JAVA_HOME:-}" "${RBEES_INSTALL:+$RBEES_INSTALL/runtime}" "${JAVA_HOME:-}"; do
        rbees_prints_new_enough "$rbees_candidate" && return 0
    done
    rbees_on_path=$(command -v java 2>/dev/null) && rbees_prints_new_enough "$(rbees_home_of "$rbees_on_path")" && return 0
    for rbees_candidate in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /Library/Java/JavaVirtualMachines/*/Contents/Home \
        "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/*; do
        rbees_prints_new_enough "$rbees_candidate" && return 0
    done
    return 1
}

rbees_prints_new_enough() {
    rbees_is_new_enough "$1" && printf '%s\n' "$1"
}

# The home that a java on the PATH belongs to, through all links.
rbees_home_of() {
    rbees_program=$(readlink -f "$1" 2>/dev/null) || rbees_program=$1
    rbees_program=${rbees_program%/*}
    printf '%s\n' "${rbees_program%/*}"
}

# Reads the version from the file "release", which every Java home has: starting each one to ask takes far longer, and each
# program such as sed that is started here takes as long as a tenth of a whole command.
rbees_is_new_enough() {
    [ -n "$1" ] && [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
    while IFS= read -r rbees_line; do
        case $rbees_line in
            JAVA_VERSION=\"[0-9]*)
                rbees_version=${rbees_line#*\"}
                rbees_version=${rbees_version%%[!0-9]*}
                [ "$rbees_version" -ge "$RBEES_JAVA_NEEDED" ]
                return
                ;;
        esac
    done <"$1/release"
    return 1
}

rbees_no_java() {
    echo "error: rbees needs Java $RBEES_JAVA_NEEDED or newer and found none; install one, for example Temurin $RBEES_JAVA_NEEDED," \
        "or set JAVA_HOME to it" >&2
    exit 1
}

# rbees_launch INSTALL PROGRAM MODULE FLAGS ARGUMENTS...: becomes the Java process. FLAGS is one word-split string.
rbees_launch() {
    RBEES_INSTALL=$1
    rbees_program=$2
    for rbees_jar in "$1/lib/$3"-*.jar; do
        break
    done
    rbees_flags=$4
    shift 4
    rbees_java=$(rbees_find_java) || rbees_no_java
    # why: without a locale, and with one that this machine does not have, Java reads arguments and names of files as ASCII
    LC_ALL=C.UTF-8
    # why: ONNX Runtime sends data about models to its maker unless it is told not to
    ORT_DISABLE_TELEMETRY=1
    RBEES_CALLED_AS=${0##*/}
    export RBEES_INSTALL RBEES_CALLED_AS ORT_DISABLE_TELEMETRY LC_ALL
    set -- -jar "$rbees_jar" "$@"
    if [ -n "${RBEES_AOT_TRAIN:-}" ]; then
        set -- "-XX:AOTCacheOutput=$RBEES_AOT_TRAIN" "$@"
    elif [ -r "$RBEES_INSTALL/lib/aot/$rbees_program.aot" ]; then
        set -- "-XX:AOTCache=$RBEES_INSTALL/lib/aot/$rbees_program.aot" "$@"
    fi
    # shellcheck disable=SC2086 # flags are words
    exec "$rbees_java/bin/java" --enable-native-access=ALL-UNNAMED '-Djdk.serialFilter=!*' "-Duser.home=${HOME:-/}" \
        $rbees_flags ${RBEES_JAVA_OPTS:-} "$@"
}
