#!/bin/sh
# Makes the AOT caches of this installation anew, for the Java that its launchers find.
set -eu
install=$(cd "$(dirname "$0")/.." && pwd -P)
RBEES_INSTALL=$install
. "$install/lib/launch.sh"
java=$(rbees_find_java) || rbees_no_java
rm -rf "$install/lib/aot"
mkdir "$install/lib/aot"
"$java/bin/java" -XX:+UseSerialGC -Xmx128m -cp "$install/lib/train" TrainAot "$install" || {
    # why: half a cache is none
    rm -rf "$install/lib/aot"
    exit 1
}
