#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Programs as a user would build them against Ringer.

Usage: consumers.py BUILD_DIR SOURCE_ROOT programs|wide|hooks|installed|cmake

programs   the documented programs against the build, by pkg-config, C and C++, gcc and clang
wide       wide/*: every case must be right or refused, as it says; never wrong
hooks      the samples of hooks as plugins, by pkg-config; and, unchanged, with mingw to an object: that the
           source fits the headers is all that can be said without the Windows libraries
installed  programs, hooks and a part of wide, from an install into a temporary prefix
cmake      find_package(Ringer), from the build and from an install
Exits 0, 1, or 77 when nothing of it can run here.
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = HERE.parent.parent / 'examples'
HOOKS = ['hook_minhook', 'hook_detours']
C_COMPILERS = [['gcc', '-std=c11'], ['clang', '-std=c11'],
               ['gcc', '-std=c11', '-O2', '-D_FORTIFY_SOURCE=2']]
CXX_COMPILERS = [['g++', '-std=c++17'], ['g++', '-std=c++20', '-O2', '-D_FORTIFY_SOURCE=2'],
                 ['clang++', '-std=c++17'], ['clang++', '-std=c++17', '-O2', '-stdlib=libc++']]
PACKAGES = ['ringer', 'ringer-char16']
# Packages of a part, and the programs that are for it.
PARTS = {'stream': ['ringer-dstorage'], 'without_com': ['ringer-dstorage']}


def run(command, **keywords):
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120,
                          **keywords)


class Tree:
    """A place where Ringer is: a build, or an install."""

    def __init__(self, pkgconfig, library, cmake):
        self.environment = dict(os.environ, LD_LIBRARY_PATH=str(library), Ringer_DIR=str(cmake),
                                RINGER_LOG='quiet')
        self.environment['PKG_CONFIG_PATH'] = str(pkgconfig)
        self.flags = {}

    def package(self, name):
        if name not in self.flags:
            both = []
            for part in ('--cflags', '--libs'):
                answer = run(['pkg-config', part, name], env=self.environment)
                if answer.returncode:
                    raise SystemExit(f'pkg-config {part} {name}: {answer.stderr}')
                both.append(answer.stdout.split())
            self.flags[name] = both
        return self.flags[name]

    def build_and_run(self, compiler, source, package, language=None):
        """Returns refused, right or wrong, and what was said."""
        cflags, libs = self.package(package)
        with tempfile.TemporaryDirectory() as directory:
            program = os.path.join(directory, 'program')
            switch = ['-x', language] if language else []
            built = run(compiler + switch + cflags + [str(source)] + ['-x', 'none', '-o', program] +
                        libs, env=self.environment)
            if built.returncode:
                return 'refused', built.stderr
            (pathlib.Path(directory) / 'test.txt').write_text('hello ringer', encoding='ascii')
            ran = run([program], cwd=directory, env=self.environment)
            if ran.returncode:
                return 'wrong', f'exit {ran.returncode}\n{ran.stdout}{ran.stderr}'
            return 'right', built.stderr


def built(build):
    """What `meson devenv` says, and nothing else."""
    values = {}
    for name in ('PKG_CONFIG_PATH', 'LD_LIBRARY_PATH', 'Ringer_DIR'):
        said = run(['meson', 'devenv', '-C', str(build), 'printenv', name])
        if said.returncode:
            raise SystemExit(f'meson devenv has no {name}: {said.stderr}')
        values[name] = said.stdout.strip().splitlines()[-1]
    return Tree(values['PKG_CONFIG_PATH'], values['LD_LIBRARY_PATH'], values['Ringer_DIR'])


def installed(build, directory):
    """Installs under directory. The packages name the configured prefix, so it is moved by DESTDIR."""
    done = run(['meson', 'install', '--quiet', '--no-rebuild', '-C', str(build), '--destdir', directory])
    if done.returncode:
        raise SystemExit(f'meson install: {done.stdout[-600:]}{done.stderr[-600:]}')
    found = list(pathlib.Path(directory).rglob('ringer.pc'))
    configs = list(pathlib.Path(directory).rglob('RingerConfig.cmake'))
    if len(found) != 1 or len(configs) != 1:
        raise SystemExit(f'installed packages: {found} {configs}')
    tree = Tree(found[0].parent, found[0].parent.parent, configs[0].parent)
    tree.environment['PKG_CONFIG_SYSROOT_DIR'] = directory
    tree.environment['PKG_CONFIG_LIBDIR'] = str(found[0].parent)
    return tree


def available(compilers):
    return [c for c in compilers if shutil.which(c[0]) and
            ('-stdlib=libc++' not in c or run(c + ['-x', 'c++', '-fsyntax-only', '-'],
                                              input='#include <version>\n').returncode == 0)]


def jobs_programs(tree):
    for source in sorted((HERE / 'programs').glob('*.c')):
        for package in PACKAGES + PARTS.get(source.stem, []):
            for language, compilers in (('c', C_COMPILERS), ('c++', CXX_COMPILERS)):
                for compiler in available(compilers):
                    yield tree, compiler + ['-Wall', '-Wextra'], source, package, language, 'right'


def jobs_wide(tree, names='*'):
    for source in sorted((HERE / 'wide').glob(names + '.c*')):
        expect = dict(re.findall(r'(\S+) (right|refused|either)',
                                 re.search(r'// expect: (.*)', source.read_text()).group(1)))
        for package in PACKAGES:
            compilers = available(C_COMPILERS if source.suffix == '.c' else CXX_COMPILERS)
            # char16 is the system's own library, untouched: one compiler says it all.
            for compiler in compilers if package == 'ringer' else compilers[:1]:
                yield tree, compiler, source, package, None, expect[package]


def judge(jobs):
    jobs = list(jobs)
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda j: j[0].build_and_run(j[1], j[2], j[3], j[4]), jobs)
        for (_, compiler, source, package, language, expect), (outcome, said) in zip(jobs, results):
            loud = language and 'warning:' in said
            expected = ('right', 'refused') if expect == 'either' else (expect,)
            if outcome not in expected or loud:
                bad += 1
                print(f'{source.name} {language or ""} with {package}, {" ".join(compiler)}: '
                      f'{outcome}, expected {expect}{" and no warning" if loud else ""}\n{said[:1500]}')
    print(f'{len(jobs)} programs, {bad} not as expected')
    return 1 if bad or not jobs else 0


def hooks(tree):
    """Both samples, each compiler: 0, or 1 with the messages. What they do is tested in examples/."""
    bad = 0
    cflags, libs = tree.package('ringer-hook')
    with tempfile.TemporaryDirectory() as directory:
        for name in HOOKS:
            source = str(EXAMPLES / (name + '.c'))
            for compiler in available([['gcc'], ['clang'], ['g++', '-x', 'c++'], ['clang++', '-x', 'c++']]):
                plugin = os.path.join(directory, name + '.so')
                built = run(compiler + ['-Wall', '-Wextra', '-shared', '-fPIC', '-fvisibility=hidden'] + cflags +
                            [source, '-x', 'none', '-o', plugin, '-Wl,--no-undefined'] + libs, env=tree.environment)
                shown = run(['nm', '-D', '--defined-only', plugin]).stdout if not built.returncode else ''
                if built.returncode or 'warning:' in built.stderr or ' DllMain' not in shown or ' MH_' in shown:
                    bad += 1
                    print(f'{name} with {" ".join(compiler)}: exports {shown.split()}\n{built.stderr[:1500]}')
            mingw = 'x86_64-w64-mingw32-gcc'
            if not shutil.which(mingw):
                continue
            # The folder of MinHook.h and detours.h; ioringapi.h from the sources, as this mingw has none.
            folders = [flag for flag in cflags if flag.rstrip('/').split('/')[-1] in ('hook', 'minhook', 'detours')]
            built = run([mingw, '-Wall', '-Wextra', '-c', f'-I{EXAMPLES.parent}/api/include'] + folders +
                        [source, '-o', os.path.join(directory, 'object')])
            if built.returncode or 'warning:' in built.stderr or not folders:
                bad += 1
                print(f'{name} with {mingw}:\n{built.stderr[:1500]}')
    print(f'{len(HOOKS)} hooks, {bad} compilations not as expected')
    return 1 if bad else 0


def cmake(tree):
    if not shutil.which('cmake'):
        print('cannot run here: no cmake')
        return 77
    for compiler in ('gcc', 'clang'):
        with tempfile.TemporaryDirectory() as directory:
            steps = [['cmake', '-S', str(HERE / 'cmake'), '-B', directory,
                      f'-DCMAKE_C_COMPILER={compiler}',
                      '-DCMAKE_CXX_COMPILER=' + {'gcc': 'g++', 'clang': 'clang++'}[compiler],
                      f'-DPROGRAMS={HERE / "programs"}', f'-DWIDE={HERE / "wide"}',
                      f'-DEXAMPLES={EXAMPLES}'],
                     ['cmake', '--build', directory]]
            for step in steps:
                done = run(step, env=tree.environment)
                if done.returncode:
                    print(done.stdout, done.stderr)
                    return 1
            (pathlib.Path(directory) / 'test.txt').write_text('hello ringer', encoding='ascii')
            for program in ('read_ioring', 'read_overlapped', 'compress', 'read_char16', 'wide'):
                ran = run([os.path.join(directory, program)], cwd=directory, env=tree.environment)
                if ran.returncode:
                    print(f'{program} with {compiler}: {ran.returncode} {ran.stdout}{ran.stderr}')
                    return 1
    print('CMake: all programs right')
    return 0


def main():
    build, kind = pathlib.Path(sys.argv[1]), sys.argv[3]
    if not shutil.which('pkg-config'):
        print('cannot run here: no pkg-config')
        return 77
    if kind == 'programs':
        return judge(jobs_programs(built(build)))
    if kind == 'hooks':
        return hooks(built(build))
    if kind == 'wide':
        return judge(jobs_wide(built(build)))
    with tempfile.TemporaryDirectory() as directory:
        if kind == 'installed':
            tree = installed(build, directory)
            return (judge(jobs_programs(tree)) or hooks(tree) or
                    judge(jobs_wide(tree, '[fw][ii][ld][e]_[ac]*')))
        return cmake(built(build)) or cmake(installed(build, directory))


sys.exit(main())
