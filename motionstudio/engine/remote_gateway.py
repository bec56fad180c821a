"""The process between a studio and a cluster: ``python -m motionstudio.engine.remote_gateway``.

The window never loads Ray: its client may hang for half a minute when a machine goes, and a
process can be ended. Calls come on stdin and answers go to stdout as pickles: both ends are ours.
"""

from __future__ import annotations

import os
import pickle
import sys

from motionstudio.engine.remote_link import LinkLost


def main(words: list[str]) -> int:
    """Connect, answer calls, and end when stdin does or the other side is lost.

    Args:
        words: the address as Ray takes it.

    Returns:
        0; 1 where the other side was lost.
    """
    # Whatever a library prints must not stand among the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def answer(good: bool, value: object) -> None:
        pickle.dump((good, value), answers, protocol=5)
        answers.flush()

    from motionstudio.engine.remote_actor import Cluster

    try:
        cluster = Cluster(words[0])
        while True:
            try:
                method, values, timeout = pickle.load(sys.stdin.buffer)
            except EOFError:
                cluster.close()
                return 0
            answer(True, cluster.call(method, values, timeout))
    except LinkLost as lost:
        answer(False, str(lost))
        return 1


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    # Ray's client would wait for a machine that is gone.
    os._exit(code)
