#!/usr/bin/env bash
# Brings onair into $RUNNER_TEMP/onair. Part of the action beside it.
#
#   install.sh look      says in GITHUB_OUTPUT where onair is to come from
#   install.sh here      nothing to do: an earlier step of the job has brought it
#   install.sh source    builds it from the action's own sources, unless the cache had it
#   install.sh release   downloads the binary of $VERSION and verifies it
set -euo pipefail

folder=$RUNNER_TEMP/onair
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
if [ "$RUNNER_OS" = Windows ]; then
    echo "::error::onair runs on Linux and macOS: choose such a runner"
    exit 2
fi

# What the binary is made of: another source, system or compiler gives another key.
key() {
    local hash
    hash=$(
        cd "$source"
        {
            cargo --version
            find src build.rs Cargo.toml Cargo.lock .github/workflows/{verify,publish}.yml -type f | LC_ALL=C sort |
                git hash-object --no-filters --stdin-paths
        } | git hash-object --stdin
    )
    echo "onair-$RUNNER_OS-$RUNNER_ARCH-$hash"
}

case ${1:-} in
look)
    if [ -x "$folder/onair" ]; then
        echo "from=here"
    elif [ -n "$VERSION" ]; then
        echo "from=release"
    else
        echo "from=source"
        echo "folder=$folder"
        echo "key=$(key)"
    fi >>"$GITHUB_OUTPUT"
    ;;
here) ;;
source)
    if [ ! -x "$folder/onair" ]; then
        mkdir -p "$folder"
        cargo build --release --locked --manifest-path "$source/Cargo.toml" \
            --target-dir "$RUNNER_TEMP/onair-target"
        cp "$RUNNER_TEMP/onair-target/release/onair" "$folder/"
    fi
    ;;
release)
    if [[ ! $VERSION =~ ^v[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
        echo "::error::the input \`version\` must look like v0.1.0"
        exit 2
    fi
    case $RUNNER_OS-$RUNNER_ARCH in
    Linux-X64) target=x86_64-unknown-linux-gnu ;;
    Linux-ARM64) target=aarch64-unknown-linux-gnu ;;
    macOS-X64) target=x86_64-apple-darwin ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    *)
        echo "::error::there is no binary for $RUNNER_OS-$RUNNER_ARCH; leave \`version\` out to build one"
        exit 2
        ;;
    esac
    archive=onair-$VERSION-$target.tar.gz
    mkdir -p "$folder/download"
    cd "$folder/download"
    gh release download "$VERSION" --repo "$REPOSITORY" --pattern "$archive" --pattern SHA256SUMS --clobber
    # Hash and origin: the second proves that this repository's release workflow made the archive, and
    # from this version's tag.
    grep -F " $archive" SHA256SUMS >sum
    if command -v sha256sum >/dev/null; then sha256sum --check sum; else shasum -a 256 --check sum; fi
    gh attestation verify "$archive" --repo "$REPOSITORY" \
        --signer-workflow "$REPOSITORY/.github/workflows/release.yml" --source-ref "refs/tags/$VERSION"
    tar -xzf "$archive" -C "$folder" --strip-components=1
    ;;
*)
    echo "install.sh: look, here, source or release" >&2
    exit 2
    ;;
esac
