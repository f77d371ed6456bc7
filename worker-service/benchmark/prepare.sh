# Sourced by run: the Python packages and the llama.cpp that the comparisons need; POSIX sh. Uses $here, $work and say.

venv=${RBEES_BENCH_VENV:-$work/venv}
llama=${RBEES_BENCH_LLAMA:-$work/llama}

# A virtual environment with what requirements.txt names.
prepare_python() {
    prepare_packages "$here/requirements.txt"
}

# prepare_packages FILE: a virtual environment with what the file names.
prepare_packages() {
    if ! cmp -s "$1" "$venv/rbees-requirements.txt"; then
        python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
            say "error: the comparison needs Python 3.11 or newer as python3"
            exit 1
        }
        [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
        # why: prepare_llama compiles llama.cpp, once for the bindings and the server
        CMAKE_ARGS="-DLLAMA_BUILD=OFF -DLLAVA_BUILD=OFF" "$venv/bin/pip" install -q --disable-pip-version-check \
            -r "$1"
        cp "$1" "$venv/rbees-requirements.txt"
    fi
}

# prepare_llama TARGET: llama.cpp compiled for this processor from the source archive of the bindings, as far as the target needs.
prepare_llama() {
    archive=$(grep "^llama-cpp-python==" "$here/requirements.txt")
    recipe="$archive native, without web pages and TLS"
    if [ "$(cat "$llama/recipe" 2>/dev/null)" != "$recipe" ]; then
        rm -rf "$llama/recipe" "$llama/download" "$llama/source" "$llama/build"
        mkdir -p "$llama/download" "$llama/source"
        "$venv/bin/pip" download -q --disable-pip-version-check --no-deps --no-binary :all: --dest "$llama/download" "$archive"
        tar -xzf "$llama/download"/*.tar.gz -C "$llama/source" --strip-components=1
        rm -rf "$llama/download"
        echo "$recipe" > "$llama/recipe"
    fi
    [ -f "$llama/build/rbees-$1" ] && return
    { command -v c++ && command -v make; } >/dev/null || {
        say "error: the comparison compiles llama.cpp and needs c++ and make, for example the packages g++ and make"
        exit 1
    }
    say "compiling llama.cpp for this machine; this takes some minutes"
    "$venv/bin/cmake" -S "$llama/source/vendor/llama.cpp" -B "$llama/build" -DCMAKE_BUILD_TYPE=Release -DGGML_NATIVE=ON \
        -DBUILD_SHARED_LIBS=ON -DLLAMA_BUILD_COMMON=ON -DLLAMA_BUILD_TOOLS=ON -DLLAMA_BUILD_SERVER=ON -DLLAMA_BUILD_TESTS=OFF \
        -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_APP=OFF -DLLAMA_BUILD_UI=OFF -DLLAMA_USE_PREBUILT_UI=OFF -DLLAMA_OPENSSL=OFF \
        > "$llama/build.log" 2>&1 &&
        "$venv/bin/cmake" --build "$llama/build" --target "$1" -j "$(getconf _NPROCESSORS_ONLN)" >> "$llama/build.log" 2>&1 || {
        say "error: llama.cpp cannot be compiled; the last lines of $llama/build.log are:"
        tail -n 20 "$llama/build.log" >&2
        exit 1
    }
    touch "$llama/build/rbees-$1"
}
