#!/bin/sh
# SPDX-License-Identifier: MIT
# run-wine.sh DLL UNIXLIB KERNELBASE EXE [ARGUMENT...]: runs EXE under Wine in a prefix of its own, with
# our ioring.dll in it. Needs no display, no wineboot, no root. Exit status is EXE's; 77: no Wine here.
# Started in the caller's directory, which stays the program's (as drive z:).
set -eu
if ! command -v wine >/dev/null 2>&1; then
    echo "wine is not installed" >&2
    exit 77
fi
wine_dir=$("$(dirname "$0")/find-wine.sh")
if [ -z "$wine_dir" ]; then
    echo "no 64-bit Wine found" >&2
    exit 77
fi
dll=$(realpath "$1") unixlib=$(realpath "$2") kernelbase=$(realpath "$3") exe=$(realpath "$4")
shift 4

t=$(mktemp -d)
p=$t/prefix
cleanup() {
    WINEPREFIX=$p wineserver -k >/dev/null 2>&1 || :
    WINEPREFIX=$p timeout 10 wineserver -w >/dev/null 2>&1 || :
    # Where wineserver keeps its socket. Debian's Wine makes a folder and writes its name down in the
    # prefix; others name it after the prefix's device and inode.
    case $(cat "$p/wineserver" 2>/dev/null) in
    wine-??????) rm -rf "/tmp/$(cat "$p/wineserver")" ;;
    esac
    rm -rf "/tmp/.wine-$(id -u)/server-$(stat -c %D "$p")-$(printf %x "$(stat -c %i "$p")")" "$t"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# A prefix by hand takes 0.2 s, wineboot's takes 5: links to every builtin (one by one, so that nothing
# writes into the package's folder), two drives, and a registry that says only which machine this is.
system32=$p/drive_c/windows/system32
mkdir -p "$p/dosdevices" "$system32" "$p/drive_c/windows/temp" \
    "$t/dll/x86_64-windows" "$t/dll/x86_64-unix"
ln -s ../drive_c "$p/dosdevices/c:"
ln -s / "$p/dosdevices/z:"
echo disable >"$p/.update-timestamp"
for d in "$wine_dir"/x86_64-windows/*.dll "$wine_dir"/x86_64-windows/*.exe \
    "$wine_dir"/x86_64-windows/*.drv "$wine_dir"/x86_64-windows/*.nls; do
    echo "$d"
done | xargs ln -s -t "$system32"
printf 'WINE REGISTRY Version 2\n;; All keys relative to \\\\Machine\n\n#arch=win64\n' >"$p/system.reg"
rm -f "$system32/kernelbase.dll"
cp "$kernelbase" "$system32/kernelbase.dll"
cp "$dll" "$system32/ioring.dll"
cp "$dll" "$t/dll/x86_64-windows/ioring.dll"
cp "$unixlib" "$t/dll/x86_64-unix/ioring.so"

# winedbg would dump pages of stack and may hang; n,b: some of Wine's own processes need the builtin.
status=0
env -u DISPLAY WINEPREFIX="$p" WINEDLLPATH="$t/dll" WINEDEBUG="${RINGER_WINEDEBUG:--all}" LC_ALL=C.UTF-8 \
    WINEDLLOVERRIDES='winedbg.exe,mscoree,mshtml,winemenubuilder.exe=;kernelbase=n,b' \
    timeout -k 5 "${RINGER_WINE_TIMEOUT:-60}" wine "$exe" "$@" || status=$?
exit $status
