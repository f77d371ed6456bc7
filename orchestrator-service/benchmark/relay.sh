# Measures the relay; sourced by run, which has started the orchestrator.
# shellcheck shell=sh
# shellcheck disable=SC2154 # run sets install, java, classes, package, port, orchestrator and RBEES_HOME
command -v nginx > /dev/null || {
    echo "error: there is no nginx; install it first" >&2
    exit 1
}
seconds=${1:-10}
[ "$#" = 0 ] || shift
[ "$#" != 0 ] || set -- 1 64 512 5000
mkfifo "$RBEES_HOME/others"
"$java/bin/java" -Xmx2g -cp "$classes" "$package.RelayBenchmark" "$seconds" "$@" < "$RBEES_HOME/others" 2> "$RBEES_HOME/relay.log" &
benchmark=$!
exec 3> "$RBEES_HOME/others"
until worker=$(sed -n 's/^worker port //p' "$RBEES_HOME/relay.log") && [ -n "$worker" ]; do
    kill -0 "$benchmark"
    sleep 0.1
done
cat > "$RBEES_HOME/nginx.conf" << CONF
worker_processes auto;
worker_rlimit_nofile $(ulimit -n);
pid $RBEES_HOME/nginx.pid;
error_log $RBEES_HOME/nginx.log;
events { worker_connections 16000; }
http {
    access_log off;
    server {
        listen 127.0.0.1:$((port + 1)) backlog=4096;
        location / {
            proxy_pass http://127.0.0.1:$worker;
            proxy_http_version 1.1;
            proxy_buffering off;
        }
    }
}
CONF
nginx -p "$RBEES_HOME" -c "$RBEES_HOME/nginx.conf" -g 'daemon off;' &
proxy=$!
"$java/bin/java" -cp "$classes" "$package.BareRelay" $((port + 2)) "$worker" &
relay=$!
trap 'kill "$proxy" "$relay" "$benchmark" "$orchestrator" 2> /dev/null || true; wait; rm -rf "$RBEES_HOME"' EXIT
sleep 2
echo "$port $orchestrator $((port + 1)) $proxy $((port + 2)) $relay" >&3
wait "$benchmark" || {
    grep -hv '^[[:space:]]at ' "$RBEES_HOME/relay.log" "$RBEES_HOME/nginx.log" | tail -n 20 >&2
    exit 1
}
