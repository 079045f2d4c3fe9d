#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Adds forwarded exports to a PE32+ DLL: name -> target.name, in an export directory of its own.

Wine's API-set table sends api-ms-win-core-ioring-* to kernelbase, which exports none of it. A copy
with forwarders to ioring.dll makes unmodified programs find us. The copy is made at test time from
the installed Wine and never stored. An export of the same name (Proton has a stub) is replaced.
"""
import argparse
import re
import struct

SECTION = "<8sIIIIIIHHI"
WINE_MARK = b"Wine builtin DLL"


class Image:
    def __init__(self, data):
        self.data = bytearray(data)
        d = self.data
        self.pe = struct.unpack_from("<I", d, 0x3C)[0]
        if d[self.pe : self.pe + 4] != b"PE\0\0":
            raise SystemExit("not a PE file")
        self.section_count, = struct.unpack_from("<H", d, self.pe + 6)
        optional_nbytes, = struct.unpack_from("<H", d, self.pe + 20)
        self.optional = self.pe + 24
        if struct.unpack_from("<H", d, self.optional)[0] != 0x20B:
            raise SystemExit("not PE32+")
        self.section_align, self.file_align = struct.unpack_from("<II", d, self.optional + 32)
        header_nbytes, = struct.unpack_from("<I", d, self.optional + 60)
        self.section_table = self.optional + optional_nbytes
        self.sections = [
            struct.unpack_from(SECTION, d, self.section_table + 40 * i)
            for i in range(self.section_count)
        ]
        if self.section_table + 40 * (self.section_count + 1) > header_nbytes:
            raise SystemExit("no room for one more section header")

    def offset(self, rva):
        for _, virtual, start, raw, pointer, *_ in self.sections:
            if start <= rva < start + max(virtual, raw):
                return rva - start + pointer
        raise SystemExit(f"no section holds {rva:#x}")

    def string(self, rva):
        start = self.offset(rva)
        return bytes(self.data[start : self.data.index(b"\0", start)])

    def next_section(self):
        end = max(s[2] + max(s[1], s[3]) for s in self.sections)
        return round_up(end, self.section_align)

    def add_section(self, name, rva, blob):
        raw = round_up(len(blob), self.file_align)
        self.data += bytes(-len(self.data) % self.file_align)
        pointer = len(self.data)
        self.data += blob + bytes(raw - len(blob))
        struct.pack_into(SECTION, self.data, self.section_table + 40 * self.section_count,
                         name, len(blob), rva, raw, pointer, 0, 0, 0, 0, 0x40000040)
        struct.pack_into("<H", self.data, self.pe + 6, self.section_count + 1)
        struct.pack_into("<I", self.data, self.optional + 56,
                         round_up(rva + len(blob), self.section_align))


def round_up(value, step):
    return (value + step - 1) // step * step


def add_forwarders(image, target, names):
    d = image.data
    directory_rva, directory_nbytes = struct.unpack_from("<II", d, image.optional + 112)
    (traits, stamp, version, name_rva, base, function_count, name_count, functions_rva, names_rva,
     ordinals_rva) = struct.unpack_from("<10I", d, image.offset(directory_rva))
    functions = list(struct.unpack_from(f"<{function_count}I", d, image.offset(functions_rva)))
    ordinals = struct.unpack_from(f"<{name_count}H", d, image.offset(ordinals_rva))
    name_rvas = struct.unpack_from(f"<{name_count}I", d, image.offset(names_rva))
    exports = {image.string(rva): ordinal for rva, ordinal in zip(name_rvas, ordinals)}
    # A forwarder is known by lying inside the export directory, so old ones move to the new one.
    forwards = {
        i: image.string(rva)
        for i, rva in enumerate(functions)
        if directory_rva <= rva < directory_rva + directory_nbytes
    }
    for name in names:
        ordinal = exports.get(name.encode())
        if ordinal is None:
            ordinal = len(functions)
            functions.append(0)
            exports[name.encode()] = ordinal
        forwards[ordinal] = f"{target}.{name}".encode()

    rva = image.next_section()
    rows = sorted(exports.items())
    functions_at = 40
    names_at = functions_at + 4 * len(functions)
    ordinals_at = names_at + 4 * len(rows)
    blob = bytearray(ordinals_at + 2 * len(rows))

    def put(text):
        at = rva + len(blob)
        blob.extend(text + b"\0")
        return at

    dll_name = put(image.string(name_rva))
    for i, text in forwards.items():
        functions[i] = put(text)
    for i, (text, ordinal) in enumerate(rows):
        struct.pack_into("<I", blob, names_at + 4 * i, put(text))
        struct.pack_into("<H", blob, ordinals_at + 2 * i, ordinal)
    struct.pack_into(f"<{len(functions)}I", blob, functions_at, *functions)
    struct.pack_into("<10I", blob, 0, traits, stamp, version, dll_name, base, len(functions),
                     len(rows), rva + functions_at, rva + names_at, rva + ordinals_at)
    image.add_section(b".iorfwd", rva, bytes(blob))
    struct.pack_into("<II", image.data, image.optional + 112, rva, len(blob))


def names_of(def_file):
    """The rows of a .def file whose body is kernelbase's."""
    with open(def_file, encoding="ascii") as lines:
        return [m[1] for m in (re.match(r"\s*(\w+)\s*=\s*kb_", line) for line in lines) if m]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("input")
    parser.add_argument("output")
    parser.add_argument("--target", required=True, help="DLL to forward to, without .dll")
    parser.add_argument("--def", dest="def_file", required=True, help="names: rows '= kb_*'")
    parser.add_argument("--native", action="store_true",
                        help="blank the builtin mark, so that Wine loads the copy as native")
    args = parser.parse_args()

    with open(args.input, "rb") as file:
        image = Image(file.read())
    names = names_of(args.def_file)
    if not names:
        raise SystemExit(f"{args.def_file}: no names")
    add_forwarders(image, args.target, names)
    if args.native and image.data[0x40 : 0x40 + len(WINE_MARK)] == WINE_MARK:
        image.data[0x40:0x60] = bytes(0x20)
    with open(args.output, "wb") as file:
        file.write(image.data)


if __name__ == "__main__":
    main()
