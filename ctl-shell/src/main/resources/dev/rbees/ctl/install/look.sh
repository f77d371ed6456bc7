# Says what there is on this machine, and changes nothing.
say root "$root"
say system "$(uname -s)"
say processor "$(uname -m)"
for loader in /lib/ld-musl-*; do
    [ ! -e "$loader" ] || say libc musl
done
for tool in mkdir mv ln rm mktemp tar gzip df; do
    command -v "$tool" >/dev/null 2>&1 || say missing "$tool"
done
command -v sha256sum >/dev/null 2>&1 || command -v shasum >/dev/null 2>&1 || command -v openssl >/dev/null 2>&1 \
    || say missing sha256sum
place=$root
while [ ! -d "$place" ]; do
    place=${place%/*}
    [ -n "$place" ] || place=/
done
[ -w "$place" ] || say readonly "$place"
if command -v df >/dev/null 2>&1; then
    df -Pk "$place" | {
        read -r heads
        read -r device blocks used free rest
        say free "$free"
    }
fi
if [ -r "$root/current/.rbees-version" ]; then
    say path "$(cd "$root/current" && pwd -P)"
    while read -r key value; do
        say "installed-$key" "$value"
    done <"$root/current/.rbees-version"
fi
for process in $(running "$root/versions/"); do
    say running "$process"
done
say done look
