#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""RINGER_HOOKS: a plugin is loaded with its arguments and told of its end; one that cannot be loaded is fatal."""
import os
import subprocess
import sys


def run(program, hooks, **env):
    return subprocess.run([program], env={**os.environ, 'RINGER_HOOKS': hooks, **env}, capture_output=True,
                          text=True, timeout=60, check=False)


def main():
    program, plugin, dll = sys.argv[1:4]
    done = run(program, plugin + ':77')
    assert done.returncode == 77, done
    done = run(program, plugin + ':77,' + plugin + ':78')
    assert done.returncode == 78, done
    done = run(program, plugin)  # refuses without arguments
    assert done.returncode == 2 and plugin in done.stderr and done.stderr.count('\n') == 1, done
    done = run(program, '/no/such/plugin.so')
    assert done.returncode == 2 and '/no/such/plugin.so' in done.stderr, done
    done = run(program, f'{plugin}:77,{dll}')  # what Windows tells a DLL at its beginning and end
    assert done.returncode == 77 and done.stderr == 'attach module now\ndetach module at exit\n', done
    done = run(program, dll, PLUGIN_REFUSES='1')
    assert done.returncode == 2 and done.stderr.startswith('attach module now\ndetach module now\n'), done
    assert 'DllMain returned FALSE' in done.stderr, done


main()
