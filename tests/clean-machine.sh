#!/usr/bin/env bash
# The README on a fresh Debian 12: debootstrap with git and a C compiler, this machine's Rust toolchain, nothing else.
#
#   sudo tests/clean-machine.sh FOLDER play     until Ctrl-C
#   sudo tests/clean-machine.sh FOLDER test
#
# FOLDER is made where it is missing. Needs debootstrap. What is committed is what is tried.
set -euo pipefail
folder=${1:?a folder} task=${2:?play or test}
source=$(cd "$(dirname "$0")/.." && pwd)
toolchain=$(rustc --print sysroot)

if [ ! -x "$folder/usr/bin/gcc" ]; then
    debootstrap --variant=minbase --include=git,gcc,libc6-dev,ca-certificates bookworm "$folder"
fi
# A root that is a mount point, as on a real machine.
mountpoint -q "$folder" || mount --bind "$folder" "$folder"
mkdir -p "$folder/opt/rust" "$folder/root/source"
mountpoint -q "$folder/opt/rust" || mount --bind -o ro "$toolchain" "$folder/opt/rust"
mountpoint -q "$folder/root/source" || mount --bind -o ro "$source" "$folder/root/source"
mountpoint -q "$folder/proc" || mount -t proc proc "$folder/proc"
mountpoint -q "$folder/dev" || mount --rbind /dev "$folder/dev"
mountpoint -q "$folder/sys" || mount --rbind /sys "$folder/sys"
cp /etc/resolv.conf "$folder/etc/resolv.conf"
cp /etc/apt/apt.conf.d/* "$folder/etc/apt/apt.conf.d/" 2>/dev/null || true
cp /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/ca-certificates.crt"

exec chroot "$folder" /usr/bin/env -i HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" \
    PATH=/opt/rust/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    bash -euc '
        cd /root
        git config --global --add safe.directory "*"
        [ -d fresh ] && git -C fresh pull --quiet || git clone --quiet source fresh
        cd fresh
        exec cargo xtask '"$task"
