# Removes the versions and the link to the one in use; models and settings stay. 'stop' says whether programs are ended for it.
[ -h "$root/current" ] || [ -d "$root/versions" ] || {
    say done uninstall
    exit 0
}
processes=$(running "$root/versions/")
if [ -n "$processes" ]; then
    [ "$stop" = yes ] || fail "programs of rbees run from $root there (process ${processes% })"
    say stage stopping
    for process in $processes; do
        kill -TERM "$process" 2>/dev/null || :
        say stopped "$process"
    done
    waited=0
    while [ -n "$(running "$root/versions/")" ] && [ "$waited" -lt 30 ]; do
        sleep 1
        waited=$((waited + 1))
    done
    for process in $(running "$root/versions/"); do
        kill -KILL "$process" 2>/dev/null || fail "cannot end process $process, which runs from $root"
    done
fi
say stage removing
[ ! -h "$root/current" ] || rm "$root/current"
for old in "$root"/versions/*; do
    [ -f "$old/.rbees-version" ] || continue
    mv "$old" "$root/versions/.old-${old##*/}"
    say removed "${old##*/}"
done
rm -rf "$root"/versions/.old-* "$root"/versions/.new-*
rmdir "$root/versions" "$root" 2>/dev/null || :
home=${RBEES_HOME:-$HOME/.rbees}
[ ! -d "$home" ] || say home "$home"
say done uninstall
