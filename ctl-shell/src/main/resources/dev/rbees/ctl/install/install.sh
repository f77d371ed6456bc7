# Unpacks the archive that comes as standard input beside what is installed, tries it, and switches to it in one step.
# Its size, digest and names are set before: sha256 version digest runtime.
mkdir -p "$root/versions" || fail "cannot make the folder $root/versions"
root=$(cd "$root" && pwd -P)
[ -h "$root/current" ] || [ ! -e "$root/current" ] \
    || fail "$root/current is there and was not made by rbees pool install; move it away, or name another folder with --dir"

# what an installation has left that was ended in the middle
for left in "$root"/versions/.new-*; do
    owner=${left##*/.new-}
    owner=${owner%%-*}
    [ ! -e "$left" ] || kill -0 "$owner" 2>/dev/null || rm -rf "$left"
done

work=$(mktemp -d "$root/versions/.new-$$-XXXXXX") || fail "cannot make a folder in $root/versions"
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM

sum_of() {
    if command -v sha256sum >/dev/null 2>&1; then
        sha256sum <"$1"
    elif command -v shasum >/dev/null 2>&1; then
        shasum -a 256 <"$1"
    else
        openssl dgst -sha256 -r <"$1"
    fi
}

# Puts a link in the place of another in one step: rename(2), which mv alone would do into the folder that the link names.
replace() {
    mv -fT "$1" "$2" 2>/dev/null || mv -fh "$1" "$2" 2>/dev/null \
        || perl -e 'rename($ARGV[0], $ARGV[1]) or exit 1' "$1" "$2" 2>/dev/null
}

cat >"$work/archive" || fail "cannot write the archive to $root: is the disk full?"
say stage checking
sum=$(sum_of "$work/archive")
sum=${sum%% *}
[ "$sum" = "$sha256" ] || fail "the archive did not arrive whole (SHA-256 $sum instead of $sha256)"
mkdir "$work/rbees"
gzip -dc <"$work/archive" | (cd "$work/rbees" && tar -xf -) || fail "cannot unpack the archive in $root: is the disk full?"
rm "$work/archive"
printf 'version %s\ndigest %s\nruntime %s\n' "$version" "$digest" "$runtime" >"$work/rbees/.rbees-version" \
    || fail "cannot write to $root: is the disk full?"

say stage starting
"$work/rbees/bin/rbees-pool" --version </dev/null >"$work/log" 2>&1 || {
    read -r line <"$work/log" || :
    fail "its programs do not start there: ${line:-no message}"
}
if [ -r "$work/rbees/lib/train.sh" ]; then
    say stage training
    if sh "$work/rbees/lib/train.sh" </dev/null >"$work/log" 2>&1; then
        say caches made
    else
        read -r line <"$work/log" || :
        say untrained "${line:-no message}"
    fi
fi

name=$version-$digest
number=1
while [ -e "$root/versions/$name" ]; do
    number=$((number + 1))
    name=$version-$digest.$number
done
previous=$(readlink "$root/current" 2>/dev/null) || previous=
# why: when nobody listens any more, writing this fails, and what was there stays
say stage switching
mv "$work/rbees" "$root/versions/$name"
ln -s "versions/$name" "$work/current"
replace "$work/current" "$root/current" || fail "cannot rename a link in $root: neither mv -T, mv -h nor perl can do it"

for old in "$root"/versions/*; do
    case ${old##*/} in
        "$name" | "${previous##*/}") continue ;;
    esac
    [ -f "$old/.rbees-version" ] || continue
    if [ -n "$(running "$old/")" ]; then
        say kept "${old##*/}"
    else
        # why: under its own name half of it would look like the whole
        mv "$old" "$work/"
        say removed "${old##*/}"
    fi
done
say path "$root/versions/$name"
say done install
