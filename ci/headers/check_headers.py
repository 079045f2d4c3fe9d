#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles every public header alone and twice included, in each language, compiler and mode.

Usage: check_headers.py SOURCE_ROOT native|mingw|directx|refused
Exits 0 when all is well, 1 with the messages of the compilers, 77 when a compiler is missing.
"""
import concurrent.futures
import pathlib
import shutil
import subprocess
import sys

NATIVE_MODES = {
    'char16': lambda inc: ['-DRINGER_CHAR16', f'-I{inc}', f'-I{inc}/native'],
    'wide': lambda inc: ['-fshort-wchar', f'-I{inc}/wide', f'-I{inc}', f'-I{inc}/native'],
}
LANGUAGES = {'c': ['-x', 'c', '-std=c11'], 'c++': ['-x', 'c++', '-std=c++17']}
WARNINGS = ['-Wall', '-Wextra', '-Werror', '-fsyntax-only']

D3D_USE = '''
LARGE_INTEGER count;
static_assert(sizeof(LARGE_INTEGER) == 8 && sizeof(SECURITY_ATTRIBUTES) == 24, "layout");
BOOL use(ID3D12Fence *fence, HANDLE event)
{
    count.LowPart = 1;
    count.u.HighPart = -1;
    SECURITY_ATTRIBUTES sa = {sizeof sa, nullptr, TRUE};
    HRESULT hr = fence->SetEventOnCompletion(1, event);
    IDStorageFactory *factory;
    DStorageGetFactory(IID_PPV_ARGS(&factory));
    return SUCCEEDED(hr) && CreateEventW(&sa, FALSE, FALSE, nullptr) != nullptr;
}
'''
WIDE_LITERAL = {'char16': 'u', 'wide': 'L'}


def compilers(language):
    return ['gcc', 'clang'] if language == 'c' else ['g++', 'clang++']


def compile_text(command, text):
    run = subprocess.run(command + ['-'], input=text, capture_output=True, text=True, check=False)
    return run.returncode == 0, run.stderr


def native_jobs(inc):
    headers = sorted(p.name for d in (inc, inc / 'native') for p in d.glob('*.h'))
    for mode, flags in NATIVE_MODES.items():
        for language, switches in LANGUAGES.items():
            for compiler in compilers(language):
                base = [compiler] + switches + WARNINGS + flags(inc)
                for header in headers:
                    yield (f'{header} alone, {compiler}, {mode}', base,
                           f'#include <{header}>\n#include <{header}>\nextern int x;\n', True)
                for order in (headers, headers[::-1]):
                    yield (f'all headers, {compiler}, {mode}', base,
                           ''.join(f'#include <{h}>\n' for h in order) + 'extern int x;\n', True)


def mingw_jobs(inc):
    # ringer.h speaks of libringer.so, which Windows has not.
    headers = sorted(p.name for p in inc.glob('*.h') if p.name != 'ringer.h')
    for language, switches in LANGUAGES.items():
        compiler = 'x86_64-w64-mingw32-' + ('gcc' if language == 'c' else 'g++')
        base = [compiler] + switches + WARNINGS + [f'-I{inc}']
        for header in headers:
            for before in ('', '#include <windows.h>\n'):
                yield (f'{header}, {compiler}', base,
                       f'{before}#include <{header}>\n#include <{header}>\nextern int x;\n', True)
        yield (f'version 4 under {compiler}', base,
               '#include <windows.h>\n#include <ioringapi.h>\n'
               'int v = IORING_VERSION_4 + FILE_FLUSH_MIN_METADATA + FILE_WRITE_FLAGS_WRITE_THROUGH;\n',
               True)


def directx_jobs(inc):
    ours = '#include <windows.h>\n#include <ioringapi.h>\n#include <winternl.h>\n#include <dstorage.h>\n'
    theirs = '#include <wsl/winadapter.h>\n#include <directx/d3d12.h>\n'
    stubs = subprocess.run(['pkg-config', '--cflags', 'DirectX-Headers'], capture_output=True,
                           text=True, check=False).stdout.split()
    for mode, flags in NATIVE_MODES.items():
        name = ('HRESULT name(ID3D12Object *o) { LPCWSTR s = %s"x"; return o->SetName(s); }\n'
                % WIDE_LITERAL[mode])
        for compiler in compilers('c++'):
            base = [compiler] + LANGUAGES['c++'] + ['-fsyntax-only'] + flags(inc) + stubs
            yield f'ours first, {compiler}, {mode}', base, ours + theirs + D3D_USE + name, True
            # winadapter.h asks for our unknwn.h: a name of 16-bit characters fits either way.
            yield f'theirs first, {compiler}, {mode}', base, theirs + ours + D3D_USE + name, True


def refused_jobs(inc):
    """What must not compile, and must say what to do."""
    cases = {
        '4-byte wchar_t': [f'-I{inc}', f'-I{inc}/native'],
        'short wchar_t without wide/': ['-fshort-wchar', f'-I{inc}', f'-I{inc}/native'],
        'both modes': ['-fshort-wchar', '-DRINGER_CHAR16', f'-I{inc}/wide', f'-I{inc}',
                       f'-I{inc}/native'],
    }
    for name, flags in cases.items():
        for language, switches in LANGUAGES.items():
            for compiler in compilers(language):
                text = '#include <wchar.h>\n#include <windows.h>\n'
                yield (f'{name}, {compiler}', [compiler] + switches + ['-fsyntax-only'] + flags,
                       text, 'pkg-config' if name != 'both modes' else 'mixed')


def main():
    inc = pathlib.Path(sys.argv[1]) / 'api' / 'include'
    kind = sys.argv[2]
    jobs = {'native': native_jobs, 'mingw': mingw_jobs, 'directx': directx_jobs,
            'refused': refused_jobs}[kind]
    jobs = list(jobs(inc))
    missing = {c for c in {job[1][0] for job in jobs} if not shutil.which(c)}
    if kind == 'directx' and not pathlib.Path('/usr/include/wsl/winadapter.h').exists():
        missing.add('DirectX-Headers')
    jobs = [job for job in jobs if job[1][0] not in missing]
    if not jobs or 'DirectX-Headers' in missing:
        print('cannot run here: no', ', '.join(sorted(missing)))
        return 77
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda job: compile_text(job[1], job[2]), jobs)
        for (name, _, _, want), (compiled, messages) in zip(jobs, results):
            if isinstance(want, str):
                good = not compiled and want in messages
            else:
                good = compiled == want
            if not good:
                bad += 1
                verdict = 'compiles, and should not' if compiled else 'fails'
                print(f'{name}: {verdict}\n{messages[:2000]}')
    print(f'{len(jobs)} compilations, {bad} wrong' +
          (f' (not here: {", ".join(sorted(missing))})' if missing else ''))
    return 1 if bad else 0


sys.exit(main())
