#!/bin/sh
# Puts launchers beside the jars and makes an AOT cache for each program.
#   assemble.sh DISTRIBUTION WORKER_TEST_CLASSES
set -eu
distribution=$1
test_classes=$2
source=$(cd "$(dirname "$0")" && pwd -P)

rm -rf "$distribution/bin" "$distribution/lib/train"
mkdir -p "$distribution/bin" "$distribution/lib/train"
cp "$source"/bin/* "$distribution/bin/"
chmod 755 "$distribution"/bin/*
ln -s rbees "$distribution/bin/llorch"
ln -s rbees-pool "$distribution/bin/llorch-pool"
cp "$source"/lib/*.sh "$distribution/lib/"
cp "$source/../../LICENSE" "$distribution/"
. "$distribution/lib/launch.sh"
java=$(rbees_find_java) || rbees_no_java
"$java/bin/java" "$source/aot/UnsignJars.java" "$distribution/lib"
# why: a cache serves only jars with the very same time stamps, and the archive gives all of them this one
find "$distribution/lib" -name '*.jar' -exec touch -d 2026-01-01T00:00:00Z {} +

# why: an installed machine makes its caches anew, and has neither a compiler nor the tests' classes
"$java/bin/javac" -d "$distribution/lib/train" "$source/aot/TrainAot.java"
"$java/bin/java" -cp "$test_classes:$distribution/lib/*" dev.rbees.worker.testing.TinyModelFile \
    "$distribution/lib/train/tiny.gguf"
sh "$distribution/lib/train.sh"
# deploy/quickstart takes this as the time of the last build
touch "$distribution/.complete"
