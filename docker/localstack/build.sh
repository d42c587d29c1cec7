#!/usr/bin/env bash
# Builds a LocalStack image from Debian's and PyPI's packages alone: for machines that reach no container registry.
#
#   image=$(sudo docker/localstack/build.sh)     # prints the image's name; does nothing where it is there already
#   LOCALSTACK_IMAGE=$image cargo xtask simulate --backend localstack
#
# Needs root, docker and debootstrap. What is installed is pinned by the lock file that host mode uses too, and the tag is
# named after it and this script.
set -euo pipefail
cd "$(dirname "$0")/../.."

script=docker/localstack/build.sh
suite=bookworm # Debian 12 has Python 3.11
lock=crates/simulate/localstack/requirements-4.13.1-python3.11.txt
certificates=/etc/ssl/certs/ca-certificates.crt
tag=rootsweep/localstack:4.13.1-$(cat "$lock" "$script" | sha256sum | cut -c 1-8)

# Two builds at once would do the same work twice: the second waits for the first.
exec 9>"${TMPDIR:-/tmp}/rootsweep-localstack-image.lock"
flock 9
if docker image inspect "$tag" >/dev/null 2>&1; then
    echo "$tag"
    exit
fi

command -v docker >/dev/null || { echo "docker is not installed" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "debootstrap is not installed: apt-get install debootstrap" >&2; exit 1; }

root=$(mktemp -d)
trap 'rm -rf --one-file-system "$root"' EXIT
debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv "$suite" "$root/image" >"$root/debootstrap.log" ||
    { tail -n 20 "$root/debootstrap.log" >&2; exit 1; }

# pip runs inside the new root, with this machine's name resolution and certificates.
cp -L /etc/resolv.conf "$root/image/etc/resolv.conf"
cp "$lock" "$root/image/requirements.txt"
[ ! -f "$certificates" ] || cp "$certificates" "$root/image/etc/ssl/certs/build.crt"
chroot "$root/image" env -u PIP_FIND_LINKS -u PIP_CERT sh -euc '
    python3 -m venv /opt/localstack
    [ ! -f /etc/ssl/certs/build.crt ] || export SSL_CERT_FILE=/etc/ssl/certs/build.crt REQUESTS_CA_BUNDLE=/etc/ssl/certs/build.crt
    /opt/localstack/bin/pip install --quiet --no-input --no-cache-dir --requirement /requirements.txt
    rm -rf /var/cache/apt /var/lib/apt/lists /requirements.txt /etc/ssl/certs/build.crt'

tar --create --directory "$root/image" . | docker import \
    --change 'ENV PATH=/opt/localstack/bin:/usr/bin:/bin GATEWAY_LISTEN=0.0.0.0:4566 GATEWAY_SERVER=hypercorn DNS_ADDRESS=0' \
    --change 'ENV FILESYSTEM_ROOT=/var/lib/localstack/fs LOCALSTACK_VOLUME_DIR=/var/lib/localstack/volume CONFIG_DIR=/var/lib/localstack/config' \
    --change 'EXPOSE 4566/tcp' \
    --change 'CMD ["python", "-m", "localstack.runtime.main"]' \
    - "$tag" >&2
echo "$tag"
