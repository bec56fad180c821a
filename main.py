"""Set up and start MotionStudio: ``python3 main.py [COMMAND ...]``.

Written so that any Python can read it, back to 2.7, and say which one is needed; everything else
is in ``motionstudio/environment/launch.py``.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the one place that older Pythons reach
    sys.exit("MotionStudio needs Python 3.11 or later; this is " + sys.version.split()[0] + ".")

from motionstudio.environment.launch import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
