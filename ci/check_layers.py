#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Keeps the arrows between the rooms: which folder may include from which, and one private door."""
import argparse
import pathlib
import re
import sys

# Folder of a file -> folders whose headers it may open by path. The longest matching key decides.
# A public header is opened by name (<ioringapi.h>) and is everybody's.
MAY = {
    "emu/base": ["emu/base"],
    "emu": ["emu"],
    "api/include": ["api/include"],
    "api/dispatch": ["api/dispatch", "emu/base"],
    # ucrt: character tables that are one on Windows too. ioring.h: the poll behind Pop, which is no Windows
    # service and must not be hookable, hence no slot.
    "api/ntdll": ["api/ntdll", "api/dispatch", "api/ucrt", "emu/base", "emu/syscall.h"],
    "api/kernelbase": ["api/kernelbase", "api/dispatch", "api/ucrt", "api/ntdll/ioring.h", "api/ntdll/thread.h", "emu/base"],
    "api/dstorage": ["api/dstorage", "api/dispatch", "emu/base", "gpu/gpu.h"],
    "api/d3d12": ["api/d3d12", "api/dispatch", "emu/base", "gpu/gpu.h"],
    "api/ucrt": ["api/ucrt", "api/dispatch", "emu/base"],
    "api/wine/unix": ["api/wine", "emu"],
    "api/wine": ["api/wine", "api/ntdll", "api/kernelbase", "api/dispatch", "emu/syscall.h"],
    "gpu/codec": ["gpu/codec"],
    "gpu": ["gpu", "emu/base"],
    "hooks/plugins": ["hooks/plugins", "hooks/facade"],
    "hooks": ["hooks", "api/dispatch", "emu/base"],
    "conformance": ["conformance"],
    "examples": ["examples"],
    "ci": ["ci"],
    "fixtures": ["fixtures"],
}
# White-box tests see what their room sees, and the room itself; those of api may use its rooms.
TESTS = {
    "api/tests": ["api", "emu"],
    "api/dstorage/tests": ["api/dstorage", "api/tests"],
    "emu/tests": ["emu", "api/include"],
}
# The door of the kernel's side. Tests of the door itself aside, nobody else opens it.
DOOR = "emu/syscall.h"
DOOR_USERS = ("api/ntdll/", "api/wine/", "api/tests/", "emu/")
# Words of another layer: emu is the kernel's side and speaks NTSTATUS only.
WORDS = [("emu", re.compile(r"\b(HRESULT|IUnknown|VkResult|VkDevice|BOOL)\b"), "a word of Win32, COM or Vulkan",
          ("emu/base/status", "emu/tests/"))]

# Written by the build, hence beside no source; found by name.
GENERATED = re.compile(r"^\w+_(tables|stubs|slots|rows)\.h$")

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
SUFFIXES = {".c", ".h", ".cc", ".cpp", ".def", ".S"}


def rule_for(path, table):
    keys = [k for k in table if path == k or path.startswith(k + "/")]
    return table[max(keys, key=len)] if keys else None


def allowed(target, prefixes):
    return any(target == p or target.startswith(p + "/") for p in prefixes)


def faults_of(path, text):
    """Every fault of one file as (line, words)."""
    rule = rule_for(path, TESTS) or rule_for(path, MAY)
    if rule is None:
        return
    folder = path.rsplit("/", 1)[0]
    for match in INCLUDE.finditer(text):
        target = match.group(1)
        line = text.count("\n", 0, match.start()) + 1
        if GENERATED.match(target):
            continue
        if "/" not in target or target.startswith("../"):
            yield line, f'"{target}": includes are written from the root'
        elif target == DOOR and not path.startswith(DOOR_USERS):
            yield line, f'"{target}" is opened by api/ntdll only'
        elif not allowed(target, rule) and not allowed(target, [folder]):
            yield line, f'"{target}" is not for {folder} (may: {", ".join(rule)})'
    code = COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
    for room, pattern, what, except_for in WORDS:
        if path.startswith(room + "/") and not path.startswith(except_for):
            for match in pattern.finditer(code):
                yield code.count("\n", 0, match.start()) + 1, f"{match.group()}: {what}"


def check(root):
    faults, seen = [], 0
    for room in sorted({k.split("/")[0] for k in MAY}):
        for file in sorted((root / room).rglob("*")):
            if file.suffix not in SUFFIXES or not file.is_file():
                continue
            path = file.relative_to(root).as_posix()
            seen += 1
            for line, words in faults_of(path, file.read_text(errors="replace")):
                faults.append(f"{path}:{line}: {words}")
    return seen, faults


# What must be refused, and its lawful twin.
SELF_TEST = [
    ("conformance/oracle/x.c", '#include "emu/ring/ring.h"\n', True),
    ("conformance/oracle/x.c", '#include "conformance/trace/reader.h"\n#include <ioringapi.h>\n', False),
    ("api/kernelbase/x.c", '#include "emu/syscall.h"\n', True),
    ("api/ntdll/x.c", '#include "emu/syscall.h"\n', False),
    ("api/ntdll/x.c", '#include "emu/ring/ring.h"\n', True),
    ("emu/base/x.c", '#include "emu/object/object.h"\n', True),
    ("emu/ring/x.c", '#include "emu/object/object.h"\n', False),
    ("emu/ring/x.c", "HRESULT broken(void);\n", True),
    ("emu/ring/x.c", "/* an HRESULT in kernelbase */\n", False),
    ("emu/ring/x.c", '#include "ring.h"\n', True),
    ("emu/ring/x.c", '#include "../object/file.h"\n', True),
    ("emu/ring/x.c", '#include "ci/anything.h"\n', True),
    ("hooks/loader/x.c", '#include "emu/object/handle.h"\n', True),
    ("gpu/codec/x.c", '#include "emu/base/list.h"\n', True),
    ("gpu/codec/x.c", '#include "gpu/gpu.h"\n', True),
    ("gpu/codec/x.c", '#include "gpu/codec/gdeflate.h"\n#include <ringer_codec.h>\n', False),
    ("gpu/codec/tests/x.c", '#include "api/kernelbase/kernelbase.h"\n', True),
    ("conformance/bench/x.c", '#include "gpu/codec/gdeflate.h"\n', True),
    ("api/kernelbase/x.c", '#include "gpu/codec/gdeflate.h"\n', True),
    ("examples/x.c", '#include "emu/host.h"\n', True),
]


def self_test():
    wrong = []
    for path, text, refused in SELF_TEST:
        if bool(list(faults_of(path, text))) != refused:
            wrong.append(f"{path}: {text.strip()!r} should be {'refused' if refused else 'lawful'}")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=pathlib.Path, nargs="?", default=pathlib.Path("."))
    parser.add_argument("--self-test", action="store_true", help="show that wrong includes are refused")
    args = parser.parse_args()
    if args.self_test:
        wrong = self_test()
        print(*wrong, sep="\n") if wrong else print(f"{len(SELF_TEST)} examples judged right")
        return 1 if wrong else 0
    seen, faults = check(args.root)
    for fault in faults:
        print(fault)
    if not seen:
        print("no source was found: wrong root?")
        return 1
    print(f"{seen} files, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
